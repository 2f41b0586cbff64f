// S-44 at the guards: strangers can cause only so many rows of the audit in a day, at a network and at a user, even if
// the object is evicted. What a proved user or an administrator did always has an event of its own.

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  attempt,
  eventsOf,
  MINUTE,
  NOTHING,
  pass,
  profileOf,
  relayed,
  someone,
  stopClock,
  storageOf,
  strangeNetwork,
  typed,
} from "../../test/kit/attempts.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import { COUNT_OVER_QUOTA_FOR_MS, ROWS_OF_A_NETWORK, ROWS_OF_A_USER } from "../audit/cadence.ts";
import { auditEvent } from "../audit/event.ts";
import { generateAppPassword } from "../core/credentials/app-password.ts";
import type { StoredEvent } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import { OUTBOX_SCHEMA } from "./audit-outbox.ts";
import { QUOTA_LASTS_MS, QUOTA_SCHEMA } from "./audit-quota.ts";
import { GuardAudit } from "./guard-audit.ts";
import { sourceGuardOf, whoKey } from "./route.ts";
import { LazyTables } from "./storage.ts";

const d1 = openDatabase(env.DB);
beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

/** Rings the alarm until D1 has everything that the guard has to tell now. */
async function flushed(guard: DurableObjectStub): Promise<void> {
  await runDurableObjectAlarm(guard);
  while ((await eventsOf(guard)).length > 0) await runDurableObjectAlarm(guard);
}

const attempts = (events: readonly Pick<StoredEvent, "repeats">[]): number =>
  events.reduce((sum, { repeats }) => sum + (repeats ?? 1), 0);

describe("S-44: what strangers cause at a network's guard", () => {
  const strangers = async (guard: ReturnType<typeof sourceGuardOf>, source: string, times: number): Promise<void> => {
    for (let i = 0; i < times; i++)
      await guard.recordStranger(aboutFrom(source), { name: whoKey(`nobody${i}`), client: "client" });
  };

  it("has rows of its own up to the quota of a day, then one an hour and a number, and none is lost", async () => {
    const source = strangeNetwork();
    const guard = sourceGuardOf(env, source);
    await strangers(guard, source, ROWS_OF_A_NETWORK + 300);
    expect(await eventsOf(guard)).toHaveLength(ROWS_OF_A_NETWORK + 1);
    await flushed(guard);
    pass(COUNT_OVER_QUOTA_FOR_MS);
    await flushed(guard);
    const events = await findEvents(d1, { source }, 1_000);
    expect(events).toHaveLength(ROWS_OF_A_NETWORK + 2);
    expect(events[0]).toMatchObject({ reason: "unknown-user", repeats: 299 });
    expect(attempts(events)).toBe(ROWS_OF_A_NETWORK + 300);
  });

  it("keeps to it through evictions, before and after the alarm", async () => {
    const source = strangeNetwork();
    const guard = sourceGuardOf(env, source);
    for (let round = 0; round < 20; round++) {
      await strangers(guard, source, 50);
      if (round % 2 === 0) await evictDurableObject(guard);
      await flushed(guard);
      if (round % 3 === 0) await evictDurableObject(guard);
      pass(MINUTE);
    }
    const events = await findEvents(d1, { source }, 2_000);
    expect(events.length).toBeGreaterThan(ROWS_OF_A_NETWORK);
    expect(events.length).toBeLessThan(ROWS_OF_A_NETWORK + 40);
  });

  it("is at most twice the quota, for any mix of reasons, and the rest are numbers of the next day", async () => {
    const source = strangeNetwork();
    const inD1 = () => findEvents(d1, { source }, 3_000);
    await runInDurableObject(sourceGuardOf(env, source), async (_, { storage }) => {
      const trail = new GuardAudit(new LazyTables(storage, [[OUTBOX_SCHEMA, QUOTA_SCHEMA]]), ROWS_OF_A_NETWORK);
      const ring = async (): Promise<void> => {
        while (await trail.flush(d1, Date.now()));
      };
      for (let i = 0; i < 2_000; i++) {
        trail.record(auditEvent(aboutFrom(source), { outcome: "refused", reason: `front-end-${i % 600}` }, Date.now()));
      }
      for (let hour = 0; hour < 24; hour++) {
        await ring();
        expect((await inD1()).length).toBeLessThanOrEqual(2 * ROWS_OF_A_NETWORK);
        pass(COUNT_OVER_QUOTA_FOR_MS);
      }
      await ring();
      expect((await inD1()).length).toBe(4 * ROWS_OF_A_NETWORK);
    });
  });

  it("is whole again after a day, and then the object goes", async () => {
    const source = strangeNetwork();
    const guard = sourceGuardOf(env, source);
    await strangers(guard, source, 1);
    await flushed(guard);
    pass(QUOTA_LASTS_MS - 1);
    await flushed(guard);
    expect((await storageOf(guard)).rows).toMatchObject({ audit_quota: 1 });
    pass(1);
    await runDurableObjectAlarm(guard);
    expect(await storageOf(guard)).toEqual(NOTHING);
  });
});

describe("S-44: what strangers cause at a user's guard", () => {
  it("is bounded over all networks, and the user's own sign-ins and an administrator's acts have their rows still", async () => {
    const who = someone();
    const { guard, user } = who;
    for (let i = 0; i < ROWS_OF_A_USER + 200; i++) {
      await guard.signIn(attempt(user, typed(generateAppPassword()), { source: strangeNetwork() }));
    }
    await flushed(guard);
    const inD1 = () => findEvents(d1, { userId: user.id }, 3_000);
    expect((await inD1()).length).toBeLessThanOrEqual(ROWS_OF_A_USER + 2);
    const before = await inD1();
    for (let i = 0; i < 30; i++) {
      const decision = { outcome: "signed-in", reason: "cwt", userId: user.id, user: user.sipUri } as const;
      const event = auditEvent(aboutFrom(strangeNetwork()), decision, Date.now());
      await guard.rememberTicket(relayed(`t${i}`), profileOf(user), event);
    }
    const about = { ...aboutFrom("203.0.113.9"), channel: "command" as const };
    await guard.command(profileOf(user), { kind: "user-changed", reason: "user-window", about, by: "k", why: "" });
    await flushed(guard);
    const added = (await inD1()).filter(({ id }) => !before.some((event) => event.id === id));
    expect(added.map(({ reason }) => reason).sort()).toEqual([...Array(30).fill("cwt"), "user-window"]);
    pass(COUNT_OVER_QUOTA_FOR_MS);
    await flushed(guard);
    expect(attempts((await inD1()).filter(({ outcome }) => outcome === "refused"))).toBe(ROWS_OF_A_USER + 200);
  });
});
