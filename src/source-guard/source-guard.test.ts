// A network's guard inside workerd: what it counts and gives back, whom it lets pass, how it shields the users' guards,
// and what it leaves behind. What it tells the audit is in guard-audit.test.ts.

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  DAY,
  eventsOf,
  HOUR,
  MINUTE,
  NOTHING,
  pass,
  stopClock,
  storageOf,
  strangeNetwork,
  tally,
} from "../../test/kit/attempts.ts";
import type { EventContext } from "../audit/event.ts";
import { DEFAULT_LIMITS, FAMILIAR_FOR_MS } from "../core/lockout/limits.ts";
import type { Who } from "../guards/network-question.ts";
import { sourceGuardOf, whoKey } from "../guards/route.ts";
import { SourceGuard } from "./source-guard.ts";

const { burst, perHour } = DEFAULT_LIMITS.network;

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
});

type Network = { readonly guard: DurableObjectStub<SourceGuard>; readonly about: EventContext };

/** A network nobody else in this file has. */
function network(): Network {
  const source = strangeNetwork();
  return { guard: sourceGuardOf(env, source), about: aboutFrom(source) };
}

const who = (name: string, client = "client"): Who => ({ name: whoKey(name), client });
const level = async ({ guard }: Network): Promise<number> => (await guard.lock()).level;

/** Fails with as many names as the network has attempts. */
async function fill({ guard, about }: Network, count = burst): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, i) => guard.reserve(about, who(`name ${i}`))));
}

async function signIn({ guard, about }: Network, as: Who): Promise<void> {
  expect((await guard.reserve(about, as)).kind).toBe("admitted");
  await guard.settle(about, as, { kind: "signed-in", forgiven: 0 }, COUNTED);
}

const held = (until: number) => ({ kind: "held", until }) as const;
const OWNER = { userId: "u_1", user: "sip:alice@contoso.test" };
const COUNTED = { counted: true };
const OWNED = { counted: true, owner: OWNER };
const ADMITTED = { kind: "admitted", counted: true };

describe("S-23: a network", () => {
  it("S-20: of 1000 attempts at a time over 1000 names is admitted its burst, and no more", async () => {
    const { guard, about } = network();
    const all = await Promise.all(Array.from({ length: 1_000 }, (_, i) => guard.reserve(about, who(`name ${i}`))));
    expect(tally(all.map(({ kind }) => kind))).toEqual({ admitted: burst, refused: 1_000 - burst });
    expect(await guard.lock()).toEqual({
      level: burst,
      capacity: burst,
      waitUntil: Date.now() + HOUR / perHour,
      familiarUsers: 0,
    });
    expect(tally((await eventsOf(guard)).map(({ reason }) => reason))).toEqual({ "network-waiting": 1 });
  });

  it("counts one name as it counts many, also a name that belongs to nobody", async () => {
    const here = network();
    const { guard, about } = here;
    for (let i = 0; i < burst; i++) {
      expect(await guard.reserve(about, who(i % 25 ? `name ${i}` : "one name"))).toEqual(ADMITTED);
      if (i % 2 === 0) await guard.recordStranger(about, who("nobody"));
    }
    expect(await level(here)).toBe(burst);
    expect(await guard.reserve(about, who("one name"))).toEqual({ kind: "refused" });
    expect((await eventsOf(guard)).filter(({ reason }) => reason === "unknown-user")).toHaveLength(burst / 2);
  });

  it("S-20: has counted what never came back, an eviction included", async () => {
    const here = network();
    await here.guard.reserve(here.about, who("alice"));
    await evictDurableObject(here.guard);
    expect(await level(here)).toBe(1);
  });

  it("drains, and gets in again one by one", async () => {
    const here = network();
    const { guard, about } = here;
    await fill(here);
    pass(HOUR / perHour - 1);
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "refused" });
    pass(1);
    expect(await guard.reserve(about, who("alice"))).toEqual(ADMITTED);
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "refused" });
    pass(HOUR);
    expect(await guard.lock()).toMatchObject({ level: 0, waitUntil: null });
  });

  it("has nothing to do with another", async () => {
    const [here, there] = [network(), network()];
    await fill(here);
    expect(await there.guard.reserve(there.about, who("alice"))).toEqual(ADMITTED);
  });

  it("says in an unknown name's event until when all of it waits, if it does", async () => {
    const here = network();
    const { guard, about } = here;
    await fill(here, burst - 1);
    await guard.recordStranger(about, who("nobody"));
    await guard.reserve(about, who("the last"));
    await guard.recordStranger(about, who("nobody"), "network-waiting");
    const events = await eventsOf(guard);
    expect(new Set(events.map(({ waitUntil }) => waitUntil))).toEqual(
      new Set([undefined, Date.now() + HOUR / perHour]),
    );
    expect(new Set(events.map(({ wouldRefuse }) => wouldRefuse))).toEqual(new Set([undefined, "network-waiting"]));
  });
});

