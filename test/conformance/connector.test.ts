// Sign-on through connectors, over HTTP. When somebody has proved a password to Postern, Postern signs that user on to
// the Front-End. One of two connectors makes a token for this one request. Everything that fails on the way ends in a
// 503.

import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { signingKey } from "../../src/core/crypto/signing-keys.ts";
import { startTestConnector, type TestConnector } from "./support/connector.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

const carolUser = { sipUri: "sip:carol@contoso.test", upn: "carol@contoso.test", domain: "CONTOSO", account: "carol" };
const secret = randomBytes(32);
let a: TestConnector;
let b: TestConnector;
let gateway: TestGateway;

beforeAll(async () => {
  const { publicJwk } = await signingKey(secret);
  const tokenKey = randomBytes(32);
  const options = { publicJwk, tokenKey, unknown: [carolUser.upn] };
  a = await startTestConnector({ ...options, name: "connector-a" });
  b = await startTestConnector({ ...options, name: "connector-b" });
  gateway = await startTestGateway({
    moreUsers: [carolUser],
    simulator: { signOnKey: tokenKey },
    connectors: [a.url, b.url],
    variables: {
      SIGN_ON: "connector",
      SIGN_ON_KEYS: `${secret.toString("base64")} ${randomBytes(32).toString("base64")}`,
      CONNECTORS: "connector-a=binding:CONNECTOR connector-b=binding:CONNECTOR_2",
    },
  });
});
beforeEach(() => {
  gateway.simulator.clearLedger();
  for (const connector of [a, b]) {
    connector.mode = "good";
    connector.orders.length = 0;
  }
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([a?.stop(), b?.stop()]);
});

const orders = () => [...a.orders, ...b.orders];
const saml = (who = gateway.alice) => signIn(gateway, tokenRequest("saml", who.sipUri), who);

function expectUnavailable({ status, headers, text }: Awaited<ReturnType<typeof saml>>): void {
  expect([status, text]).toEqual([503, ""]);
  expect(headers["retry-after"]).toMatch(/^[1-9]\d*$/);
}

describe("sign-on through connectors", () => {
  it("each sign-in is one order for its user, and one token for one request", async () => {
    expect((await saml()).status).toBe(200);
    expect((await signIn(gateway, WINDOWS_GRANT, gateway.bob)).status).toBe(200);
    const [first, second, ...more] = orders();
    expect([first, second, more]).toMatchObject([
      { user: gateway.alice.upn, service: "HTTP/web.contoso.test", anew: false },
      { user: gateway.bob.upn, anew: false },
      [],
    ]);
    expect(first?.id).not.toBe(second?.id);
    const { signOns, refusedSignOns } = gateway.simulator.ledger();
    expect(signOns.map(({ user }) => user)).toEqual([gateway.alice.sipUri, gateway.bob.sipUri]);
    expect(refusedSignOns).toEqual([]);
  });

  it("S-35: users who sign in at the same time get each their own ticket", async () => {
    const people = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? gateway.bob : gateway.alice));
    const answers = await Promise.all(people.map((who) => saml(who)));
    for (const [index, { status, text }] of answers.entries()) {
      expect([status, text.includes(people[index]?.sipUri ?? "")], String(index)).toEqual([200, true]);
    }
    expect(gateway.simulator.ledger().refusedSignOns).toEqual([]);
  });

  it("S-35: a connector that mixes up its users is found out by the account in the ticket", async () => {
    const told = () => gateway.log.filter((line) => line.includes("ticket-of-another-user")).length;
    expect((await signIn(gateway, WINDOWS_GRANT, gateway.alice)).status).toBe(200); // alice's account is known by now
    for (const connector of [a, b]) connector.mode = "mixed";
    // The Front-End itself refuses bob's token when the request claims alice's address. The other service asks for no
    // claim.
    expect((await saml()).status).toBe(500);
    expectUnavailable(await signIn(gateway, WINDOWS_GRANT, gateway.alice));
    expect(told()).toBe(1);
    expect((await signIn(gateway, WINDOWS_GRANT, gateway.bob)).status).toBe(200);
    for (const connector of [a, b]) connector.mode = "good";
    expect((await signIn(gateway, WINDOWS_GRANT, gateway.alice)).status).toBe(200);
  });

  it("a token that the Front-End refuses is followed by one that was got anew", async () => {
    for (const connector of [a, b]) connector.mode = "stale";
    expect((await saml()).status).toBe(200);
    expect(orders().map(({ anew }) => anew)).toEqual([false, true]);
    const { signOns, refusedSignOns } = gateway.simulator.ledger();
    expect([signOns.length, refusedSignOns.map(({ reason }) => reason)]).toEqual([1, ["wrong-service"]]);
    expect(gateway.log.some((line) => line.includes("sign-on-rejected-once"))).toBe(true);
  });
});

