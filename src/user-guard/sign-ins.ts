// How a user's guard decides a sign-in. An attempt that has to wait is refused without a look. For every other attempt
// the guard consumes the challenge once (S-3), counts the attempt before it verifies it (S-20), and verifies it against
// the user's app passwords. An attempt from a familiar place is never refused without a look (S-43). When that place is
// over its budget, the proof is looked at first, and only a right one is counted, consumed and let in.

import { type AuditedEvent, auditEvent, type Decision } from "../audit/event.ts";
import { logEvent } from "../audit/log.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { type ProofFault, proofFingerprint } from "../core/credentials/evidence.ts";
import { needsResealing, sealedAgain } from "../core/credentials/sealed-hash.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import { fingerprintOf } from "../core/lockout/repeats.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { ProofToRecall, SealedCredential, SignInAttempt, SignInVerdict } from "../guards/sign-in-question.ts";
import type { Database } from "../store/database.ts";
import { resealAppPassword } from "../store/directory.ts";
import { RecentRecord } from "./recent-record.ts";
import { type CodeParts, proveSecret, type SecretOwner, type SecretsToTry, secretsToTry } from "./secrets-to-try.ts";
import type { UsedOnce } from "./used-once.ts";
import type { Place, UserLockout } from "./user-lockout.ts";

/** Why an attempt was refused, in the audit's words. */
type Refused = Omit<Decision, "outcome">;

type CodeFault = Refused & { readonly reason: "code-missing" | "code-wrong" | "code-used" | "code-waiting" };

/** The parts of the guard that a sign-in needs. */
type SignInParts = {
  readonly keyring: Keyring | undefined;
  /** With dry-run nobody is refused because of too many failures (S-26). */
  readonly dryRun: boolean;
  readonly lockout: UserLockout;
  readonly challenges: UsedOnce;
  readonly codes: CodeParts;
  readonly audit: GuardAudit;
  readonly db: () => Database;
  /** Whether an app password was revoked after D1 was read. */
  readonly isDead: (credentialId: string) => boolean;
  /** Whether an app password is bound to a device that is blocked. */
  readonly isBlocked: (credentialId: string) => boolean;
  /** Whether the policy wants this user to sign in by the page alone. */
  readonly mustUsePage: (user: { readonly sipUri: string; readonly groups?: readonly string[] }) => boolean;
  /** Lets work go on after the answer. */
  readonly later: (work: Promise<void>) => void;
};

