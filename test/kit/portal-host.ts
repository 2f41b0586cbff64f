// The portal inside workerd, so that a test may set its clock: requests of a browser, without a network between.

import { createExecutionContext, env, waitOnExecutionContext } from "cloudflare:test";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import type { MadeUserInvitationAnswer } from "../../src/api/schemas/invitations.ts";
import type { Env } from "../../src/config/env.ts";
import { openDatabase } from "../../src/store/database.ts";
import { addUser } from "../../src/store/directory.ts";
import worker from "../../src/worker.ts";
import { apiAnswer, apiEnv } from "./api.ts";
import { type PortalBrowser, portalBrowser } from "./gateway/portal-browser.ts";

export const PORTAL_HOST = "access.contoso.test";

/** What the Worker is given. */
export const portalEnv: Env = { ...apiEnv, PORTAL_HOST, PLAIN_HTTP: "allow" };

let addresses = 0;

/** A portal as `portalBrowser` uses it. Each request comes from an address of its own. */
export const portalAt = (variables: Partial<Env> = {}) => ({
  portalHost: PORTAL_HOST,
  async send({ host = PORTAL_HOST, path, method = "GET", headers = {}, body }: TestRequest): Promise<TestResponse> {
    const from = `10.9.${++addresses >> 8}.${addresses & 255}`;
    const { "content-length": _, ...rest } = headers as Record<string, string>;
    const request = new Request(`http://${host}${path}`, {
      ...{ method, headers: { "cf-connecting-ip": from, ...rest }, redirect: "manual" },
      ...(body === undefined ? {} : { body: String(body) }),
    });
    const context = createExecutionContext();
    const response = await worker.fetch(
      request as Parameters<typeof worker.fetch>[0],
      { ...portalEnv, ...variables },
      context,
    );
    const text = await response.text();
    await waitOnExecutionContext(context);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text,
      lines: (name: string) => (name === "set-cookie" ? response.headers.getSetCookie() : []),
    } as unknown as TestResponse;
  },
});

/** One that answers refusals at once. */
export const portal = portalAt();

/** A new person who has used an invitation, and has to make factors. */
export async function enteredPortal(account: string, at = portal): Promise<PortalBrowser> {
  await addUser(openDatabase(env.DB), { sipUri: `sip:${account}@contoso.test`, account: `CONTOSO\\${account}` }, 0);
  const path = `/v1/users/${account}@contoso.test/invitations`;
  const { link } = await apiAnswer<MadeUserInvitationAnswer>("POST", path, { on: portalEnv });
  const browser = portalBrowser(at);
  await browser.enter(new URL(link).hash.slice(1));
  return browser;
}
