// How a user's guard decides a sign-in. An attempt that has to wait is refused without a look. For every other attempt
// the guard consumes the challenge once (S-3), counts the attempt before it verifies it (S-20), and verifies it against
// the user's app passwords. An attempt from a familiar place is never refused without a look (S-43). When that place is
// over its budget, the proof is looked at first, and only a right one is counted, consumed and let in.

import { type AuditedEvent, auditEvent, type Decision } from "../audit/event.ts";
import { logEvent } from "../audit/log.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { proofFingerprint, prove } from "../core/credentials/evidence.ts";
import { needsResealing, openHashes, sealHashes } from "../core/credentials/sealed-hash.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import { fingerprintOf } from "../core/lockout/repeats.ts";
import { LEAST_HASHES } from "../core/ntlm/verify.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { ProofToRecall, SealedCredential, SignInAttempt, SignInVerdict } from "../guards/sign-in-question.ts";
import type { Database } from "../store/database.ts";
import { resealAppPassword } from "../store/directory.ts";
import { RecentRecord } from "./recent-record.ts";
import type { UsedOnce } from "./used-once.ts";
import type { Place, UserLockout } from "./user-lockout.ts";

/** Why an attempt was refused, in the audit's words. */
type Refused = Omit<Decision, "outcome">;

/** Whose secret a hash is. */
type HashOwner = {
  readonly id: string;
  /** How it ended, if it did. */
  readonly end?: "revoked" | "expired";
  /** When it runs out, ms; infinite: it does not. */
  readonly until: number;
};

