// `postern user set USER --upn`, over HTTP: the command that helps a user who has no UPN. The UPN is a name to sign in
// by, and no two users share one.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { demoUsers } from "../../simulator/users.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { PASSWORD_GRANT } from "./support/passwords.ts";
import { asCompact } from "./support/presenting.ts";

const EVE = "sip:eve@contoso.test";
/** The UPN in the directory of the simulated pool. */
const UPN = "Eve.Mail@contoso.test";
const WRONG_UPN = "eve.old@contoso.test";

let gateway: TestGateway;
beforeAll(async () => {
  const [alice] = demoUsers;
  if (alice === undefined) throw new Error("no demo user");
  const eve = { ...alice, sipUri: EVE, upn: UPN, account: "eve", sid: alice.sid.replace(/\d+$/, "9999") };
  gateway = await startTestGateway({ simulator: { users: [...demoUsers, eve] } });
});
afterAll(() => gateway?.stop());

describe("S-10: a user without a UPN", { timeout: 180_000 }, () => {
  it("is signed on once it is set, by that name too, and nothing ends when it is set again", async () => {
    await operator(gateway, "user", "add", EVE, "--account", "CONTOSO/eve");
    const created = await operator(gateway, "password", "create", EVE);
    const { password } = created as { readonly password: string };
    const signIn = (name: string) => gateway.send(PASSWORD_GRANT.request(name, password));
    const setUpn = (upn: string) => operator(gateway, "user", "set", EVE, "--upn", upn);
    expect((await signIn(EVE)).status).toBe(503);

    expect(await setUpn(WRONG_UPN)).toMatchObject({ sipUri: EVE, upn: WRONG_UPN, target: "local" });
    expect((await signIn(WRONG_UPN)).status).toBe(503); // the user is proved, but the directory has no such UPN
    await setUpn(UPN);
    const refused = (await signIn(WRONG_UPN)).status;
    expect([400, 401]).toContain(refused);
    const answers = [await signIn(EVE), await signIn(UPN), await signIn("CONTOSO\\eve")];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const ticket = asCompact(PASSWORD_GRANT.ticketIn(answers[0] as (typeof answers)[number]));
    expect((await gateway.send(ticket)).status).toBe(200);

    await expect(setUpn(gateway.alice.upn)).rejects.toThrow("another user's name already");
    await expect(setUpn("eve")).rejects.toThrow("not usable: unqualified");
    await setUpn(UPN.toLowerCase());
    expect((await gateway.send(ticket)).status).toBe(200);
    expect((await signIn(EVE)).status).toBe(200);
    expect((await gateway.send(PASSWORD_GRANT.request(gateway.alice.upn, gateway.alice.password))).status).toBe(200);

    await vi.waitFor(
      async () => {
        const events = (await operator(gateway, "audit", "--user", EVE)) as Record<string, unknown>[];
        const told = events.toReversed().filter(({ outcome }) => outcome === "failed" || outcome === "changed");
        expect(told.map(({ reason, why }) => [reason, why])).toEqual([
          ["user-created", null],
          ["password-created", null],
          ["sign-on-no-upn", null],
          ["user-upn", `UPN ${WRONG_UPN}, before: none`],
          ["sign-on-unknown-user", null],
          ["user-upn", `UPN ${UPN}, before: ${WRONG_UPN}`],
          ["user-upn", `UPN ${UPN.toLowerCase()}, before: ${UPN}`],
        ]);
      },
      { timeout: 60_000, interval: 1_000 },
    );
  });
});
