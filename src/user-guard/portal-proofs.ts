// Verifies what somebody shows to get into the portal, or to be fresh (S-59). Every attempt is counted before it is
// verified (S-20), in one synchronous step. A passphrase and its code get one verdict together, and the same work is
// done whatever is wrong. An attempt that has to wait is refused without a look, also one from a familiar place: a
// passphrase is a secret that a person chose, so nobody may guess at it without a limit. A passkey cannot be guessed,
// so it never waits.

import { auditEvent, type Decision, type EventContext } from "../audit/event.ts";
import { logEvent } from "../audit/log.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { readTotpCode } from "../core/credentials/totp.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import type { Subject } from "../core/policy/subject.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { CodeProof, PortalProof, PortalRefused, PortalSignInWay } from "../guards/portal-question.ts";
import type { CodeTable } from "./code-table.ts";
import type { PortalLocked } from "./portal-locked.ts";
import type { PortalPasskeys } from "./portal-passkeys.ts";
import type { PortalPassphrase, TypedRecoveryCode } from "./portal-passphrase.ts";
import type { PortalTotp, TypedCode } from "./portal-totp.ts";
import type { Place, Reservation, UserLockout } from "./user-lockout.ts";

/** What the portal's parts share. */
export type PortalParts = {
  readonly keyring: Keyring | undefined;
  /** With dry-run nobody is refused because of too many failures (S-26). */
  readonly dryRun: boolean;
  readonly lockout: UserLockout;
  /** Guesses at a code beside a right passphrase are counted here. */
  readonly guesses: CodeTable;
  readonly locked: PortalLocked;
  readonly audit: GuardAudit;
  readonly passkeys: PortalPasskeys;
  readonly totp: PortalTotp;
  readonly passphrase: PortalPassphrase;
};

/** One attempt. `client`: as `clientKey` knows it. */
export type PortalAttempt = {
  readonly about: EventContext;
  readonly client: string;
  readonly proof: PortalProof;
  readonly wouldRefuse?: AuditReason;
  /** Why the user may not sign in there. */
  readonly denied?: AuditReason;
};

/** Somebody who was proved. Earlier failures from there are `forgiven`. */
export type Proved = {
  readonly kind: "proved";
  readonly how: PortalSignInWay;
  readonly forgiven: number;
  readonly recoveryCodesLeft?: number;
  readonly wouldRefuse?: AuditReason;
};

/** What a passphrase and a code were. */
type Verdict =
  | { readonly ok: true; readonly how: "code"; readonly step: number }
  | { readonly ok: true; readonly how: "recovery-code"; readonly mark: string }
  /** `guess`: the passphrase was right, and the code was not. */
  | { readonly ok: false; readonly reason: AuditReason; readonly guess: boolean }
  /** SEALING_KEYS lacks a key, so nobody can say. */
  | "unavailable";

export class PortalProofs {
  readonly #parts: PortalParts;

  constructor(parts: PortalParts) {
    this.#parts = parts;
  }

  /** Decides one attempt of the subject, in one synchronous step. The audit has each refusal. */
  decide(attempt: PortalAttempt, subject: Subject, now: number): Proved | PortalRefused {
    return attempt.proof.kind === "passphrase"
      ? this.#decideCode({ ...attempt, proof: attempt.proof }, subject, now)
      : this.#decideProved(attempt, subject, now);
  }

  /** Does the work of a wrong passphrase (S-22). Reads nothing and keeps nothing. */
  refuseStranger({ stretched, code }: CodeProof, now: number): void {
    const { keyring, passphrase, totp } = this.#parts;
    if (keyring === undefined) return;
    passphrase.check(keyring, "", stretched);
    totp.judge("", readTotpCode(code) ?? "", now);
    passphrase.judgeRecovery(keyring, "", code);
  }

