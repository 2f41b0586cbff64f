// Sign-on by Postern's own token service, over HTTP: somebody proves an app password by NTLM, and Postern brings a token
// for that user's account to the pool's relying party. Everything that fails on the way ends in a 503 with a name of its
// own in the audit.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

const DOMAIN = "S-1-5-21-1004336348-1177238915-682003330";
let gateway: TestGateway;
let sids: { readonly alice: string; readonly bob: string };

beforeAll(async () => {
  gateway = await startTestGateway({
    passive: true,
    variables: { SIGN_ON: "sts", STS_DENIED_SIDS: `${DOMAIN}-7777` },
  });
  const { demoUsers } = await import("../../simulator/users.ts");
  const sidOf = (sipUri: string): string => demoUsers.find((user) => user.sipUri === sipUri)?.sid ?? "";
  sids = { alice: sidOf(gateway.alice.sipUri), bob: sidOf(gateway.bob.sipUri) };
});
beforeEach(async () => {
  gateway.simulator.relyingParty?.reset();
  await setSid(gateway.alice.sipUri, sids.alice);
  await setSid(gateway.bob.sipUri, sids.bob);
  gateway.simulator.clearLedger();
});
afterAll(() => gateway?.stop());

const setSid = (sipUri: string, sid: string | null) =>
  gateway.execute([
    `UPDATE users SET sid = ${sid === null ? "NULL" : `'${sid}'`} WHERE sip_uri = '${sipUri.toLowerCase()}'`,
  ]);
const grant = (who = gateway.alice) => signIn(gateway, WINDOWS_GRANT, who);
const posts = () => gateway.simulator.ledger().passivePosts.map(({ outcome, sid }) => [outcome, sid]);
const told = (reason: string) => gateway.log.filter((line) => line.includes(`"${reason}"`)).length;

/** One more sign-in ends in a 503, with that reason, and with no word of the pool's. */
async function failsWith(reason: string, act: () => ReturnType<typeof grant> = grant): Promise<void> {
  const before = told(reason);
  const { status, text, lines } = await act();
  expect([status, text, lines("set-cookie")]).toEqual([503, "", []]);
  await expect.poll(() => told(reason), { timeout: 60_000 }).toBe(before + 1);
}

describe("S-93: sign-on by Postern's token service", () => {
  it("signs on exactly whose password was proved, and keeps the pool's cookies to itself", async () => {
    gateway.simulator.relyingParty?.configure({ twoFrontEnds: true });
    for (const [who, sid] of [
      [gateway.alice, sids.alice],
      [gateway.bob, sids.bob],
    ] as const) {
      gateway.simulator.clearLedger();
      const answer = await grant(who);
      expect([answer.status, answer.lines("set-cookie")]).toEqual([200, []]);
      expect(JSON.parse(answer.text)).toMatchObject({ access_token: expect.stringMatching(/^cwt=/) });
      expect(posts()).toEqual([["accepted", sid]]);
    }
  });

  it("people who sign in at the same time get each their own ticket", async () => {
    const people = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? gateway.alice : gateway.bob));
    const answers = await Promise.all(people.map((who) => grant(who)));
    expect(answers.map(({ status }) => status)).toEqual(people.map(() => 200));
    expect(posts().filter(([, sid]) => sid === sids.alice).length).toBe(4);
    expect(told("ticket-of-another-user")).toBe(0);
  });

  it("a pool that sends to another realm gets no token", async () => {
    gateway.simulator.relyingParty?.configure({ realm: "https://other.contoso.test/passiveauth" });
    await failsWith("sts-redirect-unexpected");
    expect(posts()).toEqual([]);
  });

  it("a pool that does not trust the key gives no session", async () => {
    gateway.simulator.relyingParty?.configure({ trustsNobody: true });
    await failsWith("sts-token-refused");
  });

  it("a SID that the pool does not know is named", async () => {
    await setSid(gateway.alice.sipUri, `${DOMAIN}-8888`);
    await failsWith("sts-user-unknown-to-pool");
  });

  it("a client that speaks SOAP is not signed on, and the pool is not asked", async () => {
    await failsWith("sts-no-soap", () => signIn(gateway, tokenRequest("saml", gateway.alice.sipUri), gateway.alice));
    expect(posts()).toEqual([]);
  });
});

describe("S-94: no token is made", () => {
  it.each([
    ["without a SID", null],
    ["of another domain", "S-1-5-21-1-2-3-1104"],
    ["that Windows makes itself", `${DOMAIN}-500`],
    ["of a built-in group", "S-1-5-32-544"],
    ["that is denied", `${DOMAIN}-7777`],
    ["that is no SID", "alice"],
  ])("for an account %s", async (_, sid) => {
    await setSid(gateway.alice.sipUri, sid);
    await failsWith("sts-no-sid");
    expect(gateway.simulator.ledger().requests.filter(({ path }) => /passive/i.test(path))).toEqual([]);
  });
});
