// The queries of the audit. They insert each event once and find events again, newest first.

import {
  type AnyColumn,
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gt,
  inArray,
  like,
  lt,
  lte,
  max,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import type { AuditedEvent, Outcome } from "../audit/event.ts";
import { idWithoutPlace } from "../core/http/request-id.ts";
import type { NoticeSettings } from "../notices/settings.ts";
import { noteUsed } from "./app-passwords.ts";
import type { Database } from "./database.ts";
import { queueOf } from "./notices.ts";
import { auditEvents, users } from "./schema.ts";

/** A row of the audit. A field that the {@link AuditedEvent} does not have is null. Times in milliseconds. */
export type StoredEvent = typeof auditEvents.$inferSelect;

/**
 * How many events one statement inserts. They are one parameter, of some kilobytes for each event at most. D1 takes two
 * megabytes.
 */
const EVENTS_OF_A_STATEMENT = 4;
/** The free plan allows fifty queries for each invocation. This leaves some for the other work of an alarm. */
const STATEMENTS_OF_A_BATCH = 40;
/** The most events that {@link insertEvents} takes at once. */
export const MAX_EVENTS_OF_A_BATCH = EVENTS_OF_A_STATEMENT * STATEMENTS_OF_A_BATCH;

// The events as JSON, and the text of the statement the same for all: drizzle takes three times as long to write a
// parameter for each field.
const FIELDS_OF_EACH = sql.raw(
  `select ${Object.keys(getTableColumns(auditEvents))
    .map((field) => `value ->> '${field}'`)
    .join(", ")} from json_each(`,
);
const EACH = sql.raw(") where true");

/**
 * Inserts events, all or none. An event whose id exists already is skipped. When an app password signed somebody in,
 * the same batch notes its last use. With `settings`, it queues the mail that tells people of an event (S-57). Returns
 * whether it queued any.
 */
export async function insertEvents(
  db: Database,
  events: readonly AuditedEvent[],
  settings?: NoticeSettings,
): Promise<boolean> {
  const insert = (rows: readonly AuditedEvent[]) =>
    db
      .insert(auditEvents)
      .select(sql`${FIELDS_OF_EACH}${JSON.stringify(rows)}${EACH}`)
      .onConflictDoNothing({ target: auditEvents.id });
  const [first, ...rest] = chunks(events, EVENTS_OF_A_STATEMENT).map(insert);
  const used = new Map<string, number>();
  for (const { outcome, credentialId, at } of events) {
    if (outcome === "signed-in" && credentialId !== undefined) used.set(credentialId, at);
  }
  if (first === undefined) return false;
  const mail = settings && queueOf(db, events, settings);
  const results = await db.batch([
    first,
    ...rest,
    ...Array.from(used, ([id, at]) => noteUsed(db, id, at)),
    ...(mail === undefined ? [] : [mail]),
  ]);
  const queued: unknown = mail && results.at(-1);
  return Array.isArray(queued) && queued.length > 0;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < items.length; at += size) result.push(items.slice(at, at + size));
  return result;
}

/** Which events to find. A field that is absent does not restrict the search. */
export type AuditFilter = {
  readonly userId?: string | undefined;
  /** A network as `networkOf` writes it. */
  readonly source?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly reason?: string | undefined;
  /** Id of a partnership. */
  readonly device?: string | undefined;
  /** Who made a change. */
  readonly by?: string | undefined;
  readonly requestId?: string | undefined;
  /** Only events at this time (ms) or later. */
  readonly since?: number | undefined;
  /** Only events before this time (ms). */
  readonly until?: number | undefined;
  /** Only events up to this place in the order in which they came to D1. A reader who follows needs it. */
  readonly arrivedBy?: number | undefined;
};

/** The event of that id; undefined when there is none, or it has been deleted. */
export async function eventById(db: Database, id: string): Promise<StoredEvent | undefined> {
  const [event] = await db.select().from(auditEvents).where(eq(auditEvents.id, id));
  return event;
}

/** Whether an event belongs to this request. Both may have the ray id with or without the location behind it. */
export function isRequest(column: AnyColumn, given: string): SQL | undefined {
  const id = idWithoutPlace(given);
  // LIKE gives a meaning to "%" and "_" only, and no ray id has these.
  const withPlace = /^[0-9a-f]{16}$/.test(id) ? like(column, `${id}-___`) : undefined;
  return or(sql`lower(${column}) = ${id}`, withPlace);
}

/** Whether the last change in the audit disabled or enabled the user. Without such a change the user is enabled. */
export async function lastSwitch(db: Database, user: string): Promise<"user-disabled" | "user-enabled"> {
  const { id, userId, reason } = auditEvents;
  const [last] = await db
    .select({ reason })
    .from(auditEvents)
    .where(
      and(eq(userId, user), eq(auditEvents.outcome, "changed"), inArray(reason, ["user-disabled", "user-enabled"])),
    )
    .orderBy(desc(id))
    .limit(1);
  return last?.reason === "user-disabled" ? "user-disabled" : "user-enabled";
}

/** A user for whose name somebody has to wait. */
export type WaitingUser = { readonly userId: string; readonly user: string };

/**
 * Users for whose names an event made somebody wait until after `now`, with their addresses of today. Their guards know
 * whether the wait still counts.
 */
export async function waitingUsers(db: Database, now: number): Promise<WaitingUser[]> {
  const { userId, waitUntil } = auditEvents;
  return db
    .select({ userId: users.id, user: users.sipUri })
    .from(auditEvents)
    .innerJoin(users, eq(users.id, userId))
    .where(and(gt(waitUntil, now), sql`+${userId} is not null`)) // "+": as below
    .groupBy(users.id)
    .orderBy(asc(users.sipUri));
}

/** Networks that an event made wait until after `now`. Their guards know which still wait. */
export async function waitingSources(db: Database, now: number): Promise<string[]> {
  const { source, waitUntil } = auditEvents;
  const rows = await db
    .select({ source })
    .from(auditEvents)
    .where(gt(waitUntil, now))
    .groupBy(sql`+${source}`) // "+": by the few events that made someone wait, not by the index of all networks
    .orderBy(sql`+${source}`);
  return rows.map((row) => row.source);
}

/** The most events that one purge deletes, in one transaction. */
export const MAX_EVENTS_OF_A_PURGE = 5_000;

/**
 * Deletes the oldest events before `before` (ms), and adds the event that says so in the same transaction. If there is
 * nothing to delete, it adds nothing. If it deleted {@link MAX_EVENTS_OF_A_PURGE}, more may be left. It finds the
 * oldest events by their ids, which have an index, and compares `at`. The two may differ in an event that was restored
 * or written by hand.
 */
export async function purgeEvents(
  db: Database,
  before: number,
  eventFor: (deleted: number) => AuditedEvent,
): Promise<{ readonly deleted: number; readonly event?: AuditedEvent }> {
  const { id, at } = auditEvents;
  const oldest = db
    .select({ id, at })
    .from(auditEvents)
    .where(gt(id, ""))
    .orderBy(asc(id))
    .limit(MAX_EVENTS_OF_A_PURGE)
    .as("oldest");
  const [found] = await db
    .select({ deleted: count(), last: max(oldest.id) })
    .from(oldest)
    .where(lt(oldest.at, before));
  if (found === undefined || found.last === null) return { deleted: 0 };
  const { deleted, last } = found;
  const event = eventFor(deleted);
  await db.batch([
    db.delete(auditEvents).where(and(lte(id, last), lt(at, before))),
    db.insert(auditEvents).values(event),
  ]);
  return { deleted, event };
}