describe("S-24: what was no failure", () => {
  it("is given back, with what a success explains, never below nothing", async () => {
    const here = network();
    const { guard, about } = here;
    await fill(here, 5);
    for (let i = 0; i < 5; i++) await guard.reserve(about, who("alice"));
    await guard.settle(about, who("alice"), { kind: "not-counted" }, COUNTED);
    expect(await level(here)).toBe(9);
    await guard.settle(about, who("alice"), { kind: "recognised", lasting: true }, OWNED);
    expect(await level(here)).toBe(8);
    await guard.settle(about, who("alice"), { kind: "signed-in", forgiven: 1 }, COUNTED);
    expect(await level(here)).toBe(6);
    // The network's count lacks what it has not counted for alice, so her success does not lower it by that.
    await guard.settle(about, who("alice"), { kind: "signed-in", forgiven: 50 }, COUNTED);
    expect(await level(here)).toBe(5);
    for (let i = 0; i < 8; i++) await guard.settle(about, who("alice"), { kind: "not-counted" }, COUNTED);
    expect(await level(here)).toBe(0);
  });

  it("makes room at once in a full network", async () => {
    const here = network();
    const { guard, about } = here;
    await fill(here);
    await guard.settle(about, who("name 0"), { kind: "not-counted" }, COUNTED);
    expect(await guard.reserve(about, who("alice"))).toEqual(ADMITTED);
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "refused" });
  });
});

describe("S-21: who passes when the network has to wait", () => {
  it("a user who has signed in from here with this client, not counted, and nobody else", async () => {
    const here = network();
    const { guard, about } = here;
    await signIn(here, who("alice"));
    await fill(here);
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "familiar" });
    expect(await guard.reserve(about, who("alice", "another client"))).toEqual({ kind: "refused" });
    expect(await guard.reserve(about, who("bob"))).toEqual({ kind: "refused" });
    expect(await guard.lock()).toMatchObject({ level: burst, familiarUsers: 1 });
    await evictDurableObject(guard);
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "familiar" });
  });

  it("for 30 days after a sign-in, of which one a day is written down", async () => {
    const here = network();
    const { guard, about } = here;
    await signIn(here, who("alice"));
    const began = Date.now();
    const lastSuccess = () =>
      runInDurableObject(guard, (_, { storage }) =>
        storage.sql.exec<{ at: number }>("SELECT last_success AS at FROM familiar").one(),
      );
    pass(DAY - 1);
    await signIn(here, who("alice"));
    expect(await lastSuccess()).toEqual({ at: began });
    pass(1);
    await signIn(here, who("alice"));
    expect(await lastSuccess()).toEqual({ at: began + DAY });
    pass(FAMILIAR_FOR_MS - 1);
    await fill(here);
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "familiar" });
    pass(1);
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "refused" });
  });

  it("at most 20,000 of them; one more user only signs in", async () => {
    const here = network();
    await signIn(here, who("alice"));
    await runInDurableObject(here.guard, (_, { storage }) => {
      storage.sql.exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 19999) INSERT INTO familiar SELECT 'made up ' || i, ? FROM n",
        Date.now(),
      );
    });
    await signIn(here, who("one too many"));
    expect((await here.guard.lock()).familiarUsers).toBe(20_000);
    pass(DAY);
    await signIn(here, who("alice"));
    expect((await here.guard.lock()).familiarUsers).toBe(20_000);
    await fill(here);
    expect((await here.guard.reserve(here.about, who("alice"))).kind).toBe("familiar");
    expect((await here.guard.reserve(here.about, who("one too many"))).kind).toBe("refused");
  });
});