describe("S-37", () => {
  it("the Front-End refuses every token: 503 after the second, and the audit says so", async () => {
    for (const connector of [a, b]) connector.mode = "useless";
    expectUnavailable(await signIn(gateway, WINDOWS_GRANT, gateway.alice));
    expect(orders()).toHaveLength(2);
    expect(gateway.simulator.ledger().requests).toHaveLength(2);
    expect(gateway.log.some((line) => /"sign-on-rejected"/.test(line))).toBe(true);
  });

  it("a user whom the directory does not know: 503, and the other connector is not asked", async () => {
    const [carol] = gateway.others;
    if (carol === undefined) throw new Error("carol is missing");
    expectUnavailable(await saml(carol));
    expect(orders()).toHaveLength(1);
    expect(gateway.simulator.ledger().requests).toEqual([]);
    expect(gateway.log.some((line) => line.includes("sign-on-unknown-user"))).toBe(true);
  });

  it("one connector is dead: the other signs on, and the dead one is left alone for a while", async () => {
    a.mode = "dead";
    expect((await saml()).status).toBe(200);
    expect([a.orders.length, b.orders.length]).toEqual([0, 1]);
    expect(gateway.log.some((line) => line.includes("connector-a: "))).toBe(true);
    a.mode = "good";
    expect((await saml()).status).toBe(200);
    expect([a.orders.length, b.orders.length]).toEqual([0, 2]);
  });

  it("both have no directory, or are dead: 503, nothing reaches the Front-End, and then it goes on", async () => {
    for (const mode of ["no-directory", "dead"] as const) {
      for (const connector of [a, b]) connector.mode = mode;
      expectUnavailable(await saml());
      expectUnavailable(await signIn(gateway, WINDOWS_GRANT, gateway.bob));
    }
    expect(gateway.simulator.ledger().requests).toEqual([]);
    expect(gateway.log.some((line) => line.includes("sign-on-unreachable"))).toBe(true);
    for (const connector of [a, b]) connector.mode = "good";
    expect((await saml()).status).toBe(200);
  });

  it("a wrong password is refused as ever, and no connector hears of it", async () => {
    const answer = await signIn(gateway, WINDOWS_GRANT, gateway.alice, { password: "wrong" });
    expect([answer.status, orders()]).toEqual([401, []]);
  });
});

it("S-16: no key, order or token is in what the gateway logged", () => {
  const log = gateway.log.join("\n");
  const received = [...a.received, ...b.received];
  const tokens = [...a.tokens, ...b.tokens];
  expect(Math.min(received.length, tokens.length)).toBeGreaterThan(10);
  for (const text of [secret.toString("base64"), secret.toString("base64url"), ...received, ...tokens]) {
    expect(log).not.toContain(text);
    // No part of it either: no signature, and no token without its scheme.
    expect(log).not.toContain(text.slice(-40));
  }
});

it("a second use of an order that was overheard is worth nothing", async () => {
  const [jws = ""] = a.received;
  const replayed = await fetch(`${a.url}/v1/authorization`, {
    method: "POST",
    headers: { "content-type": "application/jwt" },
    body: jws,
  });
  expect([replayed.status, await replayed.json()]).toEqual([401, { error: "unauthorized" }]);
});
