// S-10 over HTTP: a domain has a NetBIOS name, a DNS name, and the suffixes of its users' UPNs. All of them mean one
// domain, on every channel that takes a credential. macOS signs in `alice@contoso.test` as the user `alice` of the
// domain `contoso.test`.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoUsers } from "../../simulator/simulator.ts";
import { PROFILES } from "../kit/ntlm-client.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { PASSWORD_CHANNELS } from "./support/passwords.ts";
import { tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

const person = (account: string, domain: string, upn: string) => ({ sipUri: `sip:${upn}`, upn, domain, account });
const CAROL = person("carol", "FABRIKAM", "carol@fabrikam.test");
/** A user whose UPN does not begin with the name of the account. */
const ERIN = person("esmith", "CONTOSO", "erin.smith@contoso.example");
const FRANK = person("frank", "CONTOSO", "frank@contoso.test");

let gateway: TestGateway;
let carol: Person;
let erin: Person;
let frank: Person;
beforeAll(async () => {
  const [alice] = demoUsers;
  if (alice === undefined) throw new Error("nobody");
  const more = [CAROL, ERIN, FRANK].map((user, n) => ({ ...alice, ...user, sid: `${alice.sid}${n}` }));
  gateway = await startTestGateway({
    variables: { DOMAINS: "FABRIKAM=fabrikam.test CONTOSO=contoso.example CONTOSO=corp.contoso.local" },
    simulator: { users: [...demoUsers, ...more] },
    moreUsers: [CAROL, ERIN, FRANK],
  });
  [carol = gateway.bob, erin = gateway.bob, frank = gateway.bob] = gateway.others;
});
afterAll(() => gateway?.stop());

/** A name as the fields of NTLM carry it: whose it is, the domain, and the user. */
const SPELLINGS = (): readonly (readonly [Person, string, string])[] => [
  [gateway.alice, "contoso.test", "alice"],
  [gateway.alice, "CONTOSO.TEST", "Alice"],
  [gateway.alice, "corp.contoso.local", "alice"],
  [gateway.alice, "", "contoso.test\\alice"],
  [gateway.bob, "contoso.test.", "bob"],
  [carol, "fabrikam.test", "carol"],
  [carol, "FABRIKAM", "carol"],
  [erin, "contoso.example", "erin.smith"],
  [erin, "contoso.example", "esmith"],
];

describe("S-10: a domain under each of its names", () => {
  it.each([
    ["NTLM for a web ticket", "saml", "NTLM"],
    ["NTLM for a compact ticket", "cwt", "NTLM"],
    ["NTLM in SPNEGO", "cwt", "SPNEGO"],
  ] as const)("%s", async (_, kind, scheme) => {
    for (const [who, domain, user] of SPELLINGS()) {
      const request = kind === "saml" ? tokenRequest("saml", who.sipUri) : WINDOWS_GRANT;
      const how = { scheme, user, domain, profile: PROFILES.windowsHttp };
      expect((await signIn(gateway, request, who, how)).status, `${domain}\\${user}`).toBe(200);
    }
  });

  it.each(PASSWORD_CHANNELS)("$name", async ({ request, ticketIn }) => {
    for (const [who, domain, user] of SPELLINGS()) {
      const name = domain === "" ? user : `${domain}\\${user}`;
      const answer = await gateway.send(request(name, who.password));
      expect(answer.status, name).toBe(200);
      expect(ticketIn(answer)).not.toBe("");
    }
  });

  it("another domain's name is nobody's, and so is another domain's user", async () => {
    for (const [domain, user] of [
      ["contoso.test.evil.test", "alice"],
      ["evil.test", "alice"],
      ["fabrikam.test", "alice"],
      ["contoso.test", "carol"],
    ] as const) {
      const who = user === "alice" ? gateway.alice : carol;
      expect((await signIn(gateway, WINDOWS_GRANT, who, { user, domain })).status, `${domain}\\${user}`).toBe(401);
      for (const { request } of PASSWORD_CHANNELS) {
        const { status } = await gateway.send(request(`${domain}\\${user}`, who.password));
        expect([400, 500], `${domain}\\${user}`).toContain(status);
      }
    }
  });

  it("one counter, however the domain is spelt, and the audit says whose it is", async () => {
    const here = { "cf-connecting-ip": "198.51.100.23" };
    const from = {
      ...gateway,
      send: (request: Parameters<TestGateway["send"]>[0]) =>
        gateway.send({ ...request, headers: { ...request.headers, ...here } }),
    };
    for (const [n, domain] of ["CONTOSO", "contoso.test", "Contoso.Example", "corp.contoso.local"].entries()) {
      expect((await signIn(from, WINDOWS_GRANT, frank, { domain, password: `wrong ${n}` })).status).toBe(401);
    }
    const [{ request }] = PASSWORD_CHANNELS as readonly [(typeof PASSWORD_CHANNELS)[number]];
    await from.send(request("contoso.test\\frank", "wrong 5"));
    // A stranger has five free attempts. After these even the right password has to wait, under every name of the user.
    expect((await signIn(from, WINDOWS_GRANT, frank, { domain: "contoso.example" })).status).toBe(401);
    const locks = (await operator(gateway, "lock", "show", frank.upn)) as { pairs: { failures: number }[] };
    expect(locks.pairs.map(({ failures }) => failures)).toEqual([5]);
    const refused = () => gateway.log.filter((line) => line.includes("wrong-p") && line.includes(frank.sipUri));
    await expect.poll(() => refused().length, { timeout: 60_000 }).toBeGreaterThanOrEqual(5);
    await operator(gateway, "lock", "clear", frank.upn);
    expect((await signIn(from, WINDOWS_GRANT, frank, { domain: "contoso.example" })).status).toBe(200);
  });
});