export class SignIns {
  readonly #parts: SignInParts;
  readonly #recent = new RecentRecord();

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** Decides one attempt, in one synchronous step. */
  decide(attempt: SignInAttempt, now: number): SignInVerdict {
    const keyring = this.#parts.keyring;
    if (keyring === undefined) return { kind: "unavailable", reason: "no-sealing-key" };
    const { evidence, user } = attempt;
    this.#recent.keep(user, now);
    const place: Place = { source: attempt.about.source, client: attempt.client };
    const wait = this.#parts.lockout.wait(place, now);
    if (wait?.familiar) {
      const wrong = this.#whyWrong(attempt, keyring, now);
      if (wrong !== undefined) {
        this.#refusedUnwritten(attempt, wrong, now);
        return { kind: "refused" };
      }
    } else if (wait !== undefined && !this.#parts.dryRun) {
      this.#refusedUnwritten(attempt, { reason: wait.reason, waitUntil: wait.until }, now);
      return { kind: "held", until: wait.until };
    }
    const wouldRefuse = attempt.wouldRefuse ?? (wait?.familiar ? undefined : wait?.reason);

    const fingerprint = evidence.kind === "ntlm" ? undefined : proofFingerprint(keyring, evidence, attempt.client);
    if (fingerprint !== undefined && this.#parts.lockout.isRepeat(place, fingerprint, now)) {
      const reason = evidence.kind === "nothing" ? evidence.reason : "repeated";
      this.#refusedUnwritten(attempt, { reason, wouldRefuse }, now);
      return { kind: "repeated", recognised: false, lasting: true };
    }
    // From here on the attempt counts as a failure, unless it proves not to be one.
    const reservation = this.#parts.lockout.reserve(place, user.disabled ? undefined : fingerprint, now);
    const refused = (reason: AuditReason, credentialId?: string, codesWait?: number): SignInVerdict => {
      const until = this.#parts.lockout.waitUntil(reservation, now);
      const waitUntil = codesWait ?? until;
      this.#record(attempt, { outcome: "refused", reason, credentialId, waitUntil, wouldRefuse }, now);
      return { kind: "refused", ...(until !== undefined && { until }) };
    };
    // A mistake that a client repeats by itself counts once a day, not once a minute (S-24).
    const mistake = (
      known: readonly string[],
      { reason, credentialId, waitUntil }: Refused,
      end: { readonly recognised: boolean; readonly lasting: boolean },
    ): SignInVerdict => {
      const print = fingerprintOf(keyring, ...known);
      if (this.#parts.lockout.isRepeat(place, print, now)) {
        this.#parts.lockout.takeBack(reservation, print, now);
        this.#refusedUnwritten(attempt, { reason, credentialId, waitUntil, wouldRefuse }, now);
        return { kind: "repeated", ...end };
      }
      this.#parts.lockout.rememberRepeat(reservation, print, end.lasting ? undefined : fingerprint, now);
      return refused(reason, credentialId, waitUntil);
    };
    if (evidence.kind === "ntlm" && !this.#parts.challenges.use(evidence.challengeId, evidence.challengeExpiresAt)) {
      const end = { recognised: false, lasting: true };
      // networks repeat messages, too
      return mistake(["replayed", attempt.client], { reason: "challenge-replayed" }, end);
    }
    const secrets = secretsToTry(user, place, keyring, this.#parts.codes, now);
    if (!secrets.ok) {
      this.#parts.lockout.takeBack(reservation, undefined, now); // Postern failed, and nothing was verified
      this.#record(attempt, { outcome: "failed", reason: secrets.reason, wouldRefuse }, now);
      return { kind: "unavailable", reason: secrets.reason };
    }
    const proof = proveSecret(evidence, secrets.value);
    if (user.disabled) return refused("user-disabled");
    if (!proof.ok) {
      this.#countGuess(attempt, secrets.value, proof.reason, now);
      return refused(proof.reason);
    }
    const { owner, exportedSessionKey } = proof.value;
    const end = this.#endOf(owner, now);
    if (end !== undefined) {
      const why = { reason: `${end}-password`, credentialId: owner.id } as const;
      // an administrator can give an app password that ran out more time
      return mistake([end, owner.id], why, { recognised: true, lasting: end === "revoked" });
    }
    if (this.#parts.mustUsePage(user)) {
      const why = { reason: "passive-required", credentialId: owner.id } as const;
      return mistake(["passive-required", owner.id], why, { recognised: true, lasting: false });
    }
    if (this.#parts.isBlocked(owner.id)) {
      const why = { reason: "device-blocked", credentialId: owner.id } as const;
      return mistake(["blocked", owner.id], why, { recognised: true, lasting: false });
    }
    const fault = this.#codeFault(owner, place, now);
    if (fault?.reason === "code-wrong") {
      this.#countGuess(attempt, secrets.value, "code-wrong", now);
      return refused("code-wrong", owner.id);
    }
    if (fault !== undefined && !(fault.reason === "code-waiting" && this.#parts.dryRun)) {
      // A used code may hold at another place of this network.
      const end = { recognised: true, lasting: fault.reason === "code-missing" };
      return mistake([fault.reason, owner.id], fault, end);
    }
    // The code is used up last, when nothing else is in the way.
    if (owner.code?.kind === "fresh") this.#useCode(owner.id, owner.code.step, place, now);

    const forgiven = this.#parts.lockout.succeeded(reservation, now);
    this.#parts.later(this.#resealOlder(keyring, user.id, user.credentials));
    const noted = wouldRefuse ?? fault?.reason;
    return {
      kind: "signed-in",
      credentialId: owner.id,
      ...(owner.until < Number.POSITIVE_INFINITY && { credentialUntil: owner.until }),
      forgiven,
      ...(exportedSessionKey && { exportedSessionKey }),
      ...(noted && { wouldRefuse: noted }),
    };
  }

  /**
   * Compares a proof from a familiar place with what the last sign-in read, if that was lately. If the proof is wrong,
   * it is refused and counted in the audit, without a row. `unsure`: it may be right, or there is no recent record;
   * then D1 has to be read.
   */
  recall(proof: ProofToRecall, now: number): "wrong" | "unsure" {
    const user = this.#recent.at(now);
    const keyring = this.#parts.keyring;
    if (user?.id !== proof.userId || keyring === undefined) return "unsure";
    const attempt = { ...proof, user };
    const wrong = this.#whyWrong(attempt, keyring, now);
    if (wrong === undefined) return "unsure";
    this.#refusedUnwritten(attempt, wrong, now);
    return "wrong";
  }

  /** What was read of the user in D1 is out of date. */
  forgetRecent(): void {
    this.#recent.forget();
  }

  /** Looks at a proof without counting it. Undefined: nothing is wrong with it. */
  #whyWrong(attempt: SignInAttempt, keyring: Keyring, now: number): Refused | undefined {
    const { evidence, user } = attempt;
    if (evidence.kind === "ntlm" && this.#parts.challenges.isUsed(evidence.challengeId)) {
      return { reason: "challenge-replayed" };
    }
    const place: Place = { source: attempt.about.source, client: attempt.client };
    const secrets = secretsToTry(user, place, keyring, this.#parts.codes, now);
    if (!secrets.ok) return undefined;
    const proof = proveSecret(evidence, secrets.value);
    if (user.disabled) return { reason: "user-disabled" };
    if (!proof.ok) {
      this.#countGuess(attempt, secrets.value, proof.reason, now);
      return { reason: proof.reason };
    }
    const { owner } = proof.value;
    const end = this.#endOf(owner, now);
    if (end !== undefined) return { reason: `${end}-password`, credentialId: owner.id };
    if (this.#parts.mustUsePage(user)) return { reason: "passive-required", credentialId: owner.id };
    if (this.#parts.isBlocked(owner.id)) return { reason: "device-blocked", credentialId: owner.id };
    const fault = this.#codeFault(owner, place, now);
    if (fault?.reason === "code-wrong") this.#countGuess(attempt, secrets.value, "code-wrong", now);
    return fault?.reason === "code-waiting" && this.#parts.dryRun ? undefined : fault;
  }

  /** What is wrong with the code behind a right app password. Undefined: nothing, or it asks for none. */
  #codeFault({ id: credentialId, code }: SecretOwner, place: Place, now: number): CodeFault | undefined {
    switch (code?.kind) {
      case undefined:
        return undefined;
      case "missing":
      case "wrong":
      case "used":
        return { reason: `code-${code.kind}`, credentialId };
      case "held":
      case "fresh": {
        const waitUntil = this.#parts.codes.table.fullUntil(this.#guessPlace(place, now), now);
        return waitUntil === undefined ? undefined : { reason: "code-waiting", credentialId, waitUntil };
      }
    }
  }

  /**
   * Counts what may have been a guess at a code: a wrong code, or an NTLM proof that is wrong. In NTLM nobody can tell
   * which part of the password was wrong.
   */
  #countGuess(attempt: SignInAttempt, { withCode }: SecretsToTry, fault: ProofFault | "code-wrong", now: number): void {
    if (!withCode || (fault !== "wrong-proof" && fault !== "code-wrong")) return;
    const place = { source: attempt.about.source, client: attempt.client };
    this.#parts.codes.table.countGuess(this.#guessPlace(place, now), now);
  }

  /** A familiar place has a count of its own, so nobody elsewhere can fill it. */
  #guessPlace(place: Place, now: number): Place | undefined {
    return this.#parts.lockout.isFamiliar(place, now) ? place : undefined;
  }

  /** No other attempt succeeds with this code, or an earlier one, except at this place for some minutes. */
  #useCode(credentialId: string, step: number, place: Place, now: number): void {
    this.#parts.codes.codes()?.accept(step);
    this.#parts.codes.table.hold(credentialId, place, step, now);
  }

