// The part of a user's guard that decides about the user's factors and sessions of the portal. Each step is decided in
// one piece, so nothing comes between what is looked at and what is written.

import { changeText } from "../audit/change.ts";
import type { EventContext } from "../audit/event.ts";
import type { Subject } from "../core/policy/subject.ts";
import type { OwnDevicesStep } from "../guards/own-devices.ts";
import type {
  CodeProof,
  PortalActor,
  PortalAnswer,
  PortalDenied,
  PortalDone,
  PortalFactors,
  PortalNone,
  PortalProof,
  PortalRefused,
  PortalSignedIn,
  PortalStep,
} from "../guards/portal-question.ts";
import type { OpenInvitation } from "./open-invitation.ts";
import { PortalApprovals } from "./portal-approvals.ts";
import { PortalChanges } from "./portal-changes.ts";
import { eventOf, type PortalParts, PortalProofs, type Proved } from "./portal-proofs.ts";
import type { PortalSessions } from "./portal-sessions.ts";

type Parts = PortalParts & {
  readonly sessions: PortalSessions;
  readonly invitation: OpenInvitation;
};

type StepOf<Kind extends PortalStep["kind"]> = Extract<PortalStep, { readonly kind: Kind }>;

const NONE: PortalNone = { kind: "none" };

export class Portal {
  readonly #parts: Parts;
  readonly #sessions: PortalSessions;
  readonly #proofs: PortalProofs;
  readonly changes: PortalChanges;
  /** What waits for the person at the token service's page. */
  readonly approvals: PortalApprovals;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#sessions = parts.sessions;
    this.#proofs = new PortalProofs(parts);
    this.changes = new PortalChanges(parts, this.#sessions);
    this.approvals = new PortalApprovals(parts, this.#sessions);
  }

  /** Takes one step of the subject, at `now` (ms). */
  answer(step: Exclude<PortalStep, OwnDevicesStep>, subject: Subject, now: number): PortalAnswer {
    switch (step.kind) {
      case "session":
        return this.#session(step, subject, now);
      case "passkey": {
        const passkey = this.#parts.passkeys.known(step.id);
        return passkey === undefined ? NONE : { kind: "passkey", passkey };
      }
      case "sign-in":
        return this.#signIn(step, subject, now);
      case "enter":
        return this.#enter(step, subject, now);
      case "freshen":
        return this.#freshen(step, subject, now);
      case "factors":
        return { kind: "factors", factors: this.#factors() };
      case "sessions":
        return { kind: "sessions", sessions: this.#sessions.list(now, step.idleMs) };
      case "end-session":
        return this.#endOne(step, subject, now);
      case "end-sessions":
        return this.#endAll(step, subject, now);
      case "reset-factors":
        return this.#reset(step, subject, now);
      case "ask-approval":
      case "open-approval":
      case "approve":
      case "decline":
      case "look-at-approval":
      case "collect-approval":
        return this.approvals.answer(step, subject, now);
      default:
        return this.changes.change(step, subject, now);
    }
  }

  /** Does the work of a wrong passphrase, and keeps nothing. */
  refuseStranger(proof: CodeProof, now: number): void {
    this.#proofs.refuseStranger(proof, now);
  }

  /** Whether nothing has to stay for the person. */
  get isEmpty(): boolean {
    const { passkeys, recovery, complete, passphrase, totp } = this.#factors();
    return passkeys.length === 0 && !complete && passphrase === null && totp === null && recovery === null;
  }

  /** Ends every session: the user was disabled, or is somebody else now. */
  endSessions(now: number): void {
    this.#sessions.endAll(now);
    this.approvals.drop(now);
  }

  #session({ hash, idleMs }: StepOf<"session">, { disabled }: Subject, now: number) {
    const session = this.#sessions.live(hash, now, idleMs);
    if (session === undefined) return NONE;
    if (disabled) {
      this.#sessions.endAll(now); // the command that does it may not have come through
      return NONE;
    }
    this.#sessions.touch(hash, session, now);
    return { kind: "session", session } as const;
  }

  #signIn(step: StepOf<"sign-in">, subject: Subject, now: number): PortalSignedIn | PortalRefused {
    const proved = this.#proofs.decide(step, subject, now);
    if (proved.kind === "refused") return proved;
    const by = step.proof.kind === "provider" ? { subject: step.proof.subject } : {};
    const beginning = { about: step.about, how: proved.how, freshAt: provedAt(step.proof, now), ...by };
    const session = this.#sessions.begin(step.session, beginning, now);
    this.#recordCode(step.about, proved, subject, now);
    const { wouldRefuse, how } = proved;
    const decision = { outcome: "signed-in", reason: "portal-signed-in", why: how, wouldRefuse } as const;
    this.#parts.audit.record(eventOf(step.about, decision, subject, now));
    return signedIn(proved, session);
  }

  #enter({ marks, about, session }: StepOf<"enter">, subject: Subject, now: number): PortalSignedIn | PortalRefused {
    const used = this.#parts.invitation.answer({ kind: "use", marks }, subject.disabled, now);
    if (used !== "good") return { kind: "refused" };
    this.#sessions.endAll(now);
    const begun = this.#sessions.begin(session, { about, how: "invitation", freshAt: 0 }, now);
    const decision = { outcome: "changed", reason: "invitation-used", by: marks.id } as const;
    this.#parts.audit.record(eventOf(about, decision, subject, now));
    return { kind: "signed-in", session: begun, forgiven: 0 };
  }

