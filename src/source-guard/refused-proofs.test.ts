// What a network's guard counts of requests that a device signed (S-41). A right key passes even when there were
// failures.

import { env } from "cloudflare:test";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { aboutFrom, eventsOf, stopClock, strangeNetwork, tally } from "../../test/kit/attempts.ts";
import { DEFAULT_LIMITS } from "../core/lockout/limits.ts";
import type { Who } from "../guards/network-question.ts";
import { sourceGuardOf, whoKey } from "../guards/route.ts";

const { burst } = DEFAULT_LIMITS.network;
const OWNER = { userId: "u_1", user: "sip:alice@contoso.test" };
const NOBODY: Who = { name: whoKey("\0signed"), client: "" };
const key = (name: string): Who => ({ name: whoKey(name), client: "", proof: name });

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each event
});

function network() {
  const source = strangeNetwork();
  return { guard: sourceGuardOf(env, source), about: { ...aboutFrom(source), channel: "certificate" as const } };
}

it("S-24: the same unknown key counts once, others each, and the audit says whose name was claimed", async () => {
  const { guard, about } = network();
  const unknown = (who: Who) =>
    guard.refuseProof(about, who, { reason: "key-unknown", why: "key aa", owner: OWNER, counts: "failure" });
  for (let i = 0; i < 5; i++) await unknown(key("aa"));
  expect((await guard.lock()).level).toBe(1);
  await unknown(key("bb"));
  expect((await guard.lock()).level).toBe(2);
  expect((await eventsOf(guard))[0]).toMatchObject({ reason: "key-unknown", why: "key aa", ...OWNER });
});

it("S-24: a malformed request counts each time, a wrong clock never, and a full network is made no fuller", async () => {
  const { guard, about } = network();
  for (let i = 0; i < 3; i++) await guard.refuseProof(about, NOBODY, { reason: "proof-stale", counts: "nothing" });
  expect((await guard.lock()).level).toBe(0);
  for (let i = 0; i < burst + 5; i++) {
    await guard.refuseProof(about, NOBODY, { reason: "proof-malformed", counts: "failure" });
  }
  expect((await guard.lock()).level).toBe(burst);
  // Each has one event, whose number counts the others.
  expect(tally((await eventsOf(guard)).map(({ reason }) => reason))).toEqual({
    "proof-stale": 1,
    "proof-malformed": 1,
  });
});

it("S-43: a key that has signed in from here is looked at in a full network, and a new one is not", async () => {
  const { guard, about } = network();
  await guard.settle(about, key("own"), { kind: "signed-in", forgiven: 0 }, { counted: false, owner: OWNER });
  for (let i = 0; i < burst; i++)
    await guard.refuseProof(about, NOBODY, { reason: "proof-malformed", counts: "failure" });
  expect((await guard.reserve(about, key("own"))).kind).toBe("familiar");
  expect((await guard.reserve(about, key("new"))).kind).toBe("refused");
  expect((await guard.lock()).level).toBe(burst);
});

it("S-21: what one key fails at is not held against another", async () => {
  const { guard, about } = network();
  for (let i = 0; i < 20; i++) {
    await guard.reserve(about, key("thief"));
    await guard.refuseProof(about, key("thief"), { reason: "key-unknown", counts: "reserved" });
  }
  expect((await guard.reserve(about, key("own"))).kind).toBe("admitted");
});