describe("clearing", () => {
  it("a network forgets its count and whom it holds, not who is familiar", async () => {
    const here = network();
    const { guard, about } = here;
    await signIn(here, who("alice"));
    await guard.settle(about, who("bob"), held(Date.now() + MINUTE), OWNED);
    await fill(here);
    await guard.clear();
    expect(await guard.lock()).toEqual({ level: 0, capacity: burst, waitUntil: null, familiarUsers: 1 });
    expect((await guard.reserve(about, who("bob"))).kind).toBe("admitted");
  });

  it("by names leaves the network's count alone; of a network nobody came from it leaves nothing", async () => {
    const here = network();
    await fill(here);
    await here.guard.clear([whoKey("name 1")]);
    expect(await level(here)).toBe(burst);
    const never = network();
    await never.guard.clear();
    await never.guard.clear([whoKey("alice")]);
    expect(await never.guard.lock()).toEqual({ level: 0, capacity: burst, waitUntil: null, familiarUsers: 0 });
    expect(await storageOf(never.guard)).toEqual(NOTHING);
  });
});

describe("S-26: dry-run", () => {
  it("admits everything, counts it, and says what it would have refused", async () => {
    const { guard, about } = network();
    await runInDurableObject(guard, async (_, state) => {
      const lenient = new SourceGuard(state, { ...env, LOCKOUT: "report" });
      for (let i = 0; i < burst; i++) {
        expect(await lenient.reserve(about, who(`name ${i}`))).toEqual(ADMITTED);
      }
      await lenient.settle(about, who("alice"), held(Date.now() + MINUTE), OWNED);
      const next = await lenient.reserve(about, who("alice"));
      expect(next).toEqual({ ...ADMITTED, wouldRefuse: "network-waiting" });
      expect(lenient.lock().level).toBe(burst + 1);
      await lenient.settle(about, who("alice"), { kind: "signed-in", forgiven: 0 }, COUNTED);
      expect(lenient.lock().level).toBe(burst);
    });
    expect(await eventsOf(guard)).toEqual([]);
  });
});

describe("the alarm", () => {
  it("deletes the object when its count has drained; the object can be used again", async () => {
    const { guard, about } = network();
    await guard.reserve(about, who("alice"));
    const rings: number[] = [];
    for (let alarm = (await storageOf(guard)).alarm; alarm !== null; alarm = (await storageOf(guard)).alarm) {
      expect(rings.length).toBeLessThan(5);
      vi.setSystemTime(alarm);
      rings.push(alarm);
      await runDurableObjectAlarm(guard);
    }
    expect(rings).toHaveLength(1); // one failure has drained when the first alarm rings
    expect(await storageOf(guard)).toEqual(NOTHING);
    expect(await guard.reserve(about, who("alice"))).toEqual(ADMITTED);
  });

  it("keeps a full network until it has drained, and who is familiar for 30 days", async () => {
    const here = network();
    const { guard, about } = here;
    await signIn(here, who("alice"));
    await fill(here);
    await guard.reserve(about, who("one too many"));
    const began = Date.now();
    const rings: number[] = [];
    for (let alarm = (await storageOf(guard)).alarm; alarm !== null; alarm = (await storageOf(guard)).alarm) {
      expect(rings.length).toBeLessThan(10);
      vi.setSystemTime(alarm);
      rings.push(alarm - began);
      await runDurableObjectAlarm(guard);
      const left = await guard.lock();
      expect(left.familiarUsers).toBe(alarm - began < FAMILIAR_FOR_MS ? 1 : 0);
      expect(left.level > 0).toBe(alarm - began < HOUR);
    }
    expect(rings.at(-1)).toBe(FAMILIAR_FOR_MS);
    expect(await storageOf(guard)).toEqual(NOTHING);
  });

  it("a network that is only asked about leaves nothing", async () => {
    const { guard } = network();
    await guard.lock();
    expect(await storageOf(guard)).toEqual(NOTHING);
  });
});

it("S-16: nothing of a name is stored, for anything that was typed as one", async () => {
  const here = network();
  const { guard, about } = here;
  const typedName = "correct horse battery staple";
  await guard.reserve(about, who(typedName));
  await guard.recordStranger(about, who("nobody"));
  await guard.settle(about, who(typedName), { kind: "signed-in", forgiven: 0 }, COUNTED);
  const stored = await runInDurableObject(guard, (_, { storage }) =>
    ["network", "familiar", "audit_outbox"].map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray()),
  );
  expect(stored.map((rows) => rows.length)).toEqual([1, 1, 1]);
  expect(JSON.stringify(stored)).not.toMatch(/correct|horse|staple/);
});
