// The guard of one user, a Durable Object. It decides the user's sign-ins one after the other. It consumes each
// challenge once (S-3). It counts every attempt before it verifies the proof (S-20). It remembers which tickets Postern
// relayed, and it owns the user's devices. Each decision is one synchronous step, so no other request can come between.
// The guard asks D1 only about what is new to it. It writes its decisions to D1 from its alarm, an administrator's
// decisions at once.

import { DurableObject } from "cloudflare:workers";
import { ROWS_OF_A_USER } from "../audit/cadence.ts";
import type { AuditedEvent, EventContext } from "../audit/event.ts";
import { readAuthority } from "../core/authority/settings.ts";
import { codeHoldsForMs } from "../core/credentials/code-settings.ts";
import { type Evidence, prove } from "../core/credentials/evidence.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import { type Lockout, lockoutOf } from "../core/lockout/mode.ts";
import type { GuardEnv, UserGuardCalls } from "../guards/calls.ts";
import type { Wanted } from "../guards/claim.ts";
import type { CommandOutcome, DeviceCommand } from "../guards/device-command.ts";
import { GuardAudit } from "../guards/guard-audit.ts";
import type { InvitationAnswer, InvitationStep } from "../guards/invitation-question.ts";
import type { MoveOutcome, MoveStep } from "../guards/move.ts";
import type { CodeProof, PortalAnswer, PortalStep } from "../guards/portal-question.ts";
import type { Profile, VersionedPolicy } from "../guards/profile.ts";
import type { SignatureVerdict, SignedRequest } from "../guards/proof-question.ts";
import type { RelayedTicket, Remembered } from "../guards/relayed-ticket.ts";
import { guardOf } from "../guards/route.ts";
import type { ProofToRecall, SignInAttempt, SignInVerdict } from "../guards/sign-in-question.ts";
import { LazyTables } from "../guards/storage.ts";
import type { Confirmation, Naming, TicketQuestion, TicketVerdict } from "../guards/ticket-question.ts";
import type { UserLocks } from "../guards/user-locks.ts";
import { noticesOf } from "../notices/settings.ts";
import { webhookAuthority } from "../origin/authority.ts";
import { deliveryAtOnce } from "../post/at-once.ts";
import { openDatabase } from "../store/database.ts";
import { UserAlarm } from "./alarm.ts";
import { CodeTable } from "./code-table.ts";
import { DeviceCommands } from "./device-commands.ts";
import { DeviceDecisions } from "./device-decisions.ts";
import { Erasure } from "./erasure.ts";
import { Inquiries } from "./inquiries.ts";
import { keptRows } from "./kept.ts";
import { KeyProofs } from "./key-proofs.ts";
import { learn } from "./learn.ts";
import { MoveRecord } from "./move-record.ts";
import { OpenInvitation } from "./open-invitation.ts";
import { OwnPages } from "./own-pages.ts";
import { PartnershipTable } from "./partnership-table.ts";
import { PortalRoom } from "./portal-room.ts";
import { SCHEMA_STEPS } from "./schema.ts";
import { SignIns } from "./sign-ins.ts";
import { Snapshots } from "./snapshots.ts";
import { Tenancy } from "./tenancy.ts";
import { TicketRelay } from "./ticket-relay.ts";
import { TicketTable } from "./ticket-table.ts";
import { UsedOnce } from "./used-once.ts";
import { UserLockout } from "./user-lockout.ts";
import { Witness } from "./witness.ts";

