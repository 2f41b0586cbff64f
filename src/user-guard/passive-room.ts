// What a user's guard says about a passive sign-in: whether the page may make a token for this user, and whether the
// edge may let that token through to the pool. The guard knows whether the user is enabled, and the policy in force.

import { auditEvent, type EventContext } from "../audit/event.ts";
import { passiveMode } from "../core/policy/passive.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type {
  PassiveConsume,
  PassiveFault,
  PassiveIssue,
  PassiveQuestion,
  PassiveVerdict,
} from "../guards/passive-question.ts";
import type { Profile } from "../guards/profile.ts";
import type { PassiveTokens } from "./passive-tokens.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Tenancy } from "./tenancy.ts";

type Parts = {
  readonly tokens: PassiveTokens;
  readonly snapshots: Snapshots;
  readonly tenancy: Tenancy;
  readonly audit: GuardAudit;
  /** Keeps what was read of the user. False: the user has another guard. */
  readonly learn: (profile: Profile) => Promise<boolean>;
};

const AGREED: PassiveVerdict = { kind: "agreed" };
const MOVED: PassiveVerdict = { kind: "moved" };

export class PassiveRoom {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Answers one question. Each decision is one synchronous step. */
  async take(question: PassiveQuestion): Promise<PassiveVerdict> {
    const { tenancy, learn } = this.#parts;
    if (question.kind === "issue" && !(await learn(question.profile))) {
      if (!tenancy.isGone(question.profile.subject.userId)) return MOVED;
    }
    // Nothing of a user who moves is decided here: it would stay behind.
    if (tenancy.isLeaving) return MOVED;
    const fault = this.#fault(question, Date.now());
    return fault === undefined ? AGREED : { kind: "refused", reason: fault };
  }

  #fault(question: PassiveQuestion, now: number): PassiveFault | undefined {
    const { snapshots } = this.#parts;
    switch (question.kind) {
      case "issue":
        return this.#whyNoToken(question, now);
      case "consume":
        return this.#whyNotThrough(question, now);
      case "refuse":
        // Somebody else may have the address by now: then it is nothing about this user.
        if (snapshots.subject()?.userId === question.userId) this.#refused(question.about, question.reason, now);
        return question.reason;
    }
  }

  #whyNoToken({ id, until, profile, event }: PassiveIssue, now: number): PassiveFault | undefined {
    const fault = this.#whyNotUser(profile.subject.userId) ?? this.#keep(id, until, now);
    if (fault === undefined) this.#parts.audit.record(event);
    else this.#refused(event, fault, now);
    return fault;
  }

  #keep(id: string, until: number, now: number): PassiveFault | undefined {
    return this.#parts.tokens.keep(id, until, now) ? undefined : "passive-too-many";
  }

  /** A token is used up even if its user may not come in any more. */
  #whyNotThrough({ id, userId, tokenUntil, about }: PassiveConsume, now: number): PassiveFault | undefined {
    const used = this.#parts.tokens.use(id, now, tokenUntil);
    const fault =
      used === "used-now" ? this.#whyNotUser(userId) : used === "used-before" ? "passive-repeated" : "passive-unknown";
    if (fault !== undefined) this.#refused(about, fault, now);
    return fault;
  }

  #whyNotUser(userId: string): PassiveFault | undefined {
    const { snapshots, tenancy } = this.#parts;
    const subject = snapshots.subject();
    if (subject?.userId !== userId || subject.disabled || tenancy.isGone(userId)) return "user-disabled";
    return passiveMode(snapshots.policy().policy, subject) === "never" ? "passive-not-allowed" : undefined;
  }

  /** A refusal of the same kind, from the same network, is only counted for a while. */
  #refused(about: EventContext, reason: PassiveFault, now: number): void {
    const { userId, sipUri: user } = this.#parts.snapshots.subject() ?? {};
    const event = auditEvent(about, { outcome: "refused", reason, userId, user }, now);
    this.#parts.audit.recordRefusal(`${reason}\0${about.source}`, event);
  }
}
