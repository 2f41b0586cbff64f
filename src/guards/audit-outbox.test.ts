// The outbox in the storage of a real object, with the real D1 behind it. S-39 says one event, durable before the
// answer. These tests prove the second half: what is durable in a guard reaches D1 once, after any failure on the way.

import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import type { AuditedEvent } from "../audit/event.ts";
import { MAX_EVENTS_OF_A_BATCH, type StoredEvent } from "../store/audit.ts";
import { type Database, openDatabase } from "../store/database.ts";
import * as outbox from "./audit-outbox.ts";

const NOW = 1_795_000_000_000;
const d1 = openDatabase(env.DB);

let objects = 0;
/** An object nobody else in this file has, its outbox ready, and a user whose events it keeps. */
async function somewhere() {
  const name = `outbox-${++objects}`;
  const object = env.USER_GUARD.getByName(name);
  const within = <T>(act: (exec: SqlStorage["exec"]) => T | Promise<T>): Promise<T> =>
    runInDurableObject(object, (_, { storage }) => act((...statement) => storage.sql.exec(...statement)));
  await within((exec) => exec(outbox.OUTBOX_SCHEMA).toArray());
  const events = (count: number): AuditedEvent[] =>
    Array.from({ length: count }, (_, at) => eventAt(NOW + at, { userId: name, user: `sip:${name}@contoso.test` }));
  const inD1 = (): Promise<StoredEvent[]> => findEvents(d1, { userId: name }, 1_000);
  return { object, within, events, inD1 };
}

const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

/** A database whose batches end as `batch` says. */
const databaseWith = (batch: Database["batch"]): Database => ({
  ...{ select: d1.select.bind(d1), insert: d1.insert.bind(d1) },
  ...{ update: d1.update.bind(d1), delete: d1.delete.bind(d1) },
  batch,
});

describe("the outbox", () => {
  it("keeps what is added, oldest first, through an eviction", async () => {
    const { object, within, events } = await somewhere();
    const [one, two, three] = events(3);
    if (one === undefined || two === undefined || three === undefined) expect.fail();
    await within((exec) => {
      for (const event of [two, one, three]) outbox.add(exec, event);
    });
    await evictDurableObject(object);
    expect(await within((exec) => outbox.pending(exec, 10))).toEqual([one, two, three]);
    expect(await within((exec) => outbox.pending(exec, 2))).toEqual([one, two]);
    expect(await within((exec) => outbox.count(exec))).toBe(3);
  });

  it("removes what it is told to, and more than a hundred at once", async () => {
    const { within, events } = await somewhere();
    const all = events(150);
    const kept = all.slice(70, 72);
    const gone = all.filter((event) => !kept.includes(event));
    await within((exec) => {
      for (const event of all) outbox.add(exec, event);
      outbox.remove(exec, [...idsOf(gone), "e_unknown"]);
    });
    expect(await within((exec) => outbox.pending(exec, 1_000))).toEqual(kept);
  });

  it("costs one row written for each event that comes, and one for each that goes", async () => {
    const { within, events } = await somewhere();
    const all = events(4);
    const written = await within((exec) => {
      let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
      const metered: typeof exec = (...statement) => {
        const cursor = exec<never>(...statement);
        cursors.push(cursor);
        return cursor;
      };
      const rowsWritten = (act: () => void): number => {
        cursors = [];
        act();
        return cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0);
      };
      const added = rowsWritten(() => {
        for (const event of all) outbox.add(metered, event);
      });
      return { added, removed: rowsWritten(() => outbox.remove(metered, idsOf(all))) };
    });
    expect(written).toEqual({ added: 4, removed: 4 });
  });
});

