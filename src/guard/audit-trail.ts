// What a guard says of the sign-ins it decided. Each is a line on the console at once and an event in the outbox, durable
// before the answer leaves (S-39); an alarm takes the outbox to D1. A client that keeps trying while it has to wait makes one
// event and then a number: refusing it costs no row, however long it goes on.

import { COUNT_FOR_MS, FLUSH_AFTER_MS } from "../audit/cadence.ts";
import { type AuditedEvent, newEventId } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import { add, flush } from "../audit/outbox.ts";
import type { Database } from "../store/database.ts";
import type { LazyTables } from "./storage.ts";

/** Kinds of refusal counted at a time; of a flood of more kinds all that have the same reason are one. */
const MAX_COUNTED = 1_000;

type Counted = { readonly until: number; repeats: number; last: AuditedEvent };

export class AuditTrail {
  readonly #tables: LazyTables;
  readonly #counted = new Map<string, Counted>();
  /** When what was recorded is to go to D1, ms. */
  #flushBy: number | undefined;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** One event: durable, and a line on the console. */
  record(event: AuditedEvent): void {
    add(this.#tables.exec, event);
    logAudited(event);
    this.#flushBy ??= event.at + FLUSH_AFTER_MS;
  }

  /** A refusal without a look: an event the first time, then only a number until a quarter of an hour has passed. */
  recordRefusal(kind: string, event: AuditedEvent): void {
    if (this.#countedAs(kind, event)) return;
    this.#writeCounted(event.at);
    const full = this.#counted.size >= MAX_COUNTED;
    if (full && this.#countedAs(event.reason, event)) return;
    this.#counted.set(full ? event.reason : kind, { until: event.at + COUNT_FOR_MS, repeats: 0, last: event });
    this.record(event);
  }

  /** Whether such a refusal is being counted: then this is one more. */
  #countedAs(kind: string, event: AuditedEvent): boolean {
    const counted = this.#counted.get(kind);
    if (counted === undefined || counted.until <= event.at) return false;
    counted.repeats++;
    counted.last = event;
    logAudited(event);
    return true;
  }

  /** When the guard's alarm has to ring for the audit, ms; undefined when there is nothing to do. */
  get dueAt(): number | undefined {
    const ends = [...this.#counted.values()].filter(({ repeats }) => repeats > 0).map(({ until }) => until);
    const due = Math.min(this.#flushBy ?? Number.POSITIVE_INFINITY, ...ends);
    return due === Number.POSITIVE_INFINITY ? undefined : due;
  }

  /** Takes the outbox to D1. Returns whether anything is left, for another alarm. Throws when D1 does not take it. */
  async flush(db: Database, now: number): Promise<boolean> {
    this.#flushBy = undefined; // what is recorded from here on may miss the batch
    this.#writeCounted(now);
    return (await flush(this.#tables.exec, db)) > 0;
  }

  /** Makes one event of each number whose time has passed. */
  #writeCounted(now: number): void {
    for (const [kind, { until, repeats, last }] of this.#counted) {
      if (until > now) continue;
      this.#counted.delete(kind);
      if (repeats > 0) add(this.#tables.exec, { ...last, id: newEventId(last.at), repeats });
    }
  }
}
