// S-39 at the guards: there is one event for each attempt that is decided. It is stored before anybody hears of the
// decision, and reaches D1 once, after any failure on the way.

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  attempt,
  eventsOf,
  ntlm,
  pass,
  profileOf,
  relayed,
  SECOND,
  someone,
  stopClock,
  storageOf,
  strangeNetwork,
  tally,
  typed,
} from "../../test/kit/attempts.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import { COUNT_FOR_MS, FLUSH_AFTER_MS, FLUSH_AGAIN_MS } from "../audit/cadence.ts";
import { type AuditedEvent, auditEvent } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { generateAppPassword } from "../core/credentials/app-password.ts";
import { SourceGuard } from "../source-guard/source-guard.ts";
import type { StoredEvent } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import { UserGuard } from "../user-guard/user-guard.ts";
import { sourceGuardOf, whoKey } from "./route.ts";

const d1 = openDatabase(env.DB);

/** Collects the lines of the console. */
let lines: Record<string, unknown>[] = [];
beforeAll(stopClock);
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line) => {
    lines.push(JSON.parse(line));
  });
});

type Someone = ReturnType<typeof someone>;
const inD1 = ({ user }: Someone): Promise<StoredEvent[]> => findEvents(d1, { userId: user.id }, 1_000);
const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id).sort();
const wrong = () => ntlm(generateAppPassword());

const failing = (): never => {
  throw new Error("D1_ERROR: the database is down");
};
const NO_DATABASE = { prepare: failing, batch: failing, exec: failing } as unknown as D1Database;

/** The end of a proved user's sign-in. */
const endOf = ({ user }: Someone, outcome: "signed-in" | "failed", reason: AuditReason): AuditedEvent =>
  auditEvent(aboutFrom("203.0.113.7"), { outcome, reason, userId: user.id, user: user.sipUri }, Date.now());

describe("S-39: one event for each decided attempt", () => {
  it("however it ends, with who, what, where from and why", async () => {
    const revoked = [generateAppPassword()];
    const who = someone({ revoked });
    const { guard, user, password } = who;
    const good = ntlm(password);
    const source = strangeNetwork();
    const decided = [
      [attempt(user, wrong(), { source }), "wrong-proof"],
      [attempt(user, typed("x"), { source }), "wrong-password"],
      [attempt(user, { kind: "nothing", reason: "ntlm-v1" }, { source }), "ntlm-v1"],
      [attempt(user, ntlm(revoked[0] ?? ""), { source }), "revoked-password"],
      [attempt({ ...user, disabled: true }, good, { source }), "user-disabled"],
      [attempt(user, good, { source: strangeNetwork() }), "challenge-replayed"],
      [attempt({ ...user, credentials: [{ id: "p", ntHashes: "" }] }, ntlm(password)), "app-password-"],
    ] as const;
    for (const [each, reason] of decided) {
      const before = idsOf(await eventsOf(guard));
      const { kind } = await guard.signIn(each);
      await evictDurableObject(guard); // only what is durable is left
      const [event, ...more] = (await eventsOf(guard)).filter(({ id }) => !before.includes(id));
      expect(more).toEqual([]);
      expect(event?.reason).toMatch(new RegExp(kind === "unavailable" ? `^${reason}` : `^${reason}$`));
      expect(event).toMatchObject({
        ...each.about,
        at: Date.now(),
        outcome: kind === "unavailable" ? "failed" : "refused",
        userId: user.id,
        user: user.sipUri,
      });
      expect(lines.at(-1)).toMatchObject({ event: "sign-in", id: event?.id, at: new Date().toISOString() });
      pass(1);
    }
  });

  it("the event of a success names the ticket that was given, or what failed after it", async () => {
    const who = someone();
    const { guard, user, password } = who;
    expect((await guard.signIn(attempt(user, ntlm(password)))).kind).toBe("signed-in");
    expect(await eventsOf(guard)).toEqual([]);
    const [signedIn, failed] = [endOf(who, "signed-in", "saml"), endOf(who, "failed", "sign-on-unreachable")];
    await guard.rememberTicket(relayed("t"), profileOf(user), signedIn);
    await guard.recordEnd(failed);
    await evictDurableObject(guard);
    expect(idsOf(await eventsOf(guard))).toEqual(idsOf([signedIn, failed]));
    await guard.rememberTicket(relayed("guest", { kind: "anonymous", credentialId: "" }));
    expect(await eventsOf(guard)).toHaveLength(2);
  });

  it("1000 at a time are 1000 events, no two of one id", async () => {
    const { guard, user } = someone();
    const attempts = Array.from({ length: 1_000 }, () =>
      attempt(user, typed(generateAppPassword()), { source: strangeNetwork() }),
    );
    await Promise.all(attempts.map((each) => guard.signIn(each)));
    const events = await eventsOf(guard);
    expect(new Set(idsOf(events)).size).toBe(1_000);
    expect(new Set(events.map(({ requestId }) => requestId))).toEqual(
      new Set(attempts.map(({ about }) => about.requestId)),
    );
  });
});

