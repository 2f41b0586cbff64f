// Durable Objects for meeting guests, who have no user's guard. There is one for each network that guests come from: it
// counts attempts as failures before anybody looks at the key, remembers where a guest got in, and keeps the audit of
// all its guests (S-39, S-44). There is one for each conference at which strange networks fail: it limits the rate of
// all of them together.

import { DurableObject } from "cloudflare:workers";
import { ROWS_OF_GUESTS } from "../audit/cadence.ts";
import { type AuditedEvent, auditEvent, type EventContext } from "../audit/event.ts";
import { decideGuest, GUEST_LIMITS } from "../core/lockout/conference.ts";
import { fullUntil } from "../core/lockout/counter.ts";
import { type Lockout, lockoutOf } from "../core/lockout/mode.ts";
import { wakeBy } from "../guards/alarm.ts";
import { OUTBOX_SCHEMA } from "../guards/audit-outbox.ts";
import { QUOTA_SCHEMA } from "../guards/audit-quota.ts";
import type { GuardEnv, GuestGuardCalls } from "../guards/calls.ts";
import { GuardAudit } from "../guards/guard-audit.ts";
import type { GuestAdmission, GuestEnd } from "../guards/guest-question.ts";
import { LazyTables, type SchemaStep } from "../guards/storage.ts";
import { eventPoint } from "../metrics/analytics.ts";
import { openDatabase } from "../store/database.ts";
import { GUEST_SCHEMA, GuestTries } from "./guest-tries.ts";

/** How long an attempt waits for the result of others, ms. After that it is refused. */
const LATER_AT_MOST_MS = 15_000;
/** How many attempts may wait at one time. */
const MAX_LATER = 1_000;
/** After this time nobody will look at the key any more, ms. The Worker has ended, and the failure stays counted. */
const PENDING_AT_MOST_MS = 20_000;
/** How often the guard looks for what has expired, ms. */
const CLEAN_UP_EVERY_MS = 600_000;

/** All steps so far. A released step is never changed: docs/design/0012-guard-schema.md. */
export const SCHEMA_STEPS: readonly SchemaStep[] = [[...GUEST_SCHEMA, OUTBOX_SCHEMA, QUOTA_SCHEMA]];

export class GuestGuard extends DurableObject<GuardEnv> implements GuestGuardCalls {
  readonly #lockoutMode: Lockout;
  readonly #tables: LazyTables;
  readonly #tries: GuestTries;
  readonly #audit: GuardAudit;
  /** When each attempt that is being looked at was admitted, by conference. */
  readonly #pending = new Map<string, number[]>();
  /** Wakes the attempts that wait for the result of one of these. */
  readonly #later = new Set<() => void>();

  constructor(ctx: DurableObjectState, env: GuardEnv) {
    super(ctx, env);
    this.#lockoutMode = lockoutOf(env);
    this.#tables = new LazyTables(ctx.storage, SCHEMA_STEPS);
    this.#tries = new GuestTries(this.#tables);
    this.#audit = new GuardAudit(this.#tables, ROWS_OF_GUESTS, undefined, (event) => eventPoint(env.METRICS, event));
  }