/** The parts of the guard that a sign-in needs. */
type SignInParts = {
  readonly keyring: Keyring | undefined;
  /** With dry-run nobody is refused because of too many failures (S-26). */
  readonly dryRun: boolean;
  readonly lockout: UserLockout;
  readonly challenges: UsedOnce;
  readonly audit: GuardAudit;
  readonly db: () => Database;
  /** Whether an app password was revoked after D1 was read. */
  readonly isDead: (credentialId: string) => boolean;
  /** Whether an app password is bound to a device that is blocked. */
  readonly isBlocked: (credentialId: string) => boolean;
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
    const refused = (reason: AuditReason, credentialId?: string): SignInVerdict => {
      const waitUntil = this.#parts.lockout.waitUntil(reservation, now);
      this.#record(attempt, { outcome: "refused", reason, credentialId, waitUntil, wouldRefuse }, now);
      return { kind: "refused", ...(waitUntil !== undefined && { until: waitUntil }) };
    };
    // A mistake that a client repeats by itself counts once a day, not once a minute (S-24).
    const mistake = (
      known: readonly string[],
      { reason, credentialId }: Refused,
      end: { readonly recognised: boolean; readonly lasting: boolean },
    ): SignInVerdict => {
      const print = fingerprintOf(keyring, ...known);
      if (this.#parts.lockout.isRepeat(place, print, now)) {
        this.#parts.lockout.takeBack(reservation, print, now);
        this.#refusedUnwritten(attempt, { reason, credentialId, wouldRefuse }, now);
        return { kind: "repeated", ...end };
      }
      this.#parts.lockout.rememberRepeat(reservation, print, end.lasting ? undefined : fingerprint, now);
      return refused(reason, credentialId);
    };
    if (evidence.kind === "ntlm" && !this.#parts.challenges.use(evidence.challengeId, evidence.challengeExpiresAt)) {
      const end = { recognised: false, lasting: true };
      // networks repeat messages, too
      return mistake(["replayed", attempt.client], { reason: "challenge-replayed" }, end);
    }
    const hashes = this.#hashesOf(attempt, keyring);
    if (!hashes.ok) {
      this.#parts.lockout.takeBack(reservation, undefined, now); // Postern failed, and nothing was verified
      this.#record(attempt, { outcome: "failed", reason: hashes.reason, wouldRefuse }, now);
      return { kind: "unavailable", reason: hashes.reason };
    }
    const proof = prove(evidence, hashes.hashes);
    if (user.disabled) return refused("user-disabled");
    if (!proof.ok) return refused(proof.reason);
    const owner = hashes.owners[proof.value.index];
    if (owner === undefined) return refused("wrong-proof");
    const end = this.#endOf(owner, now);
    if (end !== undefined) {
      const why = { reason: `${end}-password`, credentialId: owner.id } as const;
      // an administrator can give an app password that ran out more time
      return mistake([end, owner.id], why, { recognised: true, lasting: end === "revoked" });
    }
    if (this.#parts.isBlocked(owner.id)) {
      const why = { reason: "device-blocked", credentialId: owner.id } as const;
      return mistake(["blocked", owner.id], why, { recognised: true, lasting: false });
    }

    const forgiven = this.#parts.lockout.succeeded(reservation, now);
    this.#parts.later(this.#resealOlder(keyring, user.id, user.credentials));
    const { exportedSessionKey } = proof.value;
    return {
      kind: "signed-in",
      credentialId: owner.id,
      ...(owner.until < Number.POSITIVE_INFINITY && { credentialUntil: owner.until }),
      forgiven,
      ...(exportedSessionKey && { exportedSessionKey }),
      ...(wouldRefuse && { wouldRefuse }),
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
    const hashes = this.#hashesOf(attempt, keyring);
    if (!hashes.ok) return undefined;
    const proof = prove(evidence, hashes.hashes);
    if (user.disabled) return { reason: "user-disabled" };
    if (!proof.ok) return { reason: proof.reason };
    const owner = hashes.owners[proof.value.index];
    if (owner === undefined) return { reason: "wrong-proof" };
    const end = this.#endOf(owner, now);
    if (end !== undefined) return { reason: `${end}-password`, credentialId: owner.id };
    if (this.#parts.isBlocked(owner.id)) return { reason: "device-blocked", credentialId: owner.id };
    return undefined;
  }

  /** How the app password of a right proof ended, if it did. D1 may have been read before it ended. */
  #endOf({ id, end, until }: HashOwner, now: number): "revoked" | "expired" | undefined {
    if (this.#parts.isDead(id)) return "revoked";
    return end ?? (until <= now ? "expired" : undefined);
  }

  /** The hashes to try: the live ones, and as many ended ones as cost no more than an attempt for an unknown user. */
  #hashesOf({ user }: SignInAttempt, keyring: Keyring) {
    const hashes: Uint8Array[] = [];
    const owners: HashOwner[] = [];
    const collect = (ntHashes: string, owner: HashOwner) => {
      const opened = openHashes(keyring, { userId: user.id, credentialId: owner.id }, ntHashes);
      if (!opened.ok) return `app-password-${opened.reason}` as const;
      hashes.push(...opened.value);
      owners.push(owner, owner);
      return undefined;
    };
    // A disabled user has no password that could be right. The attempt costs as much work as a wrong password (S-22).
    if (user.disabled) return { ok: true, hashes, owners } as const;
    for (const { id, ntHashes, until = Number.POSITIVE_INFINITY } of user.credentials) {
      const fault = collect(ntHashes, { id, until });
      if (fault !== undefined) return { ok: false, reason: fault } as const;
    }
    const ended = [
      ...user.revoked.map((each) => ({ ...each, end: "revoked" as const })),
      ...(user.expired ?? []).map((each) => ({ ...each, end: "expired" as const })),
    ];
    for (const { id, ntHashes, end } of ended) {
      if (hashes.length + 2 > LEAST_HASHES) break;
      collect(ntHashes, { id, end, until: 0 }); // an ended one that does not open any more can be left out
    }
    return { ok: true, hashes, owners } as const;
  }

  /**
   * Key rotation (S-15): what was sealed with an older key is sealed again with the current one, when its user signs
   * in.
   */
  async #resealOlder(keyring: Keyring, userId: string, credentials: readonly SealedCredential[]): Promise<void> {
    for (const { id, ntHashes } of credentials) {
      if (!needsResealing(keyring, ntHashes)) continue;
      const place = { userId, credentialId: id };
      const opened = openHashes(keyring, place, ntHashes);
      if (!opened.ok) continue;
      const after = sealHashes(keyring, place, opened.value);
      try {
        await resealAppPassword(this.#parts.db(), id, { before: ntHashes, after });
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
