// What the gateway does when something behind it is slow or does not answer (docs/design/0011-overload.md). A user who
// proved a right app password gets in, or gets 503 with a time to come back. Nobody is refused, counted, or given
// another user's answer.

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import type { UserLocksAnswer } from "../../src/api/schemas/locks.ts";
import { phoneTicket } from "./support/devices.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { asBearer, ROOT_USER } from "./support/presenting.ts";
import { type SlowProxy, startSlowProxy } from "./support/slow-proxy.ts";
import { accessTokenIn, assertionIn, tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

const HOME = "203.0.113.40";
/** How long Postern waits in this file. The slow services take longer. */
const WITHIN_MS = 2_000;

let connector: SlowProxy;
let frontEnd: SlowProxy;
let gateway: TestGateway;
let tickets: ReadonlyMap<Person, string>;
beforeAll(async () => {
  connector = await startSlowProxy(() => gateway.simulator.connectorUrl);
  frontEnd = await startSlowProxy(() => gateway.simulator.url);
  gateway = await startTestGateway({
    connectors: [connector.url],
    frontEndAt: frontEnd.url,
    variables: { CONNECTOR_TIMEOUT_SECONDS: "2", FRONT_END_TIMEOUT_SECONDS: "2" },
  });
  const people = [gateway.alice, gateway.bob];
  tickets = new Map(await Promise.all(people.map(async (who) => [who, await patiently(who)] as const)));
});
beforeEach(() => {
  for (const proxy of [connector, frontEnd]) {
    proxy.delayMs = 0;
    proxy.mostAtOnce = 0;
  }
});
afterAll(async () => {
  await gateway?.stop();
  await connector?.stop();
  await frontEnd?.stop();
});

/** A phone's ticket, got as its client gets it: after a 503 the client tries again. */
async function patiently(who: Person): Promise<string> {
  for (;;) {
    try {
      return await phoneTicket(gateway, who);
    } catch (fault) {
      if (!String(fault).includes("503")) throw fault;
    }
  }
}

const from = (request: TestRequest): TestRequest => ({
  ...request,
  headers: { "cf-connecting-ip": HOME, ...request.headers },
});

/** The outcome of a right sign-in: `in`, with a ticket of its own user, or `later`. Everything else fails the test. */
async function endOf(who: Person, n: number): Promise<"in" | "later"> {
  const saml = n % 2 === 0;
  const answer = await signIn(gateway, from(saml ? tokenRequest("saml", who.sipUri) : WINDOWS_GRANT), who);
  if (answer.status === 503) {
    expect(answer.headers["retry-after"]).toMatch(/^[1-9]\d?$/);
    expect(answer.text).toBe("");
    return "later";
  }
  expect(answer.status, `${who.account}: ${answer.text}`).toBe(200);
  if (saml) expect(assertionIn(answer.text)).toContain(`>${who.sipUri}<`);
  else expect(accessTokenIn(answer.text)).not.toBe("");
  return "in";
}

/** Makes fifty right sign-ins of two users at once. Returns how many of them had which outcome. */
async function rush(): Promise<Record<"in" | "later", number>> {
  const people = [gateway.alice, gateway.bob];
  const ends = await Promise.all(Array.from({ length: 50 }, (_, n) => endOf(people[(n >> 1) % 2] as Person, n)));
  const later = ends.filter((end) => end === "later").length;
  return { in: ends.length - later, later };
}

/**
 * Nothing of the rush counts against the users or their network. `strangers`: how often strangers failed at the users.
 */
async function expectNothingCounted(strangers = 0): Promise<void> {
  for (const who of [gateway.alice, gateway.bob]) {
    const locks = (await operator(gateway, "lock", "show", who.upn)) as UserLocksAnswer;
    const own = locks.pairs.filter(({ source }) => source === HOME);
    for (const { failures, waitUntil } of own) expect([failures, waitUntil]).toEqual([0, null]);
    expect(locks.strangers.level).toBeLessThanOrEqual(strangers);
  }
  // The network's guard hears of a success after the answer has left.
  await vi.waitFor(
    async () => expect(await operator(gateway, "lock", "show", HOME)).toMatchObject({ level: 0, waitUntil: null }),
    { timeout: 60_000 },
  );
}

describe("S-37: fifty right sign-ins at once", () => {
  it.each([
    ["a connector", () => connector],
    ["a Front-End", () => frontEnd],
  ])(
    "with %s that is slow get in or are told to come back, so many at a time, and none is a failure",
    async (_, of) => {
      of().delayMs = 300;
      await rush();
      expect(of().mostAtOnce).toBeGreaterThan(0);
      if (of() === connector) expect(connector.mostAtOnce).toBeLessThanOrEqual(16);
      await expectNothingCounted();
    },
  );

  it.each([
    ["a connector", () => connector],
    ["a Front-End", () => frontEnd],
  ])("with %s that does not answer are all told to come back, and get in when it does", async (_, of) => {
    of().delayMs = 5 * WITHIN_MS;
    expect(await rush()).toEqual({ in: 0, later: 50 });
    await expectNothingCounted();
    of().delayMs = 0;
    await expect.poll(() => endOf(gateway.alice, 1), { timeout: 60_000, interval: 500 }).toBe("in");
    await expect.poll(() => endOf(gateway.bob, 0), { timeout: 60_000, interval: 500 }).toBe("in");
  });

  it("and a wrong password among them is refused and nothing else", async () => {
    connector.delayMs = 5 * WITHIN_MS;
    const rushing = rush();
    const headers = { "cf-connecting-ip": "203.0.113.41" };
    const wrong = await signIn(
      gateway,
      { ...WINDOWS_GRANT, headers: { ...WINDOWS_GRANT.headers, ...headers } },
      gateway.alice,
      {
        password: "wrong",
      },
    );
    expect(wrong.status).toBe(401);
    await rushing;
    await expectNothingCounted(1);
  });
});

it("S-35: requests with tickets wait for a slow Front-End, and each answer is its own user's", async () => {
  frontEnd.delayMs = 3 * WITHIN_MS; // no body was read, so nobody has to hurry
  const ask = async ([who, ticket]: readonly [Person, string]): Promise<[Person, TestResponse]> => [
    who,
    await gateway.send(from(asBearer(ticket, ROOT_USER))),
  ];
  const people = [...tickets];
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => ask(people[n % 2] as [Person, string])));
  for (const [who, { status, text }] of answers) {
    expect(status).toBe(200);
    expect(new Set(text.match(/sip:[a-z]+@contoso\.test/g))).toEqual(new Set([who.sipUri]));
  }
});