export class UserGuard extends DurableObject<GuardEnv> implements UserGuardCalls {
  readonly #lockoutMode: Lockout;
  readonly #tables: LazyTables;
  readonly #tickets: TicketTable;
  readonly #lockout: UserLockout;
  readonly #codes: CodeTable;
  readonly #audit: GuardAudit;
  readonly #witness = new Witness();
  readonly #devices: PartnershipTable;
  readonly #snapshots: Snapshots;
  readonly #signIns: SignIns;
  readonly #inquiries: Inquiries;
  readonly #keyProofs: KeyProofs;
  readonly #decisions: DeviceDecisions;
  readonly #commands: DeviceCommands;
  readonly #erasure: Erasure;
  readonly #moves: MoveRecord;
  readonly #invitation: OpenInvitation;
  readonly #portal: PortalRoom;
  readonly #tenancy: Tenancy;
  readonly #relay: TicketRelay;
  readonly #alarm: UserAlarm;

  constructor(ctx: DurableObjectState, env: GuardEnv) {
    super(ctx, env);
    // A faulty list of keys throws no exception here: the guard then opens no challenge.
    const parsed = parseKeyring(String(env.SEALING_KEYS ?? ""));
    const keyring = parsed.ok ? parsed.value : undefined;
    this.#lockoutMode = lockoutOf(env);
    this.#tables = new LazyTables(ctx.storage, SCHEMA_STEPS);
    this.#tickets = new TicketTable(this.#tables);
    const challenges = new UsedOnce(this.#tables, "used_challenges");
    const signatures = new UsedOnce(this.#tables, "used_signatures");
    this.#lockout = new UserLockout(this.#tables.exec, this.#lockoutMode.limits);
    this.#codes = new CodeTable(this.#tables.exec, this.#lockoutMode.limits.codes, codeHoldsForMs(env));
    const notices = noticesOf(env);
    this.#audit = new GuardAudit(this.#tables, ROWS_OF_A_USER, notices, (event) => this.#witness.note(event));
    this.#devices = new PartnershipTable(this.#tables);
    this.#snapshots = new Snapshots(this.#tables);
    this.#erasure = new Erasure(this.#tables);
    const parts = {
      devices: this.#devices,
      snapshots: this.#snapshots,
      tickets: this.#tickets,
      audit: this.#audit,
      db: () => openDatabase(env.DB),
    };
    // A fault in its configuration stops the gateway before it asks any guard.
    const settings = readAuthority(env, []);
    const authority = settings && webhookAuthority(settings);
    this.#inquiries = new Inquiries({ ...parts, tables: this.#tables, authority });
    this.#decisions = new DeviceDecisions({
      ...parts,
      inquiries: this.#inquiries,
      tellOwner: (sipUri, about, key) => guardOf(env, sipUri).noteForeignUse(about, key),
      askToYield: (sipUri, wanted, about) => guardOf(env, sipUri).yieldClaim(wanted, about),
    });
    this.#commands = new DeviceCommands({ ...parts, inquiries: this.#inquiries }, this.#decisions);
    this.#keyProofs = new KeyProofs({ ...parts, signatures, decisions: this.#decisions });
    this.#moves = new MoveRecord(this.#tables);
    this.#invitation = new OpenInvitation(this.#tables);
    this.#tenancy = new Tenancy({
      ...parts,
      ...{ tables: this.#tables, record: this.#moves, erasure: this.#erasure, guards: env },
      settleDevices: async () => {
        await this.#decisions.claims.idle();
        await this.#alarm.saveDevices();
      },
      networks: () => this.networks(),
      atOnce: (work) => ctx.storage.transactionSync(work),
      forgetCopies: () => this.#forgetCopies(),
      cleanUpLater: () => this.#alarm.setForCleaning(),
    });
    this.#relay = new TicketRelay({
      ...parts,
      ...{ decisions: this.#decisions, keyProofs: this.#keyProofs, tenancy: this.#tenancy },
      learn: (profile) => this.#learn(profile),
    });
    this.#portal = new PortalRoom({
      ...parts,
      ...{ tables: this.#tables, keyring, dryRun: this.#lockoutMode.dryRun, lockout: this.#lockout },
      ...{ guesses: this.#codes, invitation: this.#invitation },
      own: new OwnPages({ ...parts, decisions: this.#decisions, witness: this.#witness }),
      ...{ tenancy: this.#tenancy, erasure: this.#erasure, learn: (profile) => this.#learn(profile) },
    });
    this.#alarm = new UserAlarm({
      ...parts,
      ...{ storage: ctx.storage, tenancy: this.#tenancy, inquiries: this.#inquiries },
      deliverMail:
        keyring && deliveryAtOnce({ env, notices, keyring, portal: env.PORTAL_HOST && `https://${env.PORTAL_HOST}` }),
      expiring: [
        ...[challenges, signatures, this.#tickets, this.#lockout, this.#snapshots],
        ...[this.#decisions, this.#erasure, this.#moves, this.#inquiries, this.#invitation, this.#codes, this.#portal],
      ],
    });
    this.#signIns = new SignIns({
      keyring,
      dryRun: this.#lockoutMode.dryRun,
      lockout: this.#lockout,
      challenges,
      codes: { codes: () => this.#portal.codes, table: this.#codes },
      audit: this.#audit,
      db: parts.db,
      isDead: (credentialId) => this.#snapshots.isDead(credentialId),
      isBlocked: (credentialId) => this.#decisions.isBlocked(credentialId),
      later: (work) => ctx.waitUntil(work),
    });
  }

  /** Decides one sign-in. Each call consumes one challenge, whatever the verdict is. */
  async signIn(attempt: SignInAttempt): Promise<SignInVerdict> {
    if (!(await this.#tenancy.admits(attempt.user))) {
      prove(attempt.evidence, []); // as much work as a wrong password
      return this.#erasure.covers(attempt.user.id) ? { kind: "refused" } : MOVED;
    }
    const now = Date.now();
    const decided = this.#signIns.decide(attempt, now);
    // A wrong password is refused as usual even while its user moves. A right one has to come again when the user has
    // arrived.
    const verdict = decided.kind === "signed-in" && this.#tenancy.isLeaving ? MOVED : decided;
    const revoked = attempt.user.revoked.map(({ id }) => id);
    this.#commands.noticeRevoked(revoked, attempt.about, now);
    // The event of a success is written later, when it is known how the sign-in ended: by `rememberTicket` or
    // `recordEnd`.
    await this.#alarm.setBy();
    return verdict;
  }

  /**
   * Whether a proof is known to be wrong. Asked for a familiar place that has used up its attempts. The answer costs
   * neither a query of D1 nor a row (S-43).
   */
  async recall(proof: ProofToRecall): Promise<"wrong" | "unsure"> {
    const answer = this.#signIns.recall(proof, Date.now());
    await this.#alarm.setBy();
    return answer;
  }

  /** For a name that belongs to nobody. Does the work of a wrong password (S-22), reads nothing and keeps nothing. */
  refuseStranger(evidence: Evidence): void {
    prove(evidence, []);
  }

  /** Decides about a request that a device signed. Writes nothing if the user does not have the key. */
  async proveKey(request: SignedRequest): Promise<SignatureVerdict> {
    const { user } = request;
    const covered = user === undefined || this.#erasure.covers(user.profile.subject.userId);
    if (covered || !this.#keyProofs.knows(request.keyHash)) return { kind: "unknown" };
    // Its next guard can be asked in a moment. Until then nothing is decided, and the answer is a 503.
    if (this.#tenancy.isLeaving || !(await this.#learn(user.profile))) throw new Error("the user moves");
    const verdict = this.#keyProofs.decide(request, Date.now());
    // The event of a success is written when it is known how the sign-in ended.
    await this.#alarm.setBy();
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
    const remembered = await this.#relay.remember({ ticket, profile, event, account });
    if (remembered === "remembered") await this.#alarm.setForExpiry(ticket.expiresAt);
    return remembered;
  }

  /** Keeps what a sign-in has read about its user. False: the user has another guard. */
  #learn(profile: Profile): Promise<boolean> {
    const db = () => openDatabase(this.env.DB);
    return learn({ db, snapshots: this.#snapshots, devices: this.#devices, tenancy: this.#tenancy }, profile);
  }

  /** Records a sign-in that was proved and ended without a ticket. */
  async recordEnd(event: AuditedEvent): Promise<void> {
    if (this.#erasure.covers(event.userId)) return;
    this.#audit.record(event);
    await this.#alarm.setBy();
  }

  /** Decides whether a request with a ticket is served. For a dead ticket it writes nothing. */
  async judge(question: TicketQuestion): Promise<TicketVerdict> {
    const verdict = this.#decisions.judge(question, Date.now());
    await this.#alarm.setBy();
    return verdict;
  }

  /** Returns those of the given tickets that live. Writes nothing. */
  living(ids: readonly string[]): string[] {
    const now = Date.now();
    return ids.filter((id) => this.#tickets.find(id, now) !== undefined);
  }

  /** Decides about a device that names itself. */
  async nameDevice(naming: Naming): Promise<TicketVerdict> {
    try {
      return await this.#decisions.name(naming);
    } finally {
      await this.#alarm.setBy();
    }
  }

  /**
   * The Front-End has accepted the request in which the device named itself, and may have issued a certificate. When
   * this returns, the guard remembers the certificate's key, and D1 has the device if it was provisional.
   */
  async confirmDevice(confirmation: Confirmation): Promise<TicketVerdict> {
    const verdict = this.#decisions.confirm(confirmation, Date.now());
    try {
      if (verdict.provisional === true) await this.#alarm.saveDevices();
      return verdict;
    } finally {
      await this.#alarm.setBy();
    }
  }

  /** Another user names a device id of this user. Returns whether this user gave the id up, here and in D1. */
  async yieldClaim(wanted: Wanted, about: EventContext): Promise<boolean> {
    if (this.#tenancy.isLeaving) return false; // its next guard can be asked in a moment
    const yielded = this.#decisions.yieldClaim(wanted, about);
    try {
      if (yielded) await this.#alarm.saveDevices();
      return yielded;
    } finally {
      await this.#alarm.setBy();
    }
  }

  /** Records that another user has named a device of this user. */
  async noteForeignUse(about: EventContext, key: string): Promise<void> {
    this.#decisions.noteForeignUse(about, key);
    await this.#alarm.setBy();
  }

  /**
   * Carries out what an administrator decided. D1 has it when this returns. `moved`: D1 says meanwhile that the user
   * has another guard.
   */
  async command(profile: Profile, command: DeviceCommand): Promise<CommandOutcome | "moved"> {
    this.#signIns.forgetRecent();
    if (this.#tenancy.isLeaving) await this.#tenancy.settled();
    if (this.#erasure.covers(profile.subject.userId)) this.#erasure.lift();
    if (!(await this.#learn(profile))) return "moved";
    this.#portal.hear(command, Date.now());
    try {
      const outcome = await this.#commands.execute(command, Date.now());
      await this.#alarm.saveDevices();
      return outcome;
    } finally {
      await this.#alarm.setBy();
    }
  }

  /** Keeps, ends, looks at or uses up an invitation of the user. Using it is one synchronous step (S-56). */
  async invitation(profile: Profile, step: InvitationStep): Promise<InvitationAnswer> {
    if (this.#tenancy.isLeaving) await this.#tenancy.settled();
    if (this.#erasure.covers(profile.subject.userId)) return "not-good";
    if (!(await this.#learn(profile)) || this.#tenancy.isLeaving) return "moved";
    const answer = this.#invitation.answer(step, this.#snapshots.subject()?.disabled !== false, Date.now());
    if (step.kind === "open") await this.#alarm.setForExpiry(step.expiresAt);
    return answer;
  }

  /** One step about the user's factors and sessions of the portal (S-59, S-60, S-61). `moved`: as for a command. */
  async portal(profile: Profile, step: PortalStep): Promise<PortalAnswer | "moved"> {
    try {
      return await this.#portal.take(profile, step);
    } finally {
      if ("session" in step) await this.#alarm.setForExpiry(Date.now() + step.session.lastsMs);
      else await this.#alarm.setBy();
    }
  }

  /** For a name that belongs to nobody. Does the work of a wrong passphrase (S-22), and keeps nothing. */
  refusePortalStranger(proof: CodeProof): void {
    this.#portal.refuseStranger(proof);
  }

  /** Keeps the policy that is in force from now on. */
  adoptPolicy(policy: VersionedPolicy): void {
    this.#snapshots.keepPolicy(policy);
  }

  /** The failures that count against this user's sign-ins now. */
  locks(): UserLocks {
    const capacity = this.#lockoutMode.limits.strangers.burst;
    if (!this.#tables.exist()) return { pairs: [], strangers: { level: 0, capacity, fullUntil: null } };
    return this.#lockout.locks(Date.now());
  }

  /** Forgets all failures. Familiar places stay familiar. Returns the networks whose failures it forgot. */
  clearLocks(): string[] {
    this.#signIns.forgetRecent();
    if (!this.#tables.exist()) return [];
    this.#codes.clear();
    return this.#lockout.clear();
  }

  /**
   * All rows of this guard (S-40), as JSON of `KeptRows`. Before, it writes to D1 the events that it has only counted.
   */
  async kept(): Promise<string> {
    if (this.#tables.exist()) await this.#audit.flushAll(openDatabase(this.env.DB), Date.now());
    return JSON.stringify(keptRows(this.#tables));
  }

  /** The networks from which somebody signed in as this user or failed to, familiar ones first. */
  networks(): string[] {
    return this.#tables.exist() ? this.#lockout.networks() : [];
  }

  /**
   * Forgets a user, and so ends the user's tickets. The audit has all events of the user by then; the caller takes the
   * user's name out of them. `moved`: the user has another guard. Throws when D1 fails; then the call has to be made
   * again.
   */
  async erase(userId: string, sipUri: string): Promise<"erased" | "moved"> {
    await this.#tenancy.settled();
    const again = this.#erasure.covers(userId);
    if (!again && !(await this.#tenancy.admits({ id: userId, sipUri }))) return "moved";
    const now = Date.now();
    this.#erasure.begin(userId, now);
    this.#tickets.forget();
    await this.#audit.flushAll(openDatabase(this.env.DB), now);
    const keepLeft = this.#moves.keepLeft();
    await this.#drop();
    keepLeft();
    const until = this.#erasure.keep();
    if (until !== undefined) await this.ctx.storage.setAlarm(until);
    return "erased";
  }

  /**
   * One step of a move to another address. Throws when the move is not finished. Then the alarm goes on with it, and so
   * does the same call.
   */
  async move(step: MoveStep): Promise<MoveOutcome> {
    this.#signIns.forgetRecent();
    if (step.kind === "go") await this.#alarm.setForMove();
    return this.#tenancy.step(step);
  }

  /** Writes devices and the audit to D1, and forgets what has expired. When nothing is left, deletes all storage. */
  override async alarm(): Promise<void> {
    if (await this.#alarm.ring()) return;
    const isEmpty = this.#devices.all().length === 0 && this.#portal.isEmpty;
    if (isEmpty && this.#decisions.claims.newcomers === 0) await this.#drop();
  }

  async #drop(): Promise<void> {
    this.#tickets.forget();
    this.#audit.forget();
    this.#forgetCopies();
    await this.#tables.drop();
  }

  /** The tables have changed, so memory drops its copies. */
  #forgetCopies(): void {
    this.#devices.forget();
    this.#inquiries.forget();
    this.#snapshots.forget();
    this.#moves.forget();
    this.#signIns.forgetRecent();
    this.#witness.forget();
  }
}

/** The user is moving to another guard, or has just moved. The caller has to ask D1 again. */
const MOVED: SignInVerdict = { kind: "unavailable", reason: "user-moved" };
