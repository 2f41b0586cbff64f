// The one request for an approval that a user may have open (S-91): somebody at the token service's page says to be this
// user, and shows a number. It is in memory only. If the object starts again, nobody is let in, and the person asks
// again. But that somebody asked was counted in the tables before.

import { randomInt } from "node:crypto";
import type { EventContext } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import type { Subject } from "../core/policy/subject.ts";
import {
  APPROVAL_CHOICES,
  APPROVAL_LASTS_MS,
  APPROVAL_NUMBERS,
  type ApprovalStep,
  COLLECT_WITHIN_MS,
} from "../guards/approvals.ts";
import {
  type ApprovalAnswers,
  PORTAL_FRESH_MS,
  type PortalDenied,
  type PortalRefused,
} from "../guards/portal-question.ts";
import { eventOf, type PortalParts } from "./portal-proofs.ts";
import type { PortalSessions } from "./portal-sessions.ts";
import type { Reservation } from "./user-lockout.ts";

type StepOf<Kind extends ApprovalStep["kind"]> = Extract<ApprovalStep, { readonly kind: Kind }>;

/** A request, from where it came, and how it was counted. */
type Open = {
  readonly id: string;
  readonly secretHash: string;
  readonly browserHash: string;
  readonly number: number;
  readonly numbers: readonly number[];
  readonly about: EventContext;
  readonly reservation: Reservation;
  readonly subject: Subject;
  readonly wouldRefuse: AuditReason | undefined;
  readonly askedAt: number;
  readonly until: number;
  /** When the person approved it; undefined: not yet. */
  approvedAt?: number;
};

const REFUSED: PortalRefused = { kind: "refused" };
const denied = (reason: PortalDenied["reason"]): PortalDenied => ({ kind: "denied", reason });

export class PortalApprovals {
  readonly #parts: PortalParts;
  readonly #sessions: PortalSessions;
  #open: Open | undefined;

  constructor(parts: PortalParts, sessions: PortalSessions) {
    this.#parts = parts;
    this.#sessions = sessions;
  }

  /** Takes one step of the subject, at `now` (ms). */
  answer(step: ApprovalStep, subject: Subject, now: number): ApprovalAnswers[ApprovalStep["kind"]] {
    this.expire(now);
    switch (step.kind) {
      case "ask-approval":
        return this.#ask(step, subject, now);
      case "open-approval":
        return this.#shown(step, subject, now);
      case "approve":
        return this.#approve(step, subject, now);
      case "decline":
        return this.#decline(step, subject, now);
      case "look-at-approval":
        return this.#waits(step) && this.#open?.approvedAt !== undefined ? { kind: "approved" } : { kind: "pending" };
      case "collect-approval":
        return this.#collect(step, subject, now);
    }
  }

  /** Ends what is open: every session of the person ends, too, or what the person signs in with is gone. */
  drop(now: number): void {
    this.#end("approval-expired", now);
  }