  /** The caller has verified a signature, or what the identity provider said. */
  #decideProved({ about, client, proof, wouldRefuse, denied }: PortalAttempt, subject: Subject, now: number) {
    const { lockout, passkeys, totp } = this.#parts;
    const reservation = lockout.reserve({ source: about.source, client }, undefined, now);
    const refused = (reason: AuditReason) => this.#refused({ about, reservation, reason, wouldRefuse }, subject, now);
    if (subject.disabled) return refused("user-disabled");
    if (denied !== undefined) return refused(denied);
    if (proof.kind === "passkey" && !passkeys.use(proof, now)) return refused("proof-repeated");
    totp.reseal(subject.userId);
    const forgiven = lockout.succeeded(reservation, now);
    return { kind: "proved", how: proof.kind === "provider" ? "provider" : "passkey", forgiven } as const;
  }

  #decideCode(
    { about, client, proof, ...attempt }: PortalAttempt & { readonly proof: CodeProof },
    subject: Subject,
    now: number,
  ): Proved | PortalRefused {
    const { keyring, lockout, dryRun } = this.#parts;
    const place: Place = { source: about.source, client };
    const wait = lockout.wait(place, now);
    if (wait !== undefined && !dryRun) {
      const { reason, until } = wait;
      const kind = `portal\0${about.source}\0${client}\0${reason}`;
      this.#parts.audit.recordRefusal(
        kind,
        eventOf(about, { outcome: "refused", reason, waitUntil: until }, subject, now),
      );
      return { kind: "refused", ...(wait.familiar ? {} : { until }) };
    }
    const wouldRefuse = attempt.wouldRefuse ?? wait?.reason;
    const reservation = lockout.reserve(place, undefined, now);
    const guesses = guessesOf(reservation);
    const full = dryRun ? undefined : this.#parts.guesses.fullUntil(guesses, now);
    const verdict: Verdict =
      keyring === undefined
        ? "unavailable"
        : this.#verify(proof, { keyring, subject, codesWait: full !== undefined, denied: attempt.denied }, now);
    if (verdict === "unavailable") {
      lockout.takeBack(reservation, undefined, now); // Postern failed, and nothing was verified
      logEvent({ event: "unavailable", reason: "portal-key", user: subject.sipUri });
      return { kind: "refused" };
    }
    if (verdict.ok) return this.#accept(verdict, { reservation, wouldRefuse, keyring, proof }, subject, now);
    if (verdict.guess) this.#parts.guesses.countGuess(guesses, now);
    const refused = this.#refused({ about, reservation, reason: verdict.reason, wouldRefuse }, subject, now);
    this.#noteLocked(reservation, guesses, about, subject, now);
    return refused;
  }

  /** Looks at everything, whatever is wrong first. Uses nothing up. */
  #verify(
    { stretched, code }: CodeProof,
    at: {
      readonly keyring: Keyring;
      readonly subject: Subject;
      readonly codesWait: boolean;
      readonly denied: AuditReason | undefined;
    },
    now: number,
  ): Verdict {
    const { passphrase, totp } = this.#parts;
    const { keyring, codesWait, denied } = at;
    const { userId, disabled } = at.subject;
    const first = passphrase.check(keyring, userId, stretched);
    const typed: TypedCode = totp.judge(userId, readTotpCode(code) ?? "", now);
    const recovery: TypedRecoveryCode = passphrase.judgeRecovery(keyring, userId, code);
    const refuse = (reason: AuditReason, guess = false): Verdict => ({ ok: false, reason, guess });
    if (disabled) return refuse("user-disabled");
    if (denied !== undefined) return refuse(denied);
    if (first === "unknown-key") return "unavailable";
    if (first === "wrong") return refuse("wrong-password");
    if (recovery.kind === "good") return { ok: true, how: "recovery-code", mark: recovery.mark };
    if (codesWait) return refuse("code-waiting");
    if (typed.kind === "good") return { ok: true, how: "code", step: typed.step };
    if (typed.kind === "unknown-key") return "unavailable";
    if (typed.kind === "used" || recovery.kind === "used") return refuse("code-used");
    return refuse("code-wrong", true);
  }

  #accept(
    verdict: Extract<Verdict, { readonly ok: true }>,
    by: {
      readonly reservation: Reservation;
      readonly wouldRefuse: AuditReason | undefined;
      readonly keyring: Keyring | undefined;
      readonly proof: CodeProof;
    },
    { userId }: Subject,
    now: number,
  ): Proved {
    const { lockout, passphrase, totp } = this.#parts;
    const left = verdict.how === "recovery-code" ? passphrase.useRecovery(verdict.mark, now) : undefined;
    if (verdict.how === "code") totp.accept(verdict.step);
    if (by.keyring !== undefined) passphrase.renew(by.keyring, userId, by.proof.stretched);
    totp.reseal(userId);
    return {
      kind: "proved",
      how: verdict.how,
      forgiven: lockout.succeeded(by.reservation, now),
      ...(left !== undefined && { recoveryCodesLeft: left }),
      ...(by.wouldRefuse !== undefined && { wouldRefuse: by.wouldRefuse }),
    };
  }

  #refused(
    by: {
      readonly about: EventContext;
      readonly reservation: Reservation;
      readonly reason: AuditReason;
      readonly wouldRefuse: AuditReason | undefined;
    },
    subject: Subject,
    now: number,
  ): PortalRefused {
    const { about, reason, wouldRefuse } = by;
    const until = this.#parts.lockout.waitUntil(by.reservation, now);
    const decision = { outcome: "refused", reason, waitUntil: until, wouldRefuse } as const;
    this.#parts.audit.record(eventOf(about, decision, subject, now));
    return { kind: "refused", ...(until !== undefined && { until }) };
  }

  /** Tells the person, once a day at most, that failures make the portal wait. */
  #noteLocked({ familiar, place }: Reservation, guesses: Place, about: EventContext, subject: Subject, now: number) {
    const { lockout, locked } = this.#parts;
    const isFull =
      (familiar && lockout.wait(place, now) !== undefined) ||
      lockout.strangersFullUntil(now) !== undefined ||
      this.#parts.guesses.fullUntil(guesses, now) !== undefined;
    if (!isFull || !locked.note(now)) return;
    this.#parts.audit.record(eventOf(about, { outcome: "changed", reason: "portal-locked" }, subject, now));
  }
}

/**
 * Where guesses at a code are counted together: all strangers, and each familiar place by itself. Only somebody who
 * knows the passphrase can fill a count, so it is another one than that of app passwords.
 */
const guessesOf = ({ familiar, place }: Reservation): Place =>
  familiar ? { source: `portal ${place.source}`, client: place.client } : { source: "portal", client: "" };

/** An event of the portal about its person. */
export const eventOf = (about: EventContext, decision: Decision, { userId, sipUri }: Subject, now: number) =>
  auditEvent(about, { ...decision, userId, user: sipUri }, now);
