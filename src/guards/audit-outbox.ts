// Events that D1 does not have yet. A guard adds an event in the same step in which it decides, so the event is durable
// before the answer leaves (S-39). Later an alarm of the guard sends the gathered events to D1, in batches. An event is
// deleted here only when D1 has it, and D1 takes each id once. So no failure in between loses an event or writes it
// twice.

import type { AuditedEvent } from "../audit/event.ts";
import type { NoticeSettings } from "../notices/settings.ts";
import { insertEvents, MAX_EVENTS_OF_A_BATCH } from "../store/audit.ts";
import type { Database } from "../store/database.ts";

/** `exec` of an object's SQL storage, or a function that makes the tables first. */
type Exec = SqlStorage["exec"];

/**
 * Makes the table if it does not exist. It has no rowid, so an event costs one row written when it is added and one
 * when it leaves.
 */
export const OUTBOX_SCHEMA =
  "CREATE TABLE IF NOT EXISTS audit_outbox (id TEXT PRIMARY KEY, event TEXT NOT NULL) WITHOUT ROWID";

/** Keeps an event until D1 has it. */
export function add(exec: Exec, event: AuditedEvent): void {
  exec("INSERT INTO audit_outbox (id, event) VALUES (?, ?)", event.id, JSON.stringify(event)).toArray();
}

/** The oldest events, at most `limit`. */
export function pending(exec: Exec, limit: number): AuditedEvent[] {
  return exec<{ event: string }>("SELECT event FROM audit_outbox ORDER BY id LIMIT ?", limit)
    .toArray()
    .map(({ event }) => JSON.parse(event) as AuditedEvent);
}

/** Forgets events that D1 has. */
export function remove(exec: Exec, ids: readonly string[]): void {
  // One parameter for all ids, because a statement takes a hundred parameters at most.
  exec("DELETE FROM audit_outbox WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)).toArray();
}

/** How many events D1 does not have yet. */
export function count(exec: Exec): number {
  return exec<{ n: number }>("SELECT count(*) AS n FROM audit_outbox").one().n;
}

/**
 * Sends the oldest events to D1, in one batch with the mail that they make, and returns how many are left. Throws when
 * D1 fails or does not confirm: then all are left and are sent again. An alarm must catch this and set itself again,
 * because the platform gives up an alarm that has thrown six times. `queued` runs when mail was queued.
 */
export async function flush(exec: Exec, db: Database, settings?: NoticeSettings, queued?: () => void): Promise<number> {
  const events = pending(exec, MAX_EVENTS_OF_A_BATCH);
  if (events.length === 0) return 0;
  try {
    if (await insertEvents(db, events, settings)) queued?.();
  } catch (fault) {
    // drizzle's own message quotes the whole query
    throw new Error(`D1 did not take the audit: ${firstCause(fault)}`);
  }
  remove(
    exec,
    events.map(({ id }) => id),
  );
  return count(exec);
}

function firstCause(fault: unknown): unknown {
  let cause = fault;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause;
}