describe("refusals without a look", () => {
  it("are an event the first time, then a line each, and after a quarter of an hour one event with their number", async () => {
    const who = someone();
    const { guard, user } = who;
    for (let i = 0; i < 5; i++) await guard.signIn(attempt(user, wrong()));
    await runDurableObjectAlarm(guard);
    const counted = (await inD1(who)).length;
    expect(counted).toBe(5);
    const began = Date.now();
    const hammer = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) expect((await guard.signIn(attempt(user, wrong()))).kind).toBe("held");
    };
    lines = [];
    await hammer(10);
    expect(lines.filter(({ reason }) => reason === "waiting")).toHaveLength(10);
    expect(await eventsOf(guard)).toMatchObject([{ reason: "waiting", waitUntil: began + 30 * SECOND }]);
    expect((await eventsOf(guard))[0]).not.toHaveProperty("repeats");
    pass(5 * SECOND);
    await hammer(10);
    await runDurableObjectAlarm(guard);
    expect(await inD1(who)).toHaveLength(counted + 1);
    expect((await storageOf(guard)).alarm).toBeLessThanOrEqual(began + COUNT_FOR_MS);
    vi.setSystemTime(began + COUNT_FOR_MS);
    await runDurableObjectAlarm(guard);
    const events = (await inD1(who)).filter(({ reason }) => reason === "waiting");
    expect(events.map(({ repeats }) => repeats)).toEqual([19, null]);
    expect(events[0]?.at).toBe(began + 5 * SECOND);
    await runDurableObjectAlarm(guard);
    expect(await inD1(who)).toHaveLength(counted + 2);
  });

  it("cost no row however many there are", async () => {
    const { guard, user } = someone();
    for (let i = 0; i < 6; i++) await guard.signIn(attempt(user, wrong()));
    const written = await runInDurableObject(guard, async (object, { storage }) => {
      const exec = vi.spyOn(storage.sql, "exec");
      for (let i = 0; i < 50; i++) await object.signIn(attempt(user, wrong()));
      const cursors = exec.mock.results.map(({ value }) => value as SqlStorageCursor<never>);
      exec.mockRestore();
      return cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    });
    expect(written).toBe(0);
  });

  it("of different kinds are not mixed up, and those over are written when others come", async () => {
    const who = someone();
    const { guard, user } = who;
    const v1 = { kind: "nothing", reason: "ntlm-v1" } as const;
    const old = typed(generateAppPassword());
    for (const evidence of [v1, v1, v1, old, old, old, old]) await guard.signIn(attempt(user, evidence));
    for (const evidence of [v1, v1]) await guard.signIn(attempt(user, evidence, { client: "another" }));
    pass(COUNT_FOR_MS);
    await guard.signIn(attempt(user, v1));
    const numbered = (await eventsOf(guard)).flatMap(({ reason, repeats }) =>
      repeats ? [`${reason} ${repeats}`] : [],
    );
    expect(numbered.sort()).toEqual(["ntlm-v1 1", "repeated 2"]);
    expect(tally((await eventsOf(guard)).map(({ reason }) => reason))).toEqual({
      "ntlm-v1": 6, // two clients: counted, and again; the number for the first; and the latest one
      "wrong-password": 1,
      repeated: 2,
    });
  });
});

