// What a guard says of the sign-ins it decided. Each is a line on the console at once and an event in the outbox, durable
// before the answer leaves (S-39); an alarm takes the outbox to D1. A client that keeps trying while it has to wait makes one
// event and then a number: refusing it costs no row, however long it goes on. What strangers can cause has rows of its own up to
// a number a day, and beyond that one an hour for each reason (S-44).

import { COUNT_FOR_MS, COUNT_OVER_QUOTA_FOR_MS, FLUSH_AFTER_MS, FLUSH_AGAIN_MS } from "../audit/cadence.ts";
import { type AuditedEvent, newEventId } from "../audit/event.ts";
import { logAudited, logEvent } from "../audit/log.ts";
import type { Database } from "../store/database.ts";
import { add, flush } from "./audit-outbox.ts";
import { AuditQuota, isStrangers } from "./audit-quota.ts";
import type { LazyTables } from "./storage.ts";

/** Kinds of refusal counted at a time; of a flood of more kinds all that have the same reason are one. */
const MAX_COUNTED = 1_000;

type Counted = { readonly until: number; repeats: number; last: AuditedEvent };

export class GuardAudit {
  readonly #tables: LazyTables;
  readonly #quota: AuditQuota;
  readonly #counted = new Map<string, Counted>();
  /** When what was recorded is to go to D1, ms. */
  #flushBy: number | undefined;
  /** The flush that is under way. */
  #flushing: Promise<boolean> | undefined;

  /** `strangersRows`: so many events a day have rows of their own, of those that strangers can cause. */
  constructor(tables: LazyTables, strangersRows: number) {
    this.#tables = tables;
    this.#quota = new AuditQuota(tables, strangersRows);
  }

  /** One event: durable, and a line on the console. Of what strangers cause beyond their quota, a number. */
  record(event: AuditedEvent): void {
    if (!isStrangers(event)) this.#write(event);
    else if (this.#quota.allowsOwn(event.at)) this.#writeStrangers(event);
    else this.#overQuota(event);
  }

  /** A refusal without a look: an event the first time, then only a number until a quarter of an hour has passed. */
  recordRefusal(kind: string, event: AuditedEvent): void {
    if (this.#countedAs(kind, event)) return;
    this.#writeCounted(event.at);
    if (!this.#quota.allowsOwn(event.at)) {
      this.#overQuota(event);
      return;
    }
    const full = this.#counted.size >= MAX_COUNTED;
    if (full && this.#countedAs(event.reason, event)) return;
    this.#counted.set(full ? event.reason : kind, { until: event.at + COUNT_FOR_MS, repeats: 0, last: event });
    this.#writeStrangers(event);
  }

  /** The first of an hour for its reason is an event still, so that what is rare is seen at once; the others are its number. */
  #overQuota(event: AuditedEvent): void {
    const kind = overQuota(event.reason);
    if (this.#countedAs(kind, event)) return;
    this.#writeCounted(event.at);
    const seen = this.#quota.allowsNumber(event.at);
    this.#counted.set(kind, { until: event.at + COUNT_OVER_QUOTA_FOR_MS, repeats: seen ? 0 : 1, last: event });
    if (seen) this.#writeStrangers(event);
    else logAudited(event);
  }

  #writeStrangers(event: AuditedEvent): void {
    this.#quota.take(event.at);
    this.#write(event);
  }

  #write(event: AuditedEvent): void {
    add(this.#tables.exec, event);
    logAudited(event);
    this.#flushBy ??= event.at + FLUSH_AFTER_MS;
  }

  /** Whether such a refusal is being counted: then this is one more. */
  #countedAs(kind: string, event: AuditedEvent): boolean {
    const counted = this.#counted.get(kind);
    if (counted === undefined || counted.until <= event.at) return false;
    counted.repeats++;
    counted.last = counted.last.userId === event.userId ? event : nobodys(event);
    logAudited(event);
    return true;
  }

  /** When the guard's alarm has to ring for the audit, ms; undefined when there is nothing to do. */
  get dueAt(): number | undefined {
    const ends = [...this.#counted.values()].filter(({ repeats }) => repeats > 0).map(({ until }) => until);
    const due = Math.min(this.#flushBy ?? Number.POSITIVE_INFINITY, ...ends);
    return due === Number.POSITIVE_INFINITY ? undefined : due;
  }

  /** Until when the object has to stay, so that nobody gets a new quota by waiting for it to go (ms); undefined: as it likes. */
  keptUntil(now: number): number | undefined {
    return this.#quota.endsAt(now);
  }

  /** What an alarm does: takes the outbox to D1. Returns when it has to come again (ms), also when D1 did not take it; undefined: not for this. */
  async deliver(db: Database, now: number): Promise<number | undefined> {
    try {
      return (await this.flush(db, now)) ? now : this.dueAt;
    } catch (fault) {
      const detail = String(fault instanceof Error ? fault.message : fault);
      logEvent({ event: "unavailable", reason: "audit", detail });
      return now + FLUSH_AGAIN_MS;
    }
  }

  /** Takes the outbox to D1. Returns whether anything is left, for another alarm. Throws when D1 does not take it. */
  async flush(db: Database, now: number): Promise<boolean> {
    this.#flushBy = undefined; // what is recorded from here on may miss the batch
    this.#writeCounted(now);
    this.#flushing = this.#flush(db, now);
    return this.#flushing;
  }

  async #flush(db: Database, now: number): Promise<boolean> {
    this.#quota.load(now);
    const left = await flush(this.#tables.exec, db);
    this.#quota.save(now);
    return left > 0;
  }

  /** Takes all to D1, numbers that still count included. Throws when D1 does not take it. */
  async flushAll(db: Database, now: number): Promise<void> {
    await this.#flushing?.catch(() => undefined); // what is on its way arrives before this returns
    this.#writeCounted(now, true);
    while (this.#tables.exist() && (await this.flush(db, now)));
  }

  /** The object has dropped its tables. */
  forget(): void {
    this.#counted.clear();
    this.#quota.forget();
    this.#flushBy = undefined;
  }

  /**
   * Makes one event of each number whose time has passed, or of `all`. Beyond the quota it stays a number, of its reason, until
   * there is room.
   */
  #writeCounted(now: number, all = false): void {
    for (const [kind, { until, repeats, last }] of [...this.#counted]) {
      if (until > now && !all) continue;
      this.#counted.delete(kind);
      if (repeats === 0) continue;
      if (all || this.#quota.allowsNumber(now)) {
        this.#quota.take(now);
        add(this.#tables.exec, { ...last, id: newEventId(last.at), repeats });
      } else this.#keepNumber(last, repeats, now);
    }
  }

  #keepNumber(last: AuditedEvent, repeats: number, now: number): void {
    const kind = overQuota(last.reason);
    const before = this.#counted.get(kind);
    if (before !== undefined) before.repeats += repeats;
    else this.#counted.set(kind, { until: this.#quota.endsAt(now) ?? now, repeats, last });
  }
}

/** The kind of all refusals for one reason. No other kind begins so. */
const overQuota = (reason: string): string => `\0\0${reason}`;

/** One event that stands for several users' is nobody's. */
function nobodys({ userId: _id, user: _user, credentialId: _credential, ...event }: AuditedEvent): AuditedEvent {
  return event;
}
