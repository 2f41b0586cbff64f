// Events that D1 does not have yet. A guard adds an event in the same step in which it decides, so it is durable before the
// answer leaves (S-39); an alarm of the guard sends what has gathered to D1, in batches. Deleted here is only what D1 has,
// and D1 takes an id once: whatever fails in between, nothing is lost and nothing is there twice.

import type { AuditedEvent } from "../audit/event.ts";
import { insertEvents, MAX_EVENTS_OF_A_BATCH } from "../store/audit.ts";
import type { Database } from "../store/database.ts";

/** `exec` of an object's SQL storage, or whatever makes its tables first. */
type Exec = SqlStorage["exec"];

/** Makes the table; it may exist. Without a rowid an event costs one row written when added and one when it leaves. */
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
  // One parameter however many ids: a statement takes a hundred.
  exec("DELETE FROM audit_outbox WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)).toArray();
}

/** How many events D1 does not have yet. */
export function count(exec: Exec): number {
  return exec<{ n: number }>("SELECT count(*) AS n FROM audit_outbox").one().n;
}

/**
 * Sends the oldest events to D1, one batch of them, and says how many are left. Throws when D1 does not take them, or does
 * not say so: then all are left, to be sent again. An alarm must catch it and ring again, for the platform gives up an alarm
 * that has thrown six times.
 */
export async function flush(exec: Exec, db: Database): Promise<number> {
  const events = pending(exec, MAX_EVENTS_OF_A_BATCH);
  if (events.length === 0) return 0;
  try {
    await insertEvents(db, events);
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
