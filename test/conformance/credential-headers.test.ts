// Whatever row is asked for and however: the Front-End never gets a credential that it would check at the directory.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PUBLISH_TABLE } from "../../src/core/http/publish.ts";
import { clientNegotiate, PROFILES } from "../kit/ntlm-client.ts";
import { desktopTicket, phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor, signIn } from "./support/ntlm.ts";
import { PASSWORD_GRANT, USERNAME_TOKEN } from "./support/passwords.ts";
import { asProof } from "./support/presenting.ts";
import { inParallel, rawSend } from "./support/raw-http.ts";
import { DIRECTORY_PASSWORD, expectNoSecretOf } from "./support/secrets.ts";
import { SPELLINGS } from "./support/spellings.ts";
import { WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const expectNoSecret = (where: string, text: string): void =>
  expectNoSecretOf([gateway.alice, gateway.bob], where, text);

describe("S-19: a credential for the directory, in a header", () => {
  const METHODS = [...new Set([...PUBLISH_TABLE.flatMap(({ methods }) => methods), "OPTIONS", "PATCH"])];
  const PLAIN = SPELLINGS.filter(({ plain, name }) => plain === true && name !== "absolute form");

  /** Each scheme, with the credential that the Front-End would try at the directory. */
  async function credentials(): Promise<readonly string[]> {
    const who = { ...gateway.alice, password: DIRECTORY_PASSWORD };
    const type1 = clientNegotiate(PROFILES.sipe);
    const type3 = answerTo(await challengeFor(gateway, WINDOWS_GRANT), who);
    return [
      authorization(type1, 1),
      authorization(type3, 3),
      authorization(type1, 1, "Negotiate"),
      authorization(type3, 3, "Negotiate"),
      authorization(type1, 1, "SPNEGO"),
      authorization(type3, 3, "SPNEGO"),
      `Basic ${btoa(`CONTOSO\\alice:${DIRECTORY_PASSWORD}`)}`,
    ];
  }

  /** A credential as header lines, in the n-th way to write it. */
  function lines(credential: string, n: number): readonly string[] {
    const [scheme = "", token = ""] = credential.split(" ");
    const ways = [
      [`Authorization: ${credential}`],
      [`authorization: ${scheme.toLowerCase()} ${token}`],
      [`AUTHORIZATION: ${scheme.toUpperCase()}    ${token}  `],
      [`Authorization:${scheme}\t${token}`],
      [`Authorization: Bearer cwt=AAEB`, `Authorization: ${credential}`],
      [`Authorization: ${credential}`, `Authorization: Bearer cwt=AAEB`],
      [`Authorization: Bearer cwt=AAEB, ${credential}`],
      [`Authorization: ${credential}, ${credential}`],
    ];
    return ways[n % ways.length] ?? [];
  }

  it.each([
    ["without a ticket", false],
    ["beside a good one", true],
  ])("passes no row, in no spelling, by no method, %s", async (_, withTicket) => {
    const { alice } = gateway;
    const ticket = withTicket ? [`X-MS-WebTicket: cwt=${await phoneTicket(gateway, alice)}`] : [];
    const shown = await credentials();
    const requests = PUBLISH_TABLE.flatMap(({ path }) => METHODS.map((method) => ({ path, method }))).flatMap(
      ({ path, method }) => shown.map((credential) => ({ path: path.replace("/*", "/x"), method, credential })),
    );
    const statuses = new Set<number>();
    const ledger = await gateway.arrivals(async () => {
      await inParallel(requests, 16, async ({ path, method, credential }, n) => {
        const target = PLAIN[n % PLAIN.length]?.spell(path) ?? path;
        const more = ["CF-Connecting-IP: 192.0.2.19", ...lines(credential, n), ...ticket];
        const { status } = await rawSend(gateway, { target, method, lines: more });
        statuses.add(status);
      });
      expect((await signIn(gateway, WINDOWS_GRANT, alice)).status).toBe(200); // the only sign-on that exists
    });
    expect(ledger.directoryPasswordAttempts).toEqual([]);
    expect([...statuses]).toEqual(expect.arrayContaining([200, 401, 404, 405]));
    expect(ledger.requests.length).toBeGreaterThan(200); // the open rows, and, with a ticket, the rows that take one
    expect(ledger.signOns.map(({ user }) => user)).toEqual([alice.sipUri]);
    const [signOn] = ledger.signOns;
    for (const { n, path, headers } of ledger.requests) {
      const schemes = Object.entries(headers).filter(([, value]) => /\b(ntlm|negotiate|basic)\b/i.test(value));
      expect(
        schemes.map(([name]) => name),
        path,
      ).toEqual(n === signOn?.n ? ["authorization"] : []);
    }
    expectNoSecret("the ledger", JSON.stringify(ledger));
  });

  it("passes no SOAP row whose ticket is in the message", async () => {
    const ticket = await desktopTicket(gateway, gateway.atDesk.alice);
    const shown = await credentials();
    const ledger = await gateway.arrivals(async () => {
      for (const value of shown) {
        const request = asProof(ticket);
        const answer = await gateway.send({ ...request, headers: { ...request.headers, authorization: value } });
        expect(answer.status).toBe(200);
      }
    });
    expect(ledger.directoryPasswordAttempts).toEqual([]);
    expect(ledger.requests.map(({ headers }) => headers.authorization)).toEqual(shown.map(() => undefined));
  });

  it("is not heard beside a password: it is the password that counts", async () => {
    const [, type3 = ""] = await credentials();
    const good = USERNAME_TOKEN.request(gateway.alice.upn, gateway.alice.password);
    const ledger = await gateway.arrivals(async () => {
      const answer = await gateway.send({ ...good, headers: { ...good.headers, authorization: type3 } });
      expect(answer.status).toBe(200);
      const grant = PASSWORD_GRANT.request(gateway.alice.upn, gateway.alice.password);
      const challenged = await gateway.send({ ...grant, headers: { ...grant.headers, authorization: type3 } });
      expect(challenged.status).toBe(401); // an Authorization line begins a handshake, and this one proves nothing
    });
    expect([ledger.signOns.length, ledger.directoryPasswordAttempts]).toEqual([1, []]);
  });
});

describe("S-16: after all this", () => {
  it("no password and no hash is in the log", () => {
    expect(gateway.log.length).toBeGreaterThan(40);
    expectNoSecret("the log", gateway.log.join("\n"));
  });
});
