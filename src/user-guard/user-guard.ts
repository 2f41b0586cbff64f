// The guard of one user, a Durable Object. It decides the user's sign-ins one after the other. It consumes each
// challenge once (S-3). It counts every attempt before it verifies the proof (S-20). It remembers which tickets Postern
// relayed, and it owns the user's devices. Each decision is one synchronous step, so no other request can come between.
// The guard asks D1 only about what is new to it. It writes its decisions to D1 from its alarm, an administrator's
// decisions at once.

import { DurableObject } from "cloudflare:workers";
import type { AuditedEvent, EventContext } from "../audit/event.ts";
import { type Evidence, prove } from "../core/credentials/evidence.ts";
import { APPROVAL_LASTS_MS } from "../guards/approvals.ts";
import type { BackupAnswer, BackupStep } from "../guards/backup-question.ts";
import type { GuardEnv, UserGuardCalls } from "../guards/calls.ts";
import type { Wanted } from "../guards/claim.ts";
import type { CommandOutcome, DeviceCommand } from "../guards/device-command.ts";
import type { InvitationAnswer, InvitationStep } from "../guards/invitation-question.ts";
import type { MoveOutcome, MoveStep } from "../guards/move.ts";
import type { PassiveQuestion, PassiveVerdict } from "../guards/passive-question.ts";
import type { CodeProof, PortalAnswer, PortalStep } from "../guards/portal-question.ts";
import type { Profile, VersionedPolicy } from "../guards/profile.ts";
import type { SignatureVerdict, SignedRequest } from "../guards/proof-question.ts";
import type { RelayedTicket, Remembered } from "../guards/relayed-ticket.ts";
import type { ResealedFactors } from "../guards/resealed.ts";
import type { ProofToRecall, SignInAttempt, SignInVerdict } from "../guards/sign-in-question.ts";
import type { BriefQuestion, Confirmation, Naming, TicketQuestion, TicketVerdict } from "../guards/ticket-question.ts";
import type { UserLocks } from "../guards/user-locks.ts";
import { openDatabase } from "../store/database.ts";
import { currentPolicy } from "../store/policies.ts";
import { keptRows } from "./kept.ts";
import { assemble, type GuardParts } from "./parts.ts";

export class UserGuard extends DurableObject<GuardEnv> implements UserGuardCalls {
  readonly #has: GuardParts;

  constructor(ctx: DurableObjectState, env: GuardEnv) {
    super(ctx, env);
    this.#has = assemble(ctx, env);
  }