  /** Ends a request that nobody has answered in its time. Returns when the present one is over, ms. */
  expire(now: number): number | undefined {
    if (this.#open === undefined) return undefined;
    const { approvedAt, until } = this.#open;
    const over = approvedAt === undefined ? until : approvedAt + COLLECT_WITHIN_MS;
    if (over > now) return over;
    this.#end("approval-expired", now);
    return undefined;
  }

  #ask(step: StepOf<"ask-approval">, subject: Subject, now: number): ApprovalAnswers["ask-approval"] {
    const { lockout, dryRun, audit } = this.#parts;
    const { about, client, secretHash, browserHash, number } = step;
    const place = { source: about.source, client };
    const wait = lockout.wait(place, now);
    if (wait !== undefined && !dryRun) {
      const { reason, until } = wait;
      const event = eventOf(about, { outcome: "refused", reason, waitUntil: until }, subject, now);
      audit.recordRefusal(`approval\0${about.source}\0${client}\0${reason}`, event);
      return wait.familiar ? REFUSED : { ...REFUSED, until };
    }
    if (this.#open?.browserHash === browserHash) this.#end("approval-expired", now); // the same browser asks again
    const reservation = lockout.reserve(place, undefined, now);
    const wouldRefuse = step.wouldRefuse ?? wait?.reason;
    const why = subject.disabled ? "user-disabled" : (step.denied ?? (this.#open && "approval-waiting"));
    if (why !== undefined) {
      const waitUntil = lockout.waitUntil(reservation, now);
      audit.record(eventOf(about, { outcome: "refused", reason: why, waitUntil, wouldRefuse }, subject, now));
      return { ...REFUSED, ...(waitUntil !== undefined && { until: waitUntil }) };
    }
    this.#open = {
      ...{ id: `r_${secretHash.slice(0, 16)}`, secretHash, browserHash, number, numbers: numbersWith(number), about },
      ...{ reservation, subject, wouldRefuse, askedAt: now, until: now + APPROVAL_LASTS_MS },
    };
    return { kind: "pending" };
  }

  #shown({ hash }: StepOf<"open-approval">, { disabled }: Subject, now: number): ApprovalAnswers["open-approval"] {
    const session = this.#sessions.live(hash, now);
    if (session === undefined || session.entering || disabled || this.#open === undefined) return { kind: "none" };
    if (this.#open.approvedAt !== undefined) return { kind: "none" };
    const { id, askedAt, until, numbers, about } = this.#open;
    const { source, country, city, userAgent } = about;
    const from = { source, userAgent, ...(country !== undefined && { country }), ...(city !== undefined && { city }) };
    return { kind: "approval", approval: { id, askedAt, until, numbers, ...from } };
  }

  #approve(step: StepOf<"approve">, subject: Subject, now: number): ApprovalAnswers["approve"] {
    const session = this.#sessions.live(step.hash, now);
    if (session === undefined || subject.disabled) return denied("no-session");
    if (session.entering) return denied("entering");
    if (now - session.freshAt >= PORTAL_FRESH_MS) return denied("not-fresh");
    const open = this.#open;
    if (open === undefined || open.id !== step.id || open.approvedAt !== undefined) return denied("not-found");
    if (open.number !== step.number) {
      this.#end("approval-wrong-number", now);
      return denied("wrong-number");
    }
    open.approvedAt = now;
    const decision = { outcome: "changed", reason: "sign-in-approved", by: "self", why: placeOf(open.about) } as const;
    this.#parts.audit.record(eventOf(step.about, decision, subject, now));
    return { kind: "done" };
  }

  /** It only closes something, so it needs no fresh factor. */
  #decline(step: StepOf<"decline">, { disabled }: Subject, now: number): ApprovalAnswers["decline"] {
    const session = this.#sessions.live(step.hash, now);
    if (session === undefined || disabled) return denied("no-session");
    if (session.entering) return denied("entering");
    if (this.#open?.id !== step.id) return denied("not-found");
    this.#end("approval-declined", now);
    return { kind: "done" };
  }

  #collect(step: StepOf<"collect-approval">, subject: Subject, now: number): ApprovalAnswers["collect-approval"] {
    const open = this.#open;
    if (open === undefined || !this.#waits(step)) return REFUSED;
    const why = subject.disabled ? "user-disabled" : step.denied;
    if (why !== undefined) {
      this.#end(why, now);
      return REFUSED;
    }
    if (open.approvedAt === undefined) return { kind: "pending" };
    this.#open = undefined;
    const beginning = { about: step.about, how: "approval", freshAt: open.approvedAt } as const;
    const session = this.#sessions.begin(step.session, beginning, now);
    const forgiven = this.#parts.lockout.succeeded(open.reservation, now);
    const { wouldRefuse } = open;
    const decision = { outcome: "signed-in", reason: "portal-signed-in", why: "approval", wouldRefuse } as const;
    this.#parts.audit.record(eventOf(step.about, decision, subject, now));
    return { kind: "signed-in", session, forgiven };
  }

  /** Whether the open request is that of this page and this browser. */
  #waits({ secretHash, browserHash }: Pick<Open, "secretHash" | "browserHash">): boolean {
    return this.#open?.secretHash === secretHash && this.#open.browserHash === browserHash;
  }

  /** Ends it as a failed attempt of where it came from: it was counted when it came. */
  #end(reason: AuditReason, now: number): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { about, reservation, subject, wouldRefuse } = open;
    const waitUntil = this.#parts.lockout.waitUntil(reservation, now);
    this.#parts.audit.record(eventOf(about, { outcome: "refused", reason, waitUntil, wouldRefuse }, subject, now));
  }
}

/** As the audit says from where the request came that somebody approved. */
const placeOf = ({ source, city, country }: EventContext): string =>
  [source, city, country].filter((each) => each !== undefined).join(", ");

/** The number among others. */
function numbersWith(number: number): readonly number[] {
  const { from, to } = APPROVAL_NUMBERS;
  const numbers = new Set([number]);
  while (numbers.size < APPROVAL_CHOICES) numbers.add(randomInt(from, to + 1));
  return [...numbers].sort((a, b) => a - b);
}
