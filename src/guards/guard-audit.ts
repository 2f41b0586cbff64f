// What a guard writes into the audit about the sign-ins it decided. Each event is at once a line on the console and a
// row in the outbox, which is durable before the answer leaves (S-39). An alarm takes the outbox to D1. A client that
// keeps trying while it has to wait makes one event and then a number: refusing it costs no further row. Events that
// strangers can cause have rows of their own up to a number a day. Beyond that, there is one row an hour for each
// reason (S-44).

import { COUNT_FOR_MS, COUNT_OVER_QUOTA_FOR_MS, FLUSH_AFTER_MS, FLUSH_AGAIN_MS } from "../audit/cadence.ts";
import { type AuditedEvent, newEventId } from "../audit/event.ts";
import { logAudited, logEvent } from "../audit/log.ts";
import type { NoticeSettings } from "../notices/settings.ts";
import type { Database } from "../store/database.ts";
import { add, flush } from "./audit-outbox.ts";
import { AuditQuota, isStrangers } from "./audit-quota.ts";
import type { LazyTables } from "./storage.ts";

/**
 * How many kinds of refusals are counted at one time. When there are more kinds, all that have the same reason are
 * counted together.
 */
const MAX_COUNTED = 1_000;

type Counted = { readonly until: number; repeats: number; last: AuditedEvent };

export class GuardAudit {
  readonly #tables: LazyTables;
  readonly #settings: NoticeSettings | undefined;
  readonly #witness: ((event: AuditedEvent) => void) | undefined;
  readonly #quota: AuditQuota;
  readonly #counted = new Map<string, Counted>();
  /** When the recorded events are to go to D1, ms. */
  #flushBy: number | undefined;
  #mailQueued = false;
  /** The flush that is under way. */
  #flushing: Promise<boolean> | undefined;

  /**
   * `strangersRows`: how many events a day that strangers can cause have rows of their own. `settings`: which mail this
   * guard's events make; undefined: none. `witness`: is told of each event, also of those that are only counted.
   */
  constructor(
    tables: LazyTables,
    strangersRows: number,
    settings?: NoticeSettings,
    witness?: (event: AuditedEvent) => void,
  ) {
    this.#tables = tables;
    this.#settings = settings;
    this.#witness = witness;
    this.#quota = new AuditQuota(tables, strangersRows);
  }

  /**
   * Records one event, durably, and writes a line on the console. Events that strangers cause beyond their quota are
   * only counted.
   */
  record(event: AuditedEvent): void {
    this.#witness?.(event);
    if (!isStrangers(event)) this.#write(event);
    else if (this.#quota.allowsOwn(event.at)) this.#writeStrangers(event);
    else this.#overQuota(event);
  }

  /**
   * Records a refusal of an attempt that nobody looked at. The first is an event; for a quarter of an hour the others
   * are only counted.
   */
  recordRefusal(kind: string, event: AuditedEvent): void {
    this.#witness?.(event);
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

  /**
   * Beyond the quota, the first refusal of an hour for each reason is still an event, so that a rare reason is seen at
   * once. The others are counted in its number.
   */
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

  /** Whether such a refusal is being counted already. If so, this one is added. */
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

  /** Until when the object has to stay (ms), because a new object would have a new quota; undefined when it may go. */
  keptUntil(now: number): number | undefined {
    return this.#quota.endsAt(now);
  }

  /**
   * The audit's part of an alarm: takes the outbox to D1. Returns when it has to come again (ms), also when D1 failed;
   * undefined when it need not.
   */
  async deliver(db: Database, now: number): Promise<number | undefined> {
    try {
      return (await this.flush(db, now)) ? now : this.dueAt;
    } catch (fault) {
      const detail = String(fault instanceof Error ? fault.message : fault);
      logEvent({ event: "unavailable", reason: "audit", detail });
      return now + FLUSH_AGAIN_MS;
    }
  }

  /** Whether mail was queued since the last call. */
  takeMailQueued(): boolean {
    const queued = this.#mailQueued;
    this.#mailQueued = false;
    return queued;
  }

  /** Takes the outbox to D1. Returns whether anything is left, for another alarm. Throws when D1 does not take it. */
  async flush(db: Database, now: number): Promise<boolean> {
    this.#flushBy = undefined; // an event that is recorded from here on may miss the batch
    this.#writeCounted(now);
    this.#flushing = this.#flush(db, now);
    return this.#flushing;
  }

  async #flush(db: Database, now: number): Promise<boolean> {
    this.#quota.load(now);
    const left = await flush(this.#tables.exec, db, this.#settings, () => {
      this.#mailQueued = true;
    });
    this.#quota.save(now);
    return left > 0;
  }

  /** Takes everything to D1, numbers that still count included. Throws when D1 fails. */
  async flushAll(db: Database, now: number): Promise<void> {
    await this.#flushing?.catch(() => undefined); // wait for the flush that is under way
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
   * Makes an event of each number whose time has passed, or of all numbers. If the quota is used up, it adds the number
   * to the number for its reason, until there is room for an event.
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

/** The kind that counts all refusals for one reason together. No other kind begins with these characters. */
const overQuota = (reason: string): string => `\0\0${reason}`;

/** An event that stands for several users names none of them. */
function nobodys({ userId: _id, user: _user, credentialId: _credential, ...event }: AuditedEvent): AuditedEvent {
  return event;
}