  /**
   * In a network's object: counts one attempt as a failure, durably, before anybody looks at its key. Or refuses it.
   * `why`: the reason for the audit.
   */
  async reserve(about: EventContext, conference: string, why: string): Promise<GuestAdmission> {
    const until = Date.now() + LATER_AT_MOST_MS;
    for (;;) {
      const now = Date.now();
      const pendingHere = this.#pendingAt(conference, now);
      const state = this.#tries.standing(conference, pendingHere, this.#pendingNow(now), now);
      const decision = decideGuest(state, now);
      const late = decision.kind === "later" && (now >= until || this.#later.size >= MAX_LATER);
      if (decision.kind === "later" && !late) {
        await this.#oneDecided(until - now);
        continue;
      }
      const wait = decision.kind === "refused" ? decision.wait : undefined;
      const reason = late ? "waiting" : wait?.reason;
      if (reason !== undefined && !this.#lockoutMode.dryRun) {
        const refused = { outcome: "refused", reason, waitUntil: wait?.until, why } as const;
        await this.refused(auditEvent(about, refused, now));
        return { kind: "refused" };
      }
      this.#tries.reserve(conference, now);
      this.#pending.set(conference, [...(this.#pending.get(conference) ?? []), now]);
      await this.#wakeBy(now + CLEAN_UP_EVERY_MS);
      const failed = (state.tries?.failures ?? 0) > pendingHere;
      const network = state.familiar ? "familiar" : failed ? "failed" : "new";
      return { kind: "admitted", network, ...(reason === undefined ? {} : { wouldRefuse: reason }) };
    }
  }

  /** In a network's object: notes how an admitted attempt ended. The event is durable when this returns. */
  async settle(conference: string, end: GuestEnd, event: AuditedEvent): Promise<void> {
    const now = Date.now();
    const [, ...others] = this.#pending.get(conference) ?? [];
    if (others.length > 0) this.#pending.set(conference, others);
    else this.#pending.delete(conference);
    if (end === "given") this.#tries.succeeded(conference, others.length, now);
    else if (end === "not-counted") this.#tries.takeBack(conference, now);
    for (const wake of this.#later) wake();
    this.#later.clear();
    await this.record(event);
  }

  /** In a network's object: records an event about a guest who named no conference, or about the end of an attempt. */
  async record(event: AuditedEvent): Promise<void> {
    this.#audit.record(event);
    await this.#wakeBy(event.at + CLEAN_UP_EVERY_MS);
  }

  /**
   * In a network's object: notes that an attempt was refused without a look. The first is an event, the others are only
   * counted.
   */
  async refused(event: AuditedEvent): Promise<void> {
    this.#audit.recordRefusal(event.reason, event);
    await this.#wakeBy(event.at + CLEAN_UP_EVERY_MS);
  }

  /**
   * In a conference's object: counts an attempt from a network that failed at the conference before. Or tells until
   * when such networks wait (ms).
   */
  async reserveStranger(): Promise<number | undefined> {
    const now = Date.now();
    const until = fullUntil(this.#tries.level(), GUEST_LIMITS.conference, now);
    if (until !== undefined && !this.#lockoutMode.dryRun) return until;
    await this.changeStrangers(1);
    return undefined;
  }

  /** In a conference's object: a strange network has failed, or a counted attempt has not failed. */
  async changeStrangers(change: 1 | -1): Promise<void> {
    const now = Date.now();
    this.#tries.changeLevel(change, GUEST_LIMITS.conference, now);
    await this.#wakeBy(now + CLEAN_UP_EVERY_MS);
  }

  /** Takes the audit to D1 and forgets what has expired. When nothing is left, deletes the object itself. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    const due: number[] = [];
    const auditAt = await this.#audit.deliver(openDatabase(this.env.DB), now);
    if (auditAt !== undefined) due.push(auditAt);
    const next = this.#tries.expire(now);
    if (next !== undefined) due.push(Math.max(next, now + CLEAN_UP_EVERY_MS));
    const kept = this.#audit.keptUntil(now);
    if (kept !== undefined) due.push(kept);
    if (due.length > 0) await this.ctx.storage.setAlarm(Math.min(...due));
    else {
      this.#audit.forget();
      await this.#tables.drop();
    }
  }

  #pendingAt(conference: string, now: number): number {
    const alive = (this.#pending.get(conference) ?? []).filter((at) => now - at < PENDING_AT_MOST_MS);
    if (alive.length > 0) this.#pending.set(conference, alive);
    else this.#pending.delete(conference);
    return alive.length;
  }

  #pendingNow(now: number): number {
    let pending = 0;
    for (const conference of [...this.#pending.keys()]) pending += this.#pendingAt(conference, now);
    return pending;
  }

  async #oneDecided(atMostMs: number): Promise<void> {
    let wake = (): void => undefined;
    const decided = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#later.add(wake);
    await Promise.race([decided, scheduler.wait(atMostMs)]);
    this.#later.delete(wake);
  }

  /** Sets the alarm for when the audit is due, and for the given time at the latest. */
  async #wakeBy(latest: number): Promise<void> {
    await wakeBy(this.ctx.storage, latest, this.#audit.dueAt);
  }
}