describe("a flush", () => {
  it("S-39: brings each event to D1 as it is, and keeps it no longer", async () => {
    const { within, events, inD1 } = await somewhere();
    const [plain, full] = events(2);
    if (plain === undefined || full === undefined) expect.fail();
    const rest = {
      credentialId: "p_1",
      waitUntil: NOW + 9,
      wouldRefuse: "waiting" as const,
      repeats: 4,
      device: "d_1",
      deviceKey: "endpoint:x",
      by: "0123abcd",
      why: "lost",
      change: '{"before":{},"after":{"state":"blocked"}}',
      channelBinding: "present" as const,
      country: "DE",
      city: "Köln",
      stages: '{"began":1,"stages":[]}',
    };
    await within((exec) => {
      outbox.add(exec, plain);
      outbox.add(exec, { ...full, ...rest });
    });
    expect(await within((exec) => outbox.flush(exec, d1))).toBe(0);
    expect(await within((exec) => outbox.count(exec))).toBe(0);
    const none = {
      device: null,
      deviceKey: null,
      by: null,
      why: null,
      change: null,
      channelBinding: null,
      country: null,
      city: null,
      stages: null,
    };
    const nothing = { credentialId: null, waitUntil: null, wouldRefuse: null, repeats: null, ...none };
    expect(await inD1()).toEqual([
      { ...full, ...rest },
      { ...plain, ...nothing },
    ]);
    expect(await within((exec) => outbox.flush(exec, d1))).toBe(0);
    expect(await inD1()).toHaveLength(2);
  });

  it("is bounded, sends the oldest first, and says what is left", async () => {
    const { within, events, inD1 } = await somewhere();
    const rest = { credentialId: "p_1", waitUntil: NOW + 9, wouldRefuse: "waiting", repeats: 4 } as const;
    const all = events(MAX_EVENTS_OF_A_BATCH + 7).map((event) => ({ ...event, ...rest }));
    await within((exec) => {
      for (const event of all.toReversed()) outbox.add(exec, event);
    });
    expect(await within((exec) => outbox.flush(exec, d1))).toBe(7);
    expect(idsOf(await inD1())).toEqual(idsOf(all.slice(0, MAX_EVENTS_OF_A_BATCH).toReversed()));
    expect(await within((exec) => outbox.flush(exec, d1))).toBe(0);
    expect(idsOf(await inD1())).toEqual(idsOf(all.toReversed()));
  });

  it("S-39: that ends between D1 and the outbox sends again, and D1 has each event once", async () => {
    const { within, events, inD1 } = await somewhere();
    const all = events(8);
    await within((exec) => {
      for (const event of all) outbox.add(exec, event);
    });
    const lostAnswer = databaseWith(async (batch) => {
      await d1.batch(batch);
      throw new Error("Network connection lost.");
    });
    await expect(within((exec) => outbox.flush(exec, lostAnswer))).rejects.toThrow("Network connection lost.");
    expect(await inD1()).toHaveLength(8);
    expect(await within((exec) => outbox.flush(exec, d1))).toBe(0);
    expect(idsOf(await inD1())).toEqual(idsOf(all.toReversed()));
  });

  it("S-37, S-39: throws what D1 says and no query when D1 fails, and keeps everything for the next", async () => {
    const { within, events, inD1 } = await somewhere();
    const all = events(3);
    await within((exec) => {
      for (const event of all) outbox.add(exec, event);
    });
    const failing = databaseWith(() =>
      Promise.reject(
        new Error("Failed query: insert …", { cause: new Error("D1_ERROR: no such table: audit_events") }),
      ),
    );
    for (let ring = 0; ring < 3; ring++) {
      expect(await within((exec) => outbox.flush(exec, failing).catch((fault: Error) => fault.message))).toBe(
        "D1 did not take the audit: Error: D1_ERROR: no such table: audit_events",
      );
    }
    expect(await inD1()).toEqual([]);
    expect(await within((exec) => outbox.pending(exec, 10))).toEqual(all);
    expect(await within((exec) => outbox.flush(exec, d1))).toBe(0);
    expect(await inD1()).toHaveLength(3);
  });

  it("S-39: leaves what was added while D1 was writing, even with an earlier id", async () => {
    const { within, events, inD1 } = await somewhere();
    const [earlier, first, later] = events(3);
    if (earlier === undefined || first === undefined || later === undefined) expect.fail();
    const left = await within((exec) => {
      outbox.add(exec, first);
      const slow = databaseWith((batch) => {
        outbox.add(exec, earlier);
        outbox.add(exec, later);
        return d1.batch(batch);
      });
      return outbox.flush(exec, slow);
    });
    expect(left).toBe(2);
    expect(await within((exec) => outbox.pending(exec, 10))).toEqual([earlier, later]);
    expect(idsOf(await inD1())).toEqual([first.id]);
  });

  it("S-39: two at once leave one row for each event", async () => {
    const { within, events, inD1 } = await somewhere();
    const all = events(20);
    const left = await within((exec) => {
      for (const event of all) outbox.add(exec, event);
      return Promise.all([outbox.flush(exec, d1), outbox.flush(exec, d1)]);
    });
    expect(left).toContain(0);
    expect(idsOf(await inD1())).toEqual(idsOf(all.toReversed()));
  });

  it("S-39: texts with line ends, quotes and control characters are one row, and none holds up the others", async () => {
    const { within, events, inD1 } = await somewhere();
    const nasty = "a\r\nb\0c'); DROP TABLE audit_events; --\u001b[2J\u2028\ud83d";
    const all = events(7).map((event) => ({ ...event, userAgent: nasty, workstation: nasty }));
    const cleaned = eventAt(NOW + 99, { userId: all[0]?.userId, userAgent: nasty, workstation: nasty });
    await within((exec) => {
      for (const event of [...all, cleaned]) outbox.add(exec, event);
    });
    expect(await within((exec) => outbox.flush(exec, d1))).toBe(0);
    const [newest, ...others] = await inD1();
    expect(idsOf(others)).toEqual(idsOf(all.toReversed()));
    for (const other of others) expect(other.userAgent).toMatch(/^a\r\nb/);
    expect(newest?.userAgent).toBe(cleaned.userAgent);
    expect(cleaned.userAgent).toBe(
      "a\u{fffd}\u{fffd}b\u{fffd}c'); DROP TABLE audit_events; --\u{fffd}[2J\u{fffd}\u{fffd}",
    );
  });
});
