// Every refusal at the portal leaves at a multiple of the floor, whatever was wrong.

import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { portalBrowser } from "../../test/kit/gateway/portal-browser.ts";
import { portalAt } from "../../test/kit/portal-host.ts";
import { invitationCodeOf } from "../core/credentials/invitation-code.ts";
import { openDatabase } from "../store/database.ts";
import { addUser } from "../store/directory.ts";

const FLOOR_MS = 400;

it("S-22 S-59: a refusal takes as long for nobody as for somebody, and for a code as for a passkey", async () => {
  await addUser(openDatabase(env.DB), { sipUri: "sip:slow.portal@contoso.test", account: "CONTOSO\\slow.portal" }, 0);
  const browser = portalBrowser(portalAt({ REFUSAL_FLOOR_MS: String(FLOOR_MS) }));
  const code = invitationCodeOf(crypto.getRandomValues(new Uint8Array(16)));
  for (const [name, refuse] of [
    ["nobody", () => browser.signIn("nobody@contoso.test", "000000")],
    ["no name", () => browser.signIn("", "000000")],
    ["somebody", () => browser.signIn("slow.portal@contoso.test", "000000")],
    ["a passkey", () => browser.post("/sign-in/passkey", { response: "{}" })],
    ["an invitation", () => browser.enter(code)],
  ] as const) {
    const began = Date.now();
    expect([name, (await refuse()).status]).toEqual([name, 403]);
    expect([name, Date.now() - began >= FLOOR_MS]).toEqual([name, true]);
  }
});
