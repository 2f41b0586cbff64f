// The name for which passkeys are made, after the configuration has another one: people are told, and still get in.

import { env } from "cloudflare:test";
import { expect, it, vi } from "vitest";
import { apiAnswer } from "../../test/kit/api.ts";
import { softwarePasskey } from "../../test/kit/gateway/passkey.ts";
import { portalBrowser } from "../../test/kit/gateway/portal-browser.ts";
import { portal, portalAt, portalEnv } from "../../test/kit/portal-host.ts";
import type { MadeUserInvitationAnswer } from "../api/schemas/invitations.ts";
import { openDatabase } from "../store/database.ts";
import { addUser } from "../store/directory.ts";

it("S-59: is fixed by the first passkey; with another one, the passphrase still works, and the log says the fix", async () => {
  await addUser(openDatabase(env.DB), { sipUri: "sip:named.portal@contoso.test", account: "CONTOSO\\named.portal" }, 0);
  const path = "/v1/users/named.portal@contoso.test/invitations";
  const { link } = await apiAnswer<MadeUserInvitationAnswer>("POST", path, { on: portalEnv });
  const before = portalBrowser(portal);
  await before.enter(new URL(link).hash.slice(1));
  await before.makePasskey(softwarePasskey());
  const { app } = await before.setUpCodes(undefined, "/security/codes");
  expect((await before.get("/sign-in?next=/")).status).toBe(303);

  const log = vi.spyOn(console, "log");
  const after = portalBrowser(portalAt({ PORTAL_RP_ID: "contoso.test" }));
  const page = await after.get("/sign-in");
  expect(page.text).toContain("Passkeys do not work at the moment");
  expect(page.text).not.toContain("data-passkey");
  const lines = log.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('"configuration"'));
  log.mockRestore();
  expect(lines).toEqual([expect.stringContaining('Set PORTAL_RP_ID to \\"access.contoso.test\\"')]);
  expect((await after.signIn("named.portal@contoso.test", app.code())).headers.location).toBe("/");
  expect((await after.get("/security")).text).toContain("made for an earlier address of this page");
  const passkey = softwarePasskey();
  const { challenge, kept } = JSON.parse((await after.post("/security/passkey/options")).text) as Record<
    string,
    string
  >;
  const claims = { origin: "http://access.contoso.test", rpId: "contoso.test", challenge: challenge ?? "" };
  const refused = await after.post("/security/passkey", { kept: kept ?? "", response: passkey.register(claims) });
  expect([refused.status, refused.text]).toEqual([
    422,
    expect.stringContaining("the address of this page has changed"),
  ]);
});
