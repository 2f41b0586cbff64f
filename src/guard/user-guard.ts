// One Durable Object per user: the place where sign-ins are serialised. It consumes each challenge once (S-3), counts every
// attempt before it verifies it (S-20), verifies against the user's app passwords, and remembers which tickets Postern
// relayed. It decides in one synchronous step, so nothing interleaves; only alarms talk to D1.

import { DurableObject } from "cloudflare:workers";
import { FLUSH_AGAIN_MS } from "../audit/cadence.ts";
import { completed, type Decision, type SignInAbout, type SignInEvent } from "../audit/event.ts";
import { logEvent } from "../audit/log.ts";
import { OUTBOX_SCHEMA } from "../audit/outbox.ts";
import type { Env } from "../config.ts";
import { needsResealing, openHashes, sealHashes } from "../credentials/sealed-hash.ts";
import { type Keyring, parseKeyring } from "../crypto/keyring.ts";
import { type Lockout, lockoutOf } from "../lockout/mode.ts";
import { fingerprintOf } from "../lockout/repeats.ts";
import { LEAST_HASHES } from "../ntlm/verify.ts";
import { openDatabase } from "../store/database.ts";
import { resealAppPassword } from "../store/directory.ts";
import { AuditTrail } from "./audit-trail.ts";
import { type Evidence, prove } from "./evidence.ts";
import { LazyTables } from "./storage.ts";
import { type RelayedTicket, TICKET_SCHEMA, TicketBook, type TicketVerdict } from "./ticket-book.ts";
import { CHALLENGE_SCHEMA, UsedChallenges } from "./used-challenges.ts";
import { LOCKOUT_SCHEMA, type Place, UserLockout, type UserLocks } from "./user-lockout.ts";

export type { RelayedTicket, TicketVerdict } from "./ticket-book.ts";
export type { PairState, UserLocks } from "./user-lockout.ts";

/** An app password as D1 has it. */
export type SealedCredential = { readonly id: string; readonly ntHashes: string };

/** A sign-in to decide: what the client put forward, and the user's record from D1. */
export type SignInAttempt = {
  readonly about: SignInAbout;
  /** The client at that network, as `clientKey` knows it. */
  readonly client: string;
  readonly evidence: Evidence;
  readonly user: {
    readonly id: string;
    readonly sipUri: string;
    readonly disabled: boolean;
    /** The live app passwords. */
    readonly credentials: readonly SealedCredential[];
    /** Revoked ones, the last first: a client that still uses one is recognised, and refused. */
    readonly revoked: readonly SealedCredential[];
  };
  /** What dry-run would have refused this for already. */
  readonly wouldRefuse?: string;
};

/** The guard's answer to one attempt. Whatever is refused is in the audit by then. */
export type SignInVerdict =
  | {
      readonly kind: "signed-in";
      readonly credentialId: string;
      /** NTLM only. */
      readonly exportedSessionKey?: Uint8Array;
      /** Failures from this network that the success has explained. */
      readonly forgiven: number;
      readonly wouldRefuse?: string;
    }
  /** A failure that counts. */
  | { readonly kind: "refused" }
  /** A mistake that was counted before. */
  | { readonly kind: "repeated" }
  /** Refused unseen, as everything from there will be until then (ms). */
  | { readonly kind: "held"; readonly until: number; readonly familiar: boolean }
  /** A credential cannot be opened: a key is missing from SEALING_KEYS, or a row was altered. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** How long after the last expiry the guard cleans up; rows are judged by their own time, never by being there. */
const CLEAN_UP_DELAY_MS = 60_000;
/** Cleaning up reads every row; under attack rows expire every moment, and now and then is enough. */
const CLEAN_UP_EVERY_MS = 600_000;

const SCHEMA = [...CHALLENGE_SCHEMA, ...LOCKOUT_SCHEMA, OUTBOX_SCHEMA, ...TICKET_SCHEMA];

/** Why an attempt was refused, in the audit's words. */
type Refused = Omit<Decision, "outcome">;