describe("the way to D1", () => {
  it("begins five seconds after the first event, and takes all there is, once", async () => {
    const who = someone();
    const { guard, user } = who;
    const began = Date.now();
    for (let i = 0; i < 4; i++) {
      await guard.signIn(attempt(user, wrong()));
      pass(SECOND);
    }
    expect((await storageOf(guard)).alarm).toBe(began + FLUSH_AFTER_MS);
    const events = await eventsOf(guard);
    expect(events).toHaveLength(4);
    expect(await inD1(who)).toEqual([]);
    await runDurableObjectAlarm(guard);
    expect(await eventsOf(guard)).toEqual([]);
    expect(idsOf(await inD1(who))).toEqual(idsOf(events));
    await runDurableObjectAlarm(guard);
    expect(await inD1(who)).toHaveLength(4);
  });

  it("S-37: with D1 down everything is kept, signing in goes on, and another alarm is set", async () => {
    const who = someone();
    const { guard, user, password } = who;
    await guard.signIn(attempt(user, wrong()));
    const before = await eventsOf(guard);
    for (let ring = 0; ring < 8; ring++) {
      await runInDurableObject(guard, async (_, state) => {
        await state.storage.deleteAlarm();
        await new UserGuard(state, { ...env, DB: NO_DATABASE }).alarm();
        expect(await state.storage.getAlarm()).toBe(Date.now() + FLUSH_AGAIN_MS);
      });
      pass(FLUSH_AGAIN_MS);
    }
    expect(lines.filter(({ reason }) => reason === "audit")).toHaveLength(8);
    expect(JSON.stringify(lines)).not.toMatch(/insert into/i);
    expect(await eventsOf(guard)).toEqual(before);
    expect((await guard.signIn(attempt(user, ntlm(password)))).kind).toBe("signed-in");
    expect((await guard.signIn(attempt(user, wrong()))).kind).toBe("refused");
    const kept = await eventsOf(guard);
    expect(kept).toHaveLength(2);
    await runDurableObjectAlarm(guard);
    expect(idsOf(await inD1(who))).toEqual(idsOf(kept));
    expect(await eventsOf(guard)).toEqual([]);
  });

  it("an event that comes while D1 is writing goes with the next alarm, which is set", async () => {
    const who = someone();
    const { guard, user } = who;
    await guard.signIn(attempt(user, wrong()));
    await runInDurableObject(guard, async (_, state) => {
      let during: Promise<unknown> | undefined;
      const slow = new Proxy(env.DB, {
        get: (target, key) => {
          const member: unknown = Reflect.get(target, key);
          if (typeof member !== "function") return member;
          if (key === "batch") during ??= object.signIn(attempt(user, wrong()));
          return (...values: unknown[]) => Reflect.apply(member, target, values);
        },
      });
      const object = new UserGuard(state, { ...env, DB: slow });
      await state.storage.deleteAlarm();
      await object.alarm();
      expect(during).toBeDefined();
      await during;
      expect(await state.storage.getAlarm()).toBeLessThanOrEqual(Date.now() + FLUSH_AFTER_MS);
    });
    expect(await inD1(who)).toHaveLength(1);
    expect(await eventsOf(guard)).toHaveLength(1);
    await runDurableObjectAlarm(guard);
    expect(await inD1(who)).toHaveLength(2);
  });

  it("more than a batch takes several alarms, one after the other", async () => {
    const who = someone();
    const { guard, user } = who;
    const attempts = Array.from({ length: 500 }, () =>
      attempt(user, typed(generateAppPassword()), { source: strangeNetwork() }),
    );
    await Promise.all(attempts.map((each) => guard.signIn(each)));
    for (const left of [340, 180, 20, 0]) {
      await runInDurableObject(guard, async (object, { storage }) => {
        await storage.deleteAlarm();
        if (object instanceof UserGuard) await object.alarm();
        const alarm = await storage.getAlarm();
        if (left > 0) expect(alarm).toBe(Date.now());
        else expect(alarm).toBeGreaterThan(Date.now());
      });
      expect(await eventsOf(guard)).toHaveLength(left);
    }
    expect(await inD1(who)).toHaveLength(500);
  });
});

describe("S-39: a network's guard", () => {
  const stranger = { name: whoKey("nobody@contoso.test"), client: "client" };

  it("has one event for each name that belongs to nobody, durable, without the name, and in D1 once", async () => {
    const source = strangeNetwork();
    const guard = sourceGuardOf(env, source);
    for (let i = 0; i < 3; i++) {
      await guard.reserve(aboutFrom(source), stranger);
      await guard.recordStranger(aboutFrom(source), stranger);
    }
    await evictDurableObject(guard);
    const events = await eventsOf(guard);
    expect(events).toHaveLength(3);
    for (const event of events) {
      expect(event).toMatchObject({ source, outcome: "refused", reason: "unknown-user" });
      expect(event).not.toHaveProperty("user");
      expect(JSON.stringify(event)).not.toContain("nobody");
    }
    await runDurableObjectAlarm(guard);
    await runDurableObjectAlarm(guard);
    expect(idsOf(await findEvents(d1, { source }, 100))).toEqual(idsOf(events));
    expect(await eventsOf(guard)).toEqual([]);
  });

  it("S-37: keeps them while D1 is down, and sets another alarm", async () => {
    const source = strangeNetwork();
    const guard = sourceGuardOf(env, source);
    await guard.reserve(aboutFrom(source), stranger);
    await guard.recordStranger(aboutFrom(source), stranger);
    const events = await eventsOf(guard);
    await runInDurableObject(guard, async (_, state) => {
      await state.storage.deleteAlarm();
      await new SourceGuard(state, { ...env, DB: NO_DATABASE }).alarm();
      expect(await state.storage.getAlarm()).toBe(Date.now() + FLUSH_AGAIN_MS);
    });
    expect(await eventsOf(guard)).toEqual(events);
    await runDurableObjectAlarm(guard);
    expect(idsOf(await findEvents(d1, { source }, 100))).toEqual(idsOf(events));
  });

  it("counts what it refuses for the network in one number, under any names", async () => {
    const source = strangeNetwork();
    const guard = sourceGuardOf(env, source);
    await runInDurableObject(guard, async (_, state) => {
      const strict = new SourceGuard(state, { ...env, LOCKOUT_LIMITS: "network.burst=1" });
      for (let i = 0; i < 12; i++) {
        await strict.reserve(aboutFrom(source), { name: whoKey(`name ${i}`), client: "client" });
      }
      pass(COUNT_FOR_MS);
      await strict.alarm();
    });
    const events = await findEvents(d1, { source }, 100);
    expect(events.map(({ reason, user }) => [reason, user])).toEqual(Array(2).fill(["network-waiting", null]));
    expect(new Set(events.map(({ repeats }) => repeats))).toEqual(new Set([null, 10]));
  });
});