  #freshen(step: StepOf<"freshen">, subject: Subject, now: number): PortalSignedIn | PortalRefused | PortalNone {
    const before = this.#sessions.live(step.hash, now);
    if (before === undefined || before.entering) return NONE;
    const { proof } = step;
    if (proof.kind === "provider" && before.subject !== null && before.subject !== proof.subject) return NONE;
    const proved = this.#proofs.decide(step, subject, now);
    if (proved.kind === "refused") return proved;
    this.#sessions.freshen(step.hash, provedAt(proof, now), now);
    this.#recordCode(step.about, proved, subject, now);
    const session = this.#sessions.live(step.hash, now);
    return session === undefined ? NONE : signedIn(proved, session);
  }

  /** A used recovery code is an event of its own: its person hears of it. */
  #recordCode(about: EventContext, { recoveryCodesLeft: left }: Proved, subject: Subject, now: number): void {
    if (left === undefined) return;
    const decision = {
      outcome: "changed",
      reason: "recovery-code-used",
      change: changeText({ after: { left } }),
    } as const;
    this.#parts.audit.record(eventOf(about, { ...decision, by: "self" }, subject, now));
  }

  #factors(): PortalFactors {
    const { passkeys, totp, passphrase } = this.#parts;
    const [all, app, phrase] = [passkeys.all(), totp.since, passphrase.since];
    return {
      passkeys: all,
      passphrase: phrase === undefined ? null : { since: phrase },
      totp: app === undefined ? null : { since: app },
      recovery: passphrase.recovery ?? null,
      complete: all.length > 0 || (app !== undefined && phrase !== undefined),
    };
  }

  #endOne({ id, about, actor }: StepOf<"end-session">, subject: Subject, now: number) {
    const own = this.#own(actor, now);
    if (own.kind === "denied") return own;
    if (own.entering && own.id !== id) return { kind: "denied", reason: "entering" } as const;
    if (!this.#sessions.end(id, now)) return { kind: "denied", reason: "not-found" } as const;
    const reason = own.id === id ? "portal-signed-out" : "portal-session-ended";
    this.#parts.audit.record(eventOf(about, { outcome: "changed", reason, ...own.as }, subject, now));
    return { kind: "ended", count: 1 } as const;
  }

  #endAll({ about, actor }: StepOf<"end-sessions">, subject: Subject, now: number) {
    const own = this.#own(actor, now);
    if (own.kind === "denied") return own;
    if (own.entering) return { kind: "denied", reason: "entering" } as const;
    const count = this.#sessions.endAll(now, "hash" in actor ? actor.hash : undefined);
    this.approvals.drop(now);
    if (count > 0) {
      const decision = { outcome: "changed", reason: "portal-session-ended", ...own.as } as const;
      this.#parts.audit.record(eventOf(about, decision, subject, now));
    }
    return { kind: "ended", count } as const;
  }

  /** Who ends sessions: a person by a live session, or an administrator. */
  #own(actor: PortalActor, now: number): PortalDenied | Own {
    if ("by" in actor) return { kind: "own", entering: false, as: { by: actor.by, why: actor.why || undefined } };
    const session = this.#sessions.live(actor.hash, now);
    if (session === undefined) return { kind: "denied", reason: "no-session" };
    return { kind: "own", id: session.id, entering: session.entering, as: { by: "self" } };
  }

  #reset({ about, by, why }: StepOf<"reset-factors">, subject: Subject, now: number): PortalDone {
    const { passkeys, totp, passphrase, audit } = this.#parts;
    const record = (
      reason: "passkey-removed" | "totp-removed" | "passphrase-changed" | "portal-session-ended",
      before?: object,
    ) => {
      const change = before && changeText({ before: { ...before } });
      audit.record(eventOf(about, { outcome: "changed", reason, by, why: why || undefined, change }, subject, now));
    };
    for (const { name } of passkeys.all()) record("passkey-removed", { name });
    if (totp.since !== undefined) record("totp-removed");
    else if (passphrase.since !== undefined) record("passphrase-changed");
    passkeys.removeAll();
    totp.remove();
    passphrase.remove();
    this.#parts.invitation.end(); // it would let in whoever else has it
    const ended = this.#sessions.endAll(now);
    this.approvals.drop(now);
    if (ended > 0) record("portal-session-ended");
    return { kind: "done", ended };
  }
}

type Own = {
  readonly kind: "own";
  /** The session that asks; undefined: an administrator. */
  readonly id?: string;
  readonly entering: boolean;
  /** As the audit names it. */
  readonly as: { readonly by: string; readonly why?: string | undefined };
};

/** The identity provider may have asked the person long ago. */
const provedAt = (proof: PortalProof, now: number): number =>
  proof.kind === "provider" ? Math.min(proof.at, now) : now;

function signedIn({ forgiven, recoveryCodesLeft: left }: Proved, session: PortalSignedIn["session"]): PortalSignedIn {
  return { kind: "signed-in", session, forgiven, ...(left !== undefined && { recoveryCodesLeft: left }) };
}
