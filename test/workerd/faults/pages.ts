// The requests of which faults.test.ts breaks every call: those of the API, of SCIM and of the web pages, and the cron
// triggers.

import { env } from "cloudflare:test";
import type { TestResponse } from "../../../simulator/test-client.ts";
import type { Env } from "../../../src/config/env.ts";
import type { ApiScope } from "../../../src/core/credentials/api-scopes.ts";
import { addAdministrator } from "../../../src/store/administrators.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { newSessionId } from "../../../src/store/ids.ts";
import { addWebSession } from "../../../src/store/web-sessions.ts";
import { hashOfSecret, newSecret } from "../../../src/web/secret.ts";
import worker from "../../../src/worker.ts";
import { API_HOST, tokenOf } from "../../kit/api.ts";
import { PASSPHRASE, type PortalBrowser } from "../../kit/gateway/portal-browser.ts";
import { enteredPortal, portalAt } from "../../kit/portal-host.ts";
import { someone } from "../../kit/sign-ins.ts";
import { type Act, ask, type Journey, secrets } from "./sign-ins.ts";

const db = openDatabase(env.DB);
let names = 0;
const newName = (): string => `f${++names}.${crypto.randomUUID().slice(0, 8)}`;

/** A call of the API, or of SCIM, with a token of that scope. */
const call =
  (scope: ApiScope, method: string, path: () => string | Promise<string>, body?: () => object): Journey["prepare"] =>
  async () => {
    const token = await tokenOf(scope);
    secrets.add(token);
    const url = `https://${API_HOST}${await path()}`;
    const type = { "content-type": url.includes("/scim/") ? "application/scim+json" : "application/json" };
    const content = body === undefined ? {} : { body: JSON.stringify(body()) };
    const headers = { authorization: `Bearer ${token}`, "cf-connecting-ip": "198.19.0.1", ...(body && type) };
    const request = new Request(url, { method, headers, ...content });
    return (on) => ask(request, on);
  };

/** A step of a browser in the portal: what comes before it is not broken. */
const portal =
  (
    before: (browser: PortalBrowser) => Promise<string>,
    step: (browser: PortalBrowser, with_: string) => Promise<TestResponse>,
  ): Journey["prepare"] =>
  async () => {
    let on: Partial<Env> = {};
    const gateway = portalAt();
    const changing = { ...gateway, send: (request: Parameters<typeof gateway.send>[0]) => portalAt(on).send(request) };
    const account = newName();
    const browser = await enteredPortal(account, changing);
    const set = await before(browser);
    const act: Act = async (broken) => {
      on = broken;
      const { status, headers, text } = await step(browser, `${account}@contoso.test ${set}`);
      return new Response(text === "" ? null : text, { status, headers });
    };
    return act;
  };

/** An administrator's session of the console, as a Cookie header. */
async function session(): Promise<string> {
  const id = `a_${newName()}`;
  const now = Date.now();
  const secret = newSecret();
  secrets.add(secret);
  await addAdministrator(db, {
    ...{ id, name: id, email: `${id}@contoso.test`, role: "admin", createdAt: now, createdBy: "t_test" },
    ...{ disabledAt: null },
  } as Parameters<typeof addAdministrator>[1]);
  await addWebSession(db, {
    ...{ hash: hashOfSecret(secret) ?? "", id: newSessionId(), administratorId: id, createdAt: now, seenAt: now },
    ...{ expiresAt: now + 3_600_000, freshAt: now, how: "passkey", subject: null, source: "198.19.0.2", userAgent: "" },
  });
  return `__Host-postern-console=${secret}`;
}

const consolePage =
  (path: string, signedIn: boolean): Journey["prepare"] =>
  async () => {
    const headers = { "cf-connecting-ip": "198.19.0.2", ...(signedIn && { cookie: await session() }) };
    const request = new Request(`https://console.contoso.test${path}`, { headers, redirect: "manual" });
    return (on) => ask(request, on);
  };

const cron =
  (schedule: string): Journey["prepare"] =>
  async () =>
  async (on) => {
    const controller = { cron: schedule, scheduledTime: Date.now(), noRetry: () => undefined } as ScheduledController;
    const ended = await worker.scheduled(controller, on).then(
      () => 200,
      () => 500,
    );
    return new Response(null, { status: ended });
  };

const user = async () => `/v1/users/${encodeURIComponent((await someone()).name)}`;
/** The journeys of everybody but the clients of the pool. A cron trigger that fails has the status 500 here. */
export const OTHER_JOURNEYS: readonly Journey[] = [
  { name: "API, reading", prepare: call("read", "GET", user) },
  {
    name: "API, adding a user",
    prepare: call(
      "admin",
      "POST",
      () => "/v1/users",
      () => {
        const name = newName();
        return { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` };
      },
    ),
  },
  {
    name: "API, disabling a user",
    prepare: call(
      "admin",
      "POST",
      async () => `${await user()}/disable`,
      () => ({}),
    ),
  },
  {
    name: "API, making an app password",
    prepare: call(
      "admin",
      "POST",
      async () => `${await user()}/passwords`,
      () => ({ label: "a test" }),
    ),
  },
  { name: "SCIM, reading", prepare: call("directory", "GET", () => "/scim/v2/Users") },
  {
    name: "SCIM, adding a user",
    prepare: call(
      "directory",
      "POST",
      () => "/scim/v2/Users",
      () => {
        const userName = `${newName()}@contoso.test`;
        return {
          schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
          userName,
          externalId: userName,
          active: true,
        };
      },
    ),
  },
  {
    name: "portal, sign-in by passphrase and code",
    prepare: portal(
      async (browser) => {
        const { app } = await browser.setUpCodes();
        secrets.add(PASSPHRASE);
        browser.cookies.clear();
        return app.code();
      },
      (browser, given) => {
        const [address = "", code = ""] = given.split(" ");
        return browser.signIn(address, code);
      },
    ),
  },
  {
    name: "portal, a page",
    prepare: portal(
      async (browser) => (await browser.setUpCodes()).key,
      (browser) => browser.get("/"),
    ),
  },
  { name: "console, the sign-in page", prepare: consolePage("/sign-in", false) },
  { name: "console, a page", prepare: consolePage("/users", true) },
  { name: "cron, each minute", prepare: cron("* * * * *") },
  { name: "cron, each hour", prepare: cron("17 * * * *") },
];