  /** Decides one sign-in. Each call consumes one challenge, whatever the verdict is. */
  async signIn(attempt: SignInAttempt): Promise<SignInVerdict> {
    // Another policy may close app passwords to this user (S-92).
    const { policyVersion = 0 } = attempt.user;
    const isNews = policyVersion > this.#has.snapshots.policy().version;
    const policy = isNews ? await currentPolicy(openDatabase(this.env.DB)) : undefined;
    if (!(await this.#has.tenancy.admits(attempt.user))) {
      prove(attempt.evidence, []); // as much work as a wrong password
      return this.#has.erasure.covers(attempt.user.id) ? { kind: "refused" } : MOVED;
    }
    if (policy !== undefined) this.#has.snapshots.keepPolicy(policy);
    const now = Date.now();
    this.#has.olderPlaces.move(attempt);
    const decided = this.#has.signIns.decide(attempt, now);
    // A wrong password is refused as usual even while its user moves. A right one has to come again when the user has
    // arrived.
    const verdict = decided.kind === "signed-in" && this.#has.tenancy.isLeaving ? MOVED : decided;
    const revoked = attempt.user.revoked.map(({ id }) => id);
    this.#has.commands.noticeRevoked(revoked, attempt.about, now);
    // The event of a success is written later, when it is known how the sign-in ended: by `rememberTicket` or
    // `recordEnd`.
    await this.#has.alarm.setBy();
    return verdict;
  }

  /**
   * Whether a proof is known to be wrong. Asked for a familiar place that has used up its attempts. The answer costs
   * neither a query of D1 nor a row (S-43).
   */
  async recall(proof: ProofToRecall): Promise<"wrong" | "unsure"> {
    const answer = this.#has.signIns.recall(proof, Date.now());
    await this.#has.alarm.setBy();
    return answer;
  }

  /** For a name that belongs to nobody. Does the work of a wrong password (S-22), reads nothing and keeps nothing. */
  refuseStranger(evidence: Evidence): void {
    prove(evidence, []);
  }

  /** Decides about a request that a device signed. Writes nothing if the user does not have the key. */
  async proveKey(request: SignedRequest): Promise<SignatureVerdict> {
    const { user } = request;
    const covered = user === undefined || this.#has.erasure.covers(user.profile.subject.userId);
    if (covered || !this.#has.keyProofs.knows(request.keyHash)) return { kind: "unknown" };
    // Its next guard can be asked in a moment. Until then nothing is decided, and the answer is a 503.
    if (this.#has.tenancy.isLeaving || !(await this.#has.learn(user.profile))) throw new Error("the user moves");
    const verdict = this.#has.keyProofs.decide(request, Date.now());
    // The event of a success is written when it is known how the sign-in ended.
    await this.#has.alarm.setBy();
    return verdict;
  }

  /**
   * Remembers a ticket that Postern is about to relay. From now on the ticket lives. `profile`: given with the ticket
   * of a user, not of a meeting guest. `event`: the sign-in that ends with this ticket. `account`: the SID in the
   * ticket, if the ticket shows one.
   */
  async rememberTicket(
    ticket: RelayedTicket,
    profile?: Profile,
    event?: AuditedEvent,
    account?: string,
  ): Promise<Remembered> {
    const remembered = await this.#has.relay.remember({ ticket, profile, event, account });
    if (remembered === "remembered") await this.#has.alarm.setForExpiry(ticket.expiresAt);
    return remembered;
  }

  /**
   * Says whether the passive page may make a token for the user, or whether the edge may let a token through. A token is
   * let through once (S-88).
   */
  async passive(question: PassiveQuestion): Promise<PassiveVerdict> {
    try {
      return await this.#has.passive.take(question);
    } finally {
      if (question.kind === "issue") await this.#has.alarm.setForExpiry(question.until);
      else await this.#has.alarm.setBy();
    }
  }

  /** Records a sign-in that was proved and ended without a ticket. */
  async recordEnd(event: AuditedEvent): Promise<void> {
    if (this.#has.erasure.covers(event.userId)) return;
    this.#has.audit.record(event);
    await this.#has.alarm.setBy();
  }

  /**
   * Decides whether a request with a ticket is served. For a dead ticket it writes nothing. Most of a gateway's calls
   * are this one: a word costs less on its way back than an object.
   */
  async verdictOn(question: BriefQuestion): Promise<TicketVerdict["kind"]> {
    const { kind } = this.#has.decisions.judge(question, Date.now());
    await this.#has.alarm.setBy();
    return kind;
  }

  /** The same for a Worker of release 0.1.0. */
  async judge(question: TicketQuestion): Promise<TicketVerdict> {
    const verdict = this.#has.decisions.judge(question, Date.now());
    await this.#has.alarm.setBy();
    return verdict;
  }

  /** Returns those of the given tickets that live. Writes nothing. */
  living(ids: readonly string[]): string[] {
    const now = Date.now();
    return ids.filter((id) => this.#has.tickets.find(id, now) !== undefined);
  }

  /** Decides about a device that names itself. */
  async nameDevice(naming: Naming): Promise<TicketVerdict> {
    try {
      return await this.#has.decisions.name(naming);
    } finally {
      await this.#has.alarm.setBy();
    }
  }

  /**
   * The Front-End has accepted the request in which the device named itself, and may have issued a certificate. When
   * this returns, the guard remembers the certificate's key, and D1 has the device if it was provisional.
   */
  async confirmDevice(confirmation: Confirmation): Promise<TicketVerdict> {
    const verdict = this.#has.decisions.confirm(confirmation, Date.now());
    try {
      if (verdict.provisional === true) await this.#has.alarm.saveDevices();
      return verdict;
    } finally {
      await this.#has.alarm.setBy();
    }
  }

  /** Another user names a device id of this user. Returns whether this user gave the id up, here and in D1. */
  async yieldClaim(wanted: Wanted, about: EventContext): Promise<boolean> {
    if (this.#has.tenancy.isLeaving) return false; // its next guard can be asked in a moment
    const yielded = this.#has.decisions.yieldClaim(wanted, about);
    try {
      if (yielded) await this.#has.alarm.saveDevices();
      return yielded;
    } finally {
      await this.#has.alarm.setBy();
    }
  }

  /** Records that another user has named a device of this user. */
  async noteForeignUse(about: EventContext, key: string): Promise<void> {
    this.#has.decisions.noteForeignUse(about, key);
    await this.#has.alarm.setBy();
  }

  /**
   * Carries out what an administrator decided. D1 has it when this returns. `moved`: D1 says meanwhile that the user
   * has another guard.
   */
  async command(profile: Profile, command: DeviceCommand): Promise<CommandOutcome | "moved"> {
    this.#has.signIns.forgetRecent();
    if (this.#has.tenancy.isLeaving) await this.#has.tenancy.settled();
    if (this.#has.erasure.covers(profile.subject.userId)) this.#has.erasure.lift();
    if (!(await this.#has.learn(profile))) return "moved";
    this.#has.portal.hear(command, Date.now());
    try {
      const outcome = await this.#has.commands.execute(command, Date.now());
      await this.#has.alarm.saveDevices();
      return outcome;
    } finally {
      await this.#has.alarm.setBy();
    }
  }

  /** Keeps, ends, looks at or uses up an invitation of the user. Using it is one synchronous step (S-56). */
  async invitation(profile: Profile, step: InvitationStep): Promise<InvitationAnswer> {
    if (this.#has.tenancy.isLeaving) await this.#has.tenancy.settled();
    if (this.#has.erasure.covers(profile.subject.userId)) return "not-good";
    if (!(await this.#has.learn(profile)) || this.#has.tenancy.isLeaving) return "moved";
    const answer = this.#has.invitation.answer(step, this.#has.snapshots.subject()?.disabled !== false, Date.now());
    if (step.kind === "open") await this.#has.alarm.setForExpiry(step.expiresAt);
    return answer;
  }

  /** One step about the user's factors and sessions of the portal (S-59, S-60, S-61). `moved`: as for a command. */
  async portal(profile: Profile, step: PortalStep): Promise<PortalAnswer | "moved"> {
    try {
      return await this.#has.portal.take(profile, step);
    } finally {
      if (step.kind === "ask-approval") await this.#has.alarm.setForExpiry(Date.now() + APPROVAL_LASTS_MS);
      else if ("session" in step) await this.#has.alarm.setForExpiry(Date.now() + step.session.lastsMs);
      else await this.#has.alarm.setBy();
    }
  }

  /** For a name that belongs to nobody. Does the work of a wrong passphrase (S-22), and keeps nothing. */
  refusePortalStranger(proof: CodeProof): void {
    this.#has.portal.refuseStranger(proof);
  }

  /** A sealing key is being changed: seals again what can be, and says what is left for the user to make again. */
  async reseal(userId: string): Promise<ResealedFactors> {
    return this.#has.portal.reseal(userId);
  }

  /** Keeps the policy that is in force from now on. */
  adoptPolicy(policy: VersionedPolicy): void {
    this.#has.snapshots.keepPolicy(policy);
  }

  /** The failures that count against this user's sign-ins now. */
  locks(): UserLocks {
    const capacity = this.#has.lockoutMode.limits.strangers.burst;
    if (!this.#has.tables.exist()) return { pairs: [], strangers: { level: 0, capacity, fullUntil: null } };
    return this.#has.lockout.locks(Date.now());
  }

  /** Forgets all failures. Familiar places stay familiar. Returns the networks whose failures it forgot. */
  clearLocks(): string[] {
    this.#has.signIns.forgetRecent();
    if (!this.#has.tables.exist()) return [];
    this.#has.codes.clear();
    return this.#has.lockout.clear();
  }

  /**
   * All rows of this guard (S-40), as JSON of `KeptRows`. Before, it writes to D1 the events that it has only counted.
   */
  async kept(): Promise<string> {
    if (this.#has.tables.exist()) await this.#has.audit.flushAll(openDatabase(this.env.DB), Date.now());
    return JSON.stringify(keptRows(this.#has.tables));
  }

  /** The networks from which somebody signed in as this user or failed to, familiar ones first. */
  networks(): string[] {
    return this.#has.networks();
  }

  /**
   * Forgets a user, and so ends the user's tickets. The audit has all events of the user by then; the caller takes the
   * user's name out of them. `moved`: the user has another guard. Throws when D1 fails; then the call has to be made
   * again.
   */
  async erase(userId: string, sipUri: string): Promise<"erased" | "moved"> {
    await this.#has.tenancy.settled();
    const again = this.#has.erasure.covers(userId);
    if (!again && !(await this.#has.tenancy.admits({ id: userId, sipUri }))) return "moved";
    const now = Date.now();
    this.#has.erasure.begin(userId, now);
    this.#has.tickets.forget();
    await this.#has.audit.flushAll(openDatabase(this.env.DB), now);
    const keepLeft = this.#has.moves.keepLeft();
    await this.#drop();
    keepLeft();
    const until = this.#has.erasure.keep();
    if (until !== undefined) await this.ctx.storage.setAlarm(until);
    return "erased";
  }

  /**
   * One step of a move to another address. Throws when the move is not finished. Then the alarm goes on with it, and so
   * does the same call.
   */
  async move(step: MoveStep): Promise<MoveOutcome> {
    this.#has.signIns.forgetRecent();
    if (step.kind === "go") await this.#has.alarm.setForMove();
    return this.#has.tenancy.step(step);
  }

  /** Gives a copy for a backup, merges one into this guard, or compares the guard with D1 (S-76, S-77). */
  async backup(step: BackupStep): Promise<BackupAnswer> {
    if (step.kind !== "copy") this.#has.signIns.forgetRecent();
    try {
      return await this.#has.backups.take(step);
    } finally {
      if (this.#has.tables.exist()) await this.#has.alarm.setForCleaning();
    }
  }

  /** Writes devices and the audit to D1, and forgets what has expired. When nothing is left, deletes all storage. */
  override async alarm(): Promise<void> {
    if (await this.#has.alarm.ring()) return;
    const isEmpty = this.#has.devices.all().length === 0 && this.#has.portal.isEmpty;
    if (isEmpty && this.#has.decisions.claims.newcomers === 0) await this.#drop();
  }

  async #drop(): Promise<void> {
    this.#has.tickets.forget();
    this.#has.audit.forget();
    this.#has.forgetCopies();
    await this.#has.tables.drop();
  }
}

/** The user is moving to another guard, or has just moved. The caller has to ask D1 again. */
const MOVED: SignInVerdict = { kind: "unavailable", reason: "user-moved" };
