// `postern lock` on the started gateway. After wrong passwords it says who waits, why and until when. What it clears is
// forgotten at the next attempt.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestRequest } from "../../simulator/test-client.ts";
import type {
  LocksAnswer,
  NetworkLockAnswer,
  UserClearedAnswer,
  UserLocksAnswer,
} from "../../src/api/schemas/locks.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { shapeOf } from "./support/shape.ts";
import { WINDOWS_GRANT } from "./support/tickets.ts";

const SOURCE = "203.0.113.7";
const FREE = 3;
const WRONG = "wrong-wrong-wrong-wrong-wrong-wrong";
let gateway: TestGateway;

beforeAll(async () => {
  // A wait that is long enough for the slowest machine to see.
  const limits = "stranger.first-wait=15m stranger.longest-wait=15m network.burst=20 network.per-hour=1";
  gateway = await startTestGateway({ variables: { LOCKOUT_LIMITS: `stranger.free=${FREE} ${limits}` } });
});
afterAll(() => gateway?.stop());

const from = (source: string): TestRequest => ({
  ...WINDOWS_GRANT,
  headers: { ...WINDOWS_GRANT.headers, "cf-connecting-ip": source },
});

/** Signs in from a network. Returns the status of the answer. */
async function attempt(who: Person, password: string, source = SOURCE): Promise<number> {
  return (await signIn(gateway, from(source), who, { password })).status;
}

const list = async () => (await operator(gateway, "lock", "list")) as LocksAnswer;
const showUser = async (name: string) => (await operator(gateway, "lock", "show", name)) as UserLocksAnswer;

describe("S-24: a network that failed too often at a user", () => {
  it("waits, is listed and shown, and may try again once it is cleared", async () => {
    const { alice, bob } = gateway;
    expect(await list()).toMatchObject({ lockout: "enforce", users: [], networks: [] });
    for (let i = 0; i < FREE; i++) expect(await attempt(alice, `${WRONG}-${i}`)).toBe(401);

    const shown = await showUser("CONTOSO\\alice");
    expect(shown.user).toBe(alice.sipUri);
    expect(shown.pairs).toEqual([
      expect.objectContaining({ source: SOURCE, familiar: false, failures: FREE, waitReason: "waiting" }),
    ]);
    const [until = ""] = shown.pairs.flatMap(({ waitUntil }) => waitUntil ?? []);
    expect(Date.parse(until)).toBeGreaterThan(Date.now());
    expect(await attempt(alice, alice.password)).toBe(401);
    expect(await attempt(bob, bob.password)).toBe(200);

    // The list asks about those of whom the audit says that they wait, and the audit is some seconds late.
    await expect
      .poll(async () => (await list()).users, { timeout: 60_000, interval: 500 })
      .toEqual([expect.objectContaining({ user: alice.sipUri, pairs: shown.pairs })]);

    const cleared = (await operator(gateway, "lock", "clear", "alice@contoso.test")) as UserClearedAnswer;
    expect(cleared).toMatchObject({ user: alice.sipUri, cleared: [SOURCE] });
    expect(await attempt(alice, alice.password)).toBe(200);
    expect((await list()).users).toEqual([]);
    expect((await showUser(alice.upn)).pairs).toEqual([
      expect.objectContaining({ source: SOURCE, familiar: true, failures: 0, waitUntil: null }),
    ]);
  });

  it("S-23: a network that failed at names nobody has is shown and cleared as a network", async () => {
    const source = "198.51.100.9";
    for (let i = 0; i < 20; i++) {
      const nobody = { ...gateway.bob, account: `mallory${i}` };
      expect(await attempt(nobody, WRONG, source)).toBe(401);
    }
    const before = (await operator(gateway, "lock", "show", source)) as NetworkLockAnswer;
    expect(before.waitUntil).not.toBeNull();
    expect(await attempt(gateway.bob, gateway.bob.password, source)).toBe(401);
    await operator(gateway, "lock", "clear", source);
    expect(await attempt(gateway.bob, gateway.bob.password, source)).toBe(200);
  });
});

it("S-33: to whoever has no key the admin host looks like a host that is not there", async () => {
  const elsewhere = shapeOf(await gateway.send({ path: "/v1/locks", host: "nothing.contoso.test" }));
  expect(elsewhere.status).toBe(404);
  const paths = ["/", "/v1/locks", "/v1//locks", "/v1/locks/users/a%2fb", "/Autodiscover/AutodiscoverService.svc/root"];
  for (const path of paths) {
    for (const method of ["GET", "POST", "DELETE"]) {
      for (const authorization of [undefined, "Bearer x", `Bearer ${gateway.adminKey}x`]) {
        const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
        const request = { path, method, headers, host: gateway.adminHost };
        expect(shapeOf(await gateway.send(request)), `${method} ${path}`).toEqual(elsewhere);
      }
    }
  }
});

it("S-16, S-39: the log has each change with the id of the key, and not the key", async () => {
  await operator(gateway, "lock", "clear", "203.0.113.77");
  await expect.poll(() => gateway.log.filter((line) => line.includes("203.0.113.77")).length).toBe(1);
  expect(gateway.log.find((line) => line.includes("203.0.113.77"))).toContain("locks-cleared");
  expect(gateway.log.join("\n")).not.toContain(gateway.adminKey);
});