  /** How the app password of a right proof ended, if it did. D1 may have been read before it ended. */
  #endOf({ id, end, until }: SecretOwner, now: number): "revoked" | "expired" | undefined {
    if (this.#parts.isDead(id)) return "revoked";
    return end ?? (until <= now ? "expired" : undefined);
  }

  /**
   * Key rotation (S-15): what was sealed with an older key is sealed again with the current one, when its user signs
   * in.
   */
  async #resealOlder(keyring: Keyring, userId: string, credentials: readonly SealedCredential[]): Promise<void> {
    for (const credential of credentials) {
      const { id, ntHashes: before } = credential;
      if (!needsResealing(keyring, before)) continue;
      const sealed = sealedAgain(keyring, { userId, credentialId: id }, credential);
      if (!sealed.ok) continue;
      try {
        await resealAppPassword(this.#parts.db(), id, { before, after: sealed.value });
      } catch {
        logEvent({ event: "unavailable", reason: "reseal" }); // the next sign-in tries again
      }
    }
  }

  /** A refusal that costs few rows: the first is an event, the others are only counted. */
  #refusedUnwritten(attempt: SignInAttempt, decision: Refused, now: number): void {
    const kind = `${attempt.about.source}\0${attempt.client}\0${decision.reason}`;
    this.#parts.audit.recordRefusal(kind, eventOf(attempt, { ...decision, outcome: "refused" }, now));
  }

  #record(attempt: SignInAttempt, decision: Decision, now: number): void {
    this.#parts.audit.record(eventOf(attempt, decision, now));
  }
}

function eventOf({ about, user }: SignInAttempt, decision: Decision, now: number): AuditedEvent {
  return auditEvent(about, { ...decision, userId: user.id, user: user.sipUri }, now);
}