export class UserGuard extends DurableObject<Env> {
  readonly #keyring: Keyring | undefined;
  readonly #lockoutMode: Lockout;
  readonly #tables: LazyTables;
  readonly #tickets: TicketBook;
  readonly #challenges: UsedChallenges;
  readonly #lockout: UserLockout;
  readonly #audit: AuditTrail;
  #cleanedAt = Number.NEGATIVE_INFINITY;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const keyring = parseKeyring(env.SEALING_KEYS ?? "");
    this.#keyring = keyring.ok ? keyring.value : undefined;
    this.#lockoutMode = lockoutOf(env);
    this.#tables = new LazyTables(ctx.storage, SCHEMA, "pairs");
    this.#tickets = new TicketBook(this.#tables);
    this.#challenges = new UsedChallenges(this.#tables);
    this.#lockout = new UserLockout(this.#tables.exec, this.#lockoutMode.limits);
    this.#audit = new AuditTrail(this.#tables);
  }

  /** Decides one sign-in. One call, one challenge consumed, whatever the outcome. */
  async signIn(attempt: SignInAttempt): Promise<SignInVerdict> {
    const now = Date.now();
    const verdict = this.#decide(attempt, now);
    // A success is audited with what it comes to: by `rememberTicket` or `recordEnd`.
    await this.#wakeBy();
    return verdict;
  }

  /** A name that nobody has: the work of a wrong password (S-22). Nothing is read, and nothing is kept. */
  refuseStranger(evidence: Evidence): void {
    prove(evidence, []);
  }

  #decide(attempt: SignInAttempt, now: number): SignInVerdict {
    const keyring = this.#keyring;
    if (keyring === undefined) return { kind: "unavailable", reason: "no-sealing-key" };
    const { evidence, user } = attempt;
    const place: Place = { source: attempt.about.source, client: attempt.client };
    const wait = this.#lockout.wait(place, now);
    if (wait !== undefined && !this.#lockoutMode.dryRun) {
      this.#refusedUnseen(attempt, { reason: wait.reason, waitUntil: wait.until }, now);
      return { kind: "held", until: wait.until, familiar: wait.familiar };
    }
    const wouldRefuse = attempt.wouldRefuse ?? wait?.reason;

    const fingerprint = evidenceFingerprint(keyring, attempt);
    if (fingerprint !== undefined && this.#lockout.isRepeat(place, fingerprint, now)) {
      const reason = evidence.kind === "nothing" ? evidence.reason : "repeated";
      this.#refusedUnseen(attempt, { reason, wouldRefuse }, now);
      return { kind: "repeated" };
    }
    // From here on the attempt is a failure, unless it proves to be none.
    const reservation = this.#lockout.reserve(place, user.disabled ? undefined : fingerprint, now);
    const refused = (reason: string, credentialId?: string): SignInVerdict => {
      const waitUntil = this.#lockout.waitUntil(reservation, now);
      this.#record(attempt, { outcome: "refused", reason, credentialId, waitUntil, wouldRefuse }, now);
      return { kind: "refused" };
    };
    // What a client does again and again by itself is one mistake a day, not one each minute (S-24).
    const mistake = (known: readonly string[], { reason, credentialId }: Refused): SignInVerdict => {
      const print = fingerprintOf(keyring, ...known);
      if (this.#lockout.isRepeat(place, print, now)) {
        this.#lockout.takeBack(reservation, print, now);
        this.#refusedUnseen(attempt, { reason, credentialId, wouldRefuse }, now);
        return { kind: "repeated" };
      }
      this.#lockout.rememberRepeat(reservation, print, now);
      return refused(reason, credentialId);
    };
    if (evidence.kind === "ntlm" && !this.#challenges.use(evidence.challengeId, evidence.challengeExpiresAt)) {
      return mistake(["replayed", attempt.client], { reason: "challenge-replayed" }); // networks send again, too
    }
    const hashes = this.#hashesOf(attempt, keyring);
    if (!hashes.ok) {
      this.#lockout.takeBack(reservation, undefined, now); // Postern's own fault, and nothing was verified
      this.#record(attempt, { outcome: "failed", reason: hashes.reason, wouldRefuse }, now);
      return { kind: "unavailable", reason: hashes.reason };
    }
    const proof = prove(evidence, hashes.hashes);
    if (user.disabled) return refused("user-disabled");
    if (!proof.ok) return refused(proof.reason);
    const owner = hashes.owners[proof.value.index];
    if (owner === undefined) return refused("wrong-proof");
    if (owner.revoked) {
      const reason = "revoked-password";
      return mistake(["revoked", owner.id], { reason, credentialId: owner.id });
    }

    const forgiven = this.#lockout.succeeded(reservation, now);
    this.ctx.waitUntil(this.#resealOlder(keyring, user.id, user.credentials));
    const { exportedSessionKey } = proof.value;
    return {
      kind: "signed-in",
      credentialId: owner.id,
      forgiven,
      ...(exportedSessionKey && { exportedSessionKey }),
      ...(wouldRefuse && { wouldRefuse }),
    };
  }

  /** The hashes to try: the live ones, and of the revoked ones as many as cost no more than an unknown user's turn. */
  #hashesOf({ user }: SignInAttempt, keyring: Keyring) {
    const hashes: Uint8Array[] = [];
    const owners: { readonly id: string; readonly revoked: boolean }[] = [];
    const collect = (credentials: readonly SealedCredential[], revoked: boolean): string | undefined => {
      for (const { id, ntHashes } of credentials) {
        if (revoked && hashes.length + 2 > LEAST_HASHES) return undefined;
        const opened = openHashes(keyring, { userId: user.id, credentialId: id }, ntHashes);
        // A revoked password that no longer opens is of no use and no harm.
        if (!opened.ok && revoked) continue;
        if (!opened.ok) return `app-password-${opened.reason}`;
        hashes.push(...opened.value);
        owners.push({ id, revoked }, { id, revoked });
      }
      return undefined;
    };
    // A disabled user has no password that could be right, and so the work of a wrong one (S-22).
    const fault = user.disabled ? undefined : collect(user.credentials, false);
    if (fault !== undefined) return { ok: false, reason: fault } as const;
    if (!user.disabled) collect(user.revoked, true);
    return { ok: true, hashes, owners } as const;
  }

  /** Rotation (S-15): what an older key sealed is sealed again with the current one, when its user signs in. */
  async #resealOlder(keyring: Keyring, userId: string, credentials: readonly SealedCredential[]): Promise<void> {
    for (const { id, ntHashes } of credentials) {
      if (!needsResealing(keyring, ntHashes)) continue;
      const place = { userId, credentialId: id };
      const opened = openHashes(keyring, place, ntHashes);
      if (!opened.ok) continue;
      const after = sealHashes(keyring, place, opened.value);
      try {
        await resealAppPassword(openDatabase(this.env.DB), id, { before: ntHashes, after });
      } catch {
        logEvent({ event: "unavailable", reason: "reseal" }); // the next sign-in tries again
      }
    }
  }

  /** Remembers a ticket that is about to be relayed: from now on it is live. `event`: the sign-in it completes. */
  async rememberTicket(ticket: RelayedTicket, event?: SignInEvent): Promise<void> {
    this.#tickets.remember(ticket);
    if (event !== undefined) this.#audit.record(event);
    await this.#wakeBy(ticket.expiresAt + CLEAN_UP_DELAY_MS);
  }

  /** A sign-in that was proved and ended without a ticket. */
  async recordEnd(event: SignInEvent): Promise<void> {
    this.#audit.record(event);
    await this.#wakeBy();
  }

  /** Whether a presented ticket was relayed to this user and still lives. Writes nothing, not even for a stranger. */
  checkTicket(id: string): TicketVerdict {
    return this.#tickets.check(id, Date.now());
  }

  /** What is held against this user's sign-ins, computed now. */
  locks(): UserLocks {
    const capacity = this.#lockoutMode.limits.strangers.burst;
    if (!this.#tables.exist()) return { pairs: [], strangers: { level: 0, capacity, fullUntil: null } };
    return this.#lockout.locks(Date.now());
  }

  /** Forgets all failures, not who is familiar. Returns the networks concerned. */
  clearLocks(): string[] {
    return this.#tables.exist() ? this.#lockout.clear() : [];
  }

  /** Takes the audit to D1, forgets what has expired; when nothing is left, the object itself. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    const due: number[] = [];
    try {
      if (await this.#audit.flush(openDatabase(this.env.DB), now)) due.push(now);
      else if (this.#audit.dueAt !== undefined) due.push(this.#audit.dueAt);
    } catch (fault) {
      logEvent({
        event: "unavailable",
        reason: "audit",
        detail: String(fault instanceof Error ? fault.message : fault),
      });
      due.push(now + FLUSH_AGAIN_MS);
    }
    const cleanUp = this.#cleanedAt + CLEAN_UP_EVERY_MS;
    if (now < cleanUp) due.push(cleanUp);
    else {
      const expiries = [this.#challenges.expire(now), this.#tickets.expire(now), this.#lockout.expire(now)];
      const next = Math.min(...expiries.map((at) => at ?? Number.POSITIVE_INFINITY));
      if (next !== Number.POSITIVE_INFINITY) due.push(Math.max(next + CLEAN_UP_DELAY_MS, now + CLEAN_UP_EVERY_MS));
      this.#cleanedAt = now;
    }
    if (due.length > 0) await this.ctx.storage.setAlarm(Math.min(...due));
    else await this.#tables.drop();
  }

  #refusedUnseen(attempt: SignInAttempt, decision: Refused, now: number): void {
    const kind = `${attempt.about.source}\0${attempt.client}\0${decision.reason}`;
    this.#audit.recordRefusal(kind, eventOf(attempt, { ...decision, outcome: "refused" }, now));
  }

  #record(attempt: SignInAttempt, decision: Decision, now: number): void {
    this.#audit.record(eventOf(attempt, decision, now));
  }

  /** Wakes the object when the audit is due, and at that time at the latest. */
  async #wakeBy(latest?: number): Promise<void> {
    const at = Math.min(latest ?? Number.POSITIVE_INFINITY, this.#audit.dueAt ?? Number.POSITIVE_INFINITY);
    if (at === Number.POSITIVE_INFINITY) return;
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > at) await this.ctx.storage.setAlarm(at);
  }
}

function eventOf({ about, user }: SignInAttempt, decision: Decision, now: number): SignInEvent {
  return completed(about, { ...decision, userId: user.id, user: user.sipUri }, now);
}

/** What can be recognised before it is verified. */
function evidenceFingerprint(keyring: Keyring, { evidence, client }: SignInAttempt): string | undefined {
  switch (evidence.kind) {
    case "password":
      return fingerprintOf(keyring, "password", evidence.ntHash);
    case "nothing":
      return fingerprintOf(keyring, "nothing", evidence.reason, client);
    case "ntlm":
      return undefined;
  }
}
