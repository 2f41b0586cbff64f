// The queries of the audit: putting events in, once each, and finding them again, newest first.

import {
  type AnyColumn,
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  like,
  lt,
  lte,
  max,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import { type AuditedEvent, firstEventId, type Outcome } from "../audit/event.ts";
import { idWithoutPlace } from "../core/http/request-id.ts";
import type { Database } from "./database.ts";
import { auditEvents } from "./schema.ts";

/** An event as D1 has it: what a {@link AuditedEvent} lacks is null. Times in milliseconds. */
export type StoredEvent = typeof auditEvents.$inferSelect;

/** D1 takes a hundred parameters a statement, and an event has twenty-one fields. */
const EVENTS_OF_A_STATEMENT = 4;
/** An invocation may make fifty queries on the free plan; this leaves some for the other work of an alarm. */
const STATEMENTS_OF_A_BATCH = 40;
/** The most events that {@link insertEvents} takes at once. */
export const MAX_EVENTS_OF_A_BATCH = EVENTS_OF_A_STATEMENT * STATEMENTS_OF_A_BATCH;

/** Puts events in, all or none; one whose id is there already is skipped. */
export async function insertEvents(db: Database, events: readonly AuditedEvent[]): Promise<void> {
  const insert = (rows: readonly AuditedEvent[]) =>
    db
      .insert(auditEvents)
      .values([...rows])
      .onConflictDoNothing({ target: auditEvents.id });
  const [first, ...rest] = chunks(events, EVENTS_OF_A_STATEMENT).map(insert);
  if (first !== undefined) await db.batch([first, ...rest]);
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < items.length; at += size) result.push(items.slice(at, at + size));
  return result;
}

/** Which events to find; what is absent does not matter. */
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
  /** ms; at this time or later. */
  readonly since?: number | undefined;
  /** ms; before this time. */
  readonly until?: number | undefined;
  /** Came to D1 up to this place in the order of coming; for who follows. */
  readonly arrivedBy?: number | undefined;
};

/**
 * The newest events that match. With a user, or with a time since when, D1 reads little more than it finds; otherwise it
 * may read the table to its beginning.
 */
export async function findEvents(db: Database, filter: AuditFilter, limit: number): Promise<StoredEvent[]> {
  const { id, userId, source, outcome, reason, requestId } = auditEvents;
  return db
    .select()
    .from(auditEvents)
    .where(
      and(
        filter.userId === undefined ? undefined : eq(userId, filter.userId),
        filter.source === undefined ? undefined : eq(source, filter.source),
        filter.outcome === undefined ? undefined : eq(outcome, filter.outcome),
        filter.reason === undefined ? undefined : eq(reason, filter.reason),
        filter.requestId === undefined ? undefined : isRequest(requestId, filter.requestId),
        // Ids begin with the time, and the indexes have them.
        filter.since === undefined ? undefined : gte(id, firstEventId(filter.since)),
        filter.until === undefined ? undefined : lt(id, firstEventId(filter.until)),
      ),
    )
    .orderBy(desc(id))
    .limit(limit);
}

/** That an event is of this request, whichever way its ray id was written here and there. */
export function isRequest(column: AnyColumn, given: string): SQL | undefined {
  const id = idWithoutPlace(given);
  // An id has no sign that LIKE reads as another one but "_", and no ray id has that.
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

/** A user at whose name somebody had to wait. */
export type WaitingUser = { readonly userId: string; readonly user: string | null };

/** Users of whom some event made someone wait until after `now`; their guards know whether it is still so. */
export async function waitingUsers(db: Database, now: number): Promise<WaitingUser[]> {
  const { userId, user, waitUntil } = auditEvents;
  const rows = await db
    .select({ userId, user })
    .from(auditEvents)
    .where(and(gt(waitUntil, now), sql`+${userId} is not null`)) // "+": as below
    .groupBy(userId, user)
    .orderBy(asc(user));
  return rows.flatMap((row) => (row.userId === null ? [] : [{ ...row, userId: row.userId }]));
}

/** Networks of which some event made someone wait until after `now`; their guards know whether it is still so. */
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

/** Events that one purge deletes at most, in one transaction. */
export const MAX_EVENTS_OF_A_PURGE = 5_000;

/**
 * Deletes the oldest events before `before` (ms), and in the same transaction adds the event that says so. Deletes nothing and adds
 * nothing where there is nothing. With `deleted` at {@link MAX_EVENTS_OF_A_PURGE} there may be more. The oldest are found by their
 * ids, which have an index, and judged by `at`: of an event that was restored or written by hand the two may differ.
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
