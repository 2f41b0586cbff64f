// One Durable Object per client network. It counts the failures from there under any name, so that trying many users
// from one place is as hard as trying one (S-23). It sees no password and no ticket. It also shields the users' guards:
// what it refuses itself wakes none of them and reads nothing from D1, so an attack on one name costs only the object
// of its own network. What it counts depends on the name as it was typed and on what was presented, never on whether
// the name belongs to somebody (S-22).

import { DurableObject } from "cloudflare:workers";
import { ROWS_OF_A_NETWORK } from "../audit/cadence.ts";
import { auditEvent, type Decision, type EventContext } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { normaliseName } from "../core/credentials/names.ts";
import { emptyAt, fullUntil, type Level, levelAt, levelWith } from "../core/lockout/counter.ts";
import { networkWait, type Wait } from "../core/lockout/decision.ts";
import { type Lockout, lockoutOf } from "../core/lockout/mode.ts";
import { BoundedMap, bytesOfText } from "../core/text/bounded-map.ts";
import { wakeBy } from "../guards/alarm.ts";
import { AskedTogether } from "../guards/asked-together.ts";
import { OUTBOX_SCHEMA } from "../guards/audit-outbox.ts";
import { QUOTA_SCHEMA } from "../guards/audit-quota.ts";
import type { GuardEnv, SourceGuardCalls } from "../guards/calls.ts";
import { GuardAudit } from "../guards/guard-audit.ts";
import type {
  Admission,
  NetworkLock,
  Owner,
  Settled,
  Settlement,
  TicketAdmission,
  Who,
} from "../guards/network-question.ts";
import type { RefusedProof } from "../guards/proof-question.ts";
import { guardOf, whoKey } from "../guards/route.ts";
import { LazyTables, type SchemaStep } from "../guards/storage.ts";
import { eventPoint } from "../metrics/analytics.ts";
import { openDatabase } from "../store/database.ts";
import { DEAD_TICKETS_SCHEMA, DeadTickets } from "./dead-tickets.ts";
import { FAMILIAR_SCHEMA, FamiliarUsers } from "./familiar-users.ts";
import { NameWaits } from "./name-waits.ts";
import { TriedProofs } from "./tried-proofs.ts";

/** All steps so far. A released step is never changed: docs/design/0012-guard-schema.md. */
export const SCHEMA_STEPS: readonly SchemaStep[] = [
  [
    "CREATE TABLE IF NOT EXISTS network (id INTEGER PRIMARY KEY, source TEXT NOT NULL, level REAL NOT NULL, at INTEGER NOT NULL)",
    FAMILIAR_SCHEMA,
    OUTBOX_SCHEMA,
    QUOTA_SCHEMA,
    DEAD_TICKETS_SCHEMA,
  ],
];
/** How often the guard looks for what has expired, ms: failures come and go with every sign-in. */
const CLEAN_UP_EVERY_MS = 600_000;
/**
 * Bytes, for each of two: the names that have to wait here, and the names whose user is known. Both are in memory only.
 */
const MAX_NAMES_BYTES = 1_000_000;
/**
 * When the same proof comes many times at once, an attempt waits for this many of them, one after the other. Two or
 * three that are wrong are enough to know.
 */
const MAX_TURNS = 8;
/** How many other attempts an attempt waits for, when it would be refused only if all of them fail. */
const MAX_TURNS_UNDECIDED = 50;

export class SourceGuard extends DurableObject<GuardEnv> implements SourceGuardCalls {
  readonly #lockoutMode: Lockout;
  readonly #tables: LazyTables;
  readonly #audit: GuardAudit;
  readonly #familiar: FamiliarUsers;
  readonly #deadTickets: DeadTickets;
  readonly #askedTogether: AskedTogether;
  /**
   * A copy of what users' guards said, so that they need not say it again. It is lost with the object, which does no
   * harm.
   */
  readonly #held = new BoundedMap<number>(MAX_NAMES_BYTES);
  /** The user who has the name, if a guard or the directory has said so. It is kept in memory as well. */
  readonly #owners = new BoundedMap<Owner>(
    MAX_NAMES_BYTES,
    ({ userId, user }) => bytesOfText(userId) + bytesOfText(user),
  );
  /** A copy of the network's row, once it is read; this object alone writes it. `row` undefined: there is none. */
  #counted: { readonly row: Level | undefined } | undefined;
  readonly #waits: NameWaits;
  readonly #tried = new TriedProofs();

  constructor(ctx: DurableObjectState, env: GuardEnv) {
    super(ctx, env);
    this.#lockoutMode = lockoutOf(env);
    this.#tables = new LazyTables(ctx.storage, SCHEMA_STEPS);
    this.#familiar = new FamiliarUsers(this.#tables);
    this.#waits = new NameWaits(this.#lockoutMode.limits.stranger);
    this.#audit = new GuardAudit(this.#tables, ROWS_OF_A_NETWORK, undefined, (event) => eventPoint(env.METRICS, event));
    this.#deadTickets = new DeadTickets(this.#tables);
    this.#askedTogether = new AskedTogether((sipUri, ids) => guardOf(env, sipUri).living(ids));
  }

  /** Counts one attempt as a failure, durably, before anybody looks at it (S-20); or refuses it. */
  async reserve(about: EventContext, who: Who): Promise<Admission> {
    for (let turns = 0; turns < MAX_TURNS; turns++) {
      const pending = this.#tried.pending(who.name, who.proof, Date.now());
      if (pending === undefined) break;
      await pending;
    }
    for (let turns = 0; turns < MAX_TURNS_UNDECIDED; turns++) {
      const undecided = this.#waits.undecided(who, Date.now());
      if (undecided === undefined || this.#familiar.has(who, Date.now())) break;
      await undecided;
    }
    const now = Date.now();
    const admission = this.#admit(about, who, now);
    await this.#wakeBy(admission.kind === "refused" ? undefined : now + CLEAN_UP_EVERY_MS);
    return admission;
  }

  #admit(about: EventContext, who: Who, now: number): Admission {
    const { dryRun, limits } = this.#lockoutMode;
    const tried = this.#tried.look(who.name, who.proof, now);
    if (tried === "wrong" && !dryRun) return this.#refuse(about, who.name, { reason: "repeated" }, now);
    const familiar = this.#familiar.has(who, now);
    const network = this.#network();
    const own = this.#waits.until(who, now);
    if (familiar && (own ?? fullUntil(network, limits.network, now)) !== undefined) {
      const owner = this.#owners.get(who.name);
      return { kind: "familiar", ...(owner !== undefined && { owner }) };
    }
    const wait = own === undefined ? networkWait(network, familiar, limits.network, now) : waiting(own);
    if (wait !== undefined && !dryRun) {
      const decision = { reason: wait.reason, waitUntil: wait.until };
      return this.#refuse(about, own === undefined ? undefined : who.name, decision, now);
    }
    const counted = tried === "new";
    if (counted) {
      this.#change(about.source, 1, now);
      this.#waits.count(who, now);
    }
    this.#tried.note(who.name, who.proof, now);
    // This comes after the count, so that the count does not show whether a user's guard took part.
    const held = this.#held.get(who.name) ?? 0;
    if (held > now && !familiar && !dryRun) {
      this.#tried.ended(who.name, who.proof);
      return this.#refuse(about, who.name, { reason: "waiting", waitUntil: held }, now);
    }
    return { kind: "admitted", counted, ...(wait && { wouldRefuse: wait.reason }) };
  }

  /** `name`: its key; undefined: the limit counts for every name. */
  #refuse(about: EventContext, name: string | undefined, decision: Omit<Decision, "outcome">, now: number): Admission {
    const owner = name === undefined ? undefined : this.#owners.get(name);
    this.#audit.recordRefusal(
      `${name ?? ""}\0${decision.reason}`,
      auditEvent(about, { ...decision, ...owner, outcome: "refused" }, now),
    );
    return { kind: "refused" };
  }

  /** Keeps what the end of an attempt tells about the next ones. */
  async settle(about: EventContext, who: Who, end: Settlement, { counted, owner }: Settled): Promise<void> {
    const now = Date.now();
    if (owner !== undefined) this.#owners.set(who.name, owner);
    this.#tried.ended(who.name, who.proof);
    switch (end.kind) {
      case "not-counted":
        this.#takeBack(about.source, who, counted, now);
        this.#tried.forget(who.name, who.proof);
        break;
      case "recognised":
        this.#takeBack(about.source, who, counted, now);
        this.#waits.recognised(who, now);
        if (end.lasting) this.#tried.wrong(who.name, who.proof, now);
        break;
      case "wrong":
        this.#tried.wrong(who.name, who.proof, now);
        break;
      case "held":
        this.#held.set(who.name, end.until);
        break;
      case "known":
        return;
      case "signed-in":
        this.#signedIn(about.source, who, end, { counted, ...(owner && { owner }) }, now);
        break;
    }
    await this.#wakeBy(now + CLEAN_UP_EVERY_MS);
  }

  #takeBack(source: string, who: Who, counted: boolean, now: number): void {
    if (!counted) return;
    this.#change(source, -1, now);
    this.#waits.takeBack(who, now);
  }

  #signedIn(
    source: string,
    who: Who,
    { forgiven, names = [] }: Settlement & { kind: "signed-in" },
    { counted, owner }: Settled,
    now: number,
  ): void {
    // Takes back only what was counted here. An attempt that passed as familiar was not counted.
    const itself = counted ? 1 : 0;
    const explained = itself + Math.min(forgiven, Math.max(0, this.#waits.countedFor(who) - itself));
    if (explained > 0) this.#change(source, -explained, now);
    this.#tried.forget(who.name, who.proof);
    for (const name of new Set([who.name, ...names])) {
      this.#held.delete(name);
      this.#waits.succeeded({ name, client: who.client }, counted && name === who.name, now);
      this.#familiar.add({ ...who, name }, now);
      if (owner !== undefined) this.#owners.set(name, owner);
    }
  }

  /**
   * The name belongs to nobody, so no user's guard can tell the audit. This guard does, without the name. `reason`:
   * what else was wrong, such as the code of an invitation.
   */
  async recordStranger(
    about: EventContext,
    who: Who,
    wouldRefuse?: AuditReason,
    reason: AuditReason = "unknown-user",
  ): Promise<void> {
    const now = Date.now();
    const waitUntil = fullUntil(this.#network(), this.#lockoutMode.limits.network, now);
    const decision = { outcome: "refused", reason, waitUntil, wouldRefuse } as const;
    const event = auditEvent(about, decision, now);
    this.#tried.ended(who.name, who.proof);
    if (this.#tried.wrong(who.name, who.proof, now)) this.#audit.recordRefusal(`${who.name}\0${reason}`, event);
    else this.#audit.record(event);
    await this.#wakeBy();
  }

  /**
   * A signed request from here was refused. The same key once more is the same mistake, and counts once. A network that
   * is full already is not made fuller.
   */
  async refuseProof(about: EventContext, who: Who, { reason, why, owner, counts }: RefusedProof): Promise<void> {
    const now = Date.now();
    const waitUntil = fullUntil(this.#network(), this.#lockoutMode.limits.network, now);
    if (counts !== "reserved") {
      const isNew = this.#tried.look(who.name, who.proof, now) === "new";
      if (counts === "failure" && isNew && waitUntil === undefined) this.#change(about.source, 1, now);
      this.#tried.note(who.name, who.proof, now);
    }
    this.#tried.ended(who.name, who.proof);
    if (reason !== undefined) {
      const repeated = reason === "key-unknown" && this.#tried.wrong(who.name, who.proof, now);
      const event = auditEvent(about, { outcome: "refused", reason, why, ...owner, waitUntil }, now);
      if (reason === "key-unknown" && !repeated) this.#audit.record(event);
      else this.#audit.recordRefusal(`${who.name}\0${reason}`, event);
    }
    await this.#wakeBy(now + CLEAN_UP_EVERY_MS);
  }

  /** A ticket from here was dead. Returns until when this network is over its handful, ms (S-44). */
  async countDeadTicket(): Promise<number | undefined> {
    const now = Date.now();
    const until = this.#deadTickets.count(now);
    await this.#wakeBy(now + CLEAN_UP_EVERY_MS);
    return until;
  }

  /**
   * Whether a ticket from here may go on to its user's guard although no isolate knows it. A stranger's question wakes
   * no other guard.
   */
  async admitTicket(sipUri: string, id: string): Promise<TicketAdmission> {
    const now = Date.now();
    const crowdedUntil = this.#deadTickets.fullUntil(now);
    if (this.#hasSignedIn(sipUri, now)) {
      const alive = await this.#askedTogether.lives(sipUri, id, now);
      return { kind: alive ? "alive" : "refused", crowdedUntil };
    }
    if (crowdedUntil !== undefined && !this.#lockoutMode.dryRun) return { kind: "refused", crowdedUntil };
    return { kind: "counted", crowdedUntil: await this.countDeadTicket() };
  }

  /** A ticket that was counted as dead proved to be alive. */
  async takeBackTicket(): Promise<void> {
    this.#deadTickets.takeBack(Date.now());
  }

  /** What counts against this network, computed now. */
  lock(): Omit<NetworkLock, "source"> {
    const now = Date.now();
    const { network } = this.#lockoutMode.limits;
    const level = this.#network();
    return {
      level: levelAt(level, network, now),
      capacity: network.burst,
      waitUntil: fullUntil(level, network, now) ?? null,
      familiarUsers: this.#familiar.count(),
    };
  }

  /** Forgets what counts against the network; with names (`whoKey`) given, only what counts against these. */
  clear(names?: readonly string[]): void {
    this.#waits.clear(names);
    this.#tried.clear(names);
    for (const name of names ?? [...this.#held.keys()]) this.#held.delete(name);
    if (names !== undefined) return;
    this.#deadTickets.clear();
    if (this.#tables.exist()) this.#tables.exec("DELETE FROM network").toArray();
    this.#counted = undefined;
  }

  /** When users of these names (`whoKey`) signed in from here last, ms. */
  familiarSince(names: readonly string[]): number[] {
    return this.#familiar.since(names);
  }

  /** Forgets a user who has these names (`whoKey`). D1 has all events about the user when this returns. */
  async forgetUser(names: readonly string[]): Promise<void> {
    this.clear(names);
    for (const name of names) this.#owners.delete(name);
    if (!this.#tables.exist()) return;
    this.#familiar.forget(names);
    await this.#audit.flushAll(openDatabase(this.env.DB), Date.now());
  }

  /** Takes the audit to D1 and forgets what has expired. When nothing is left, deletes the object itself. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    const due: number[] = [];
    const auditAt = await this.#audit.deliver(openDatabase(this.env.DB), now);
    if (auditAt !== undefined) due.push(auditAt);
    const strangeAgainAt = this.#familiar.expire(now);
    if (strangeAgainAt !== undefined) due.push(strangeAgainAt);
    const network = this.#network();
    const limits = this.#lockoutMode.limits.network;
    if (network !== undefined) due.push(Math.max(emptyAt(network, limits), now + CLEAN_UP_EVERY_MS));
    const ticketsForgotten = this.#deadTickets.emptyAt(now);
    if (ticketsForgotten !== undefined) due.push(Math.max(ticketsForgotten, now + CLEAN_UP_EVERY_MS));
    const kept = this.#audit.keptUntil(now);
    if (kept !== undefined) due.push(kept);
    if (due.length > 0) await this.ctx.storage.setAlarm(Math.min(...due));
    else {
      this.#audit.forget();
      this.#counted = undefined;
      this.#familiar.forgetCopies();
      await this.#tables.drop();
    }
  }

  /** Undefined when nothing counts any more. */
  #network(): Level | undefined {
    if (!this.#tables.exist()) return undefined;
    this.#counted ??= {
      row: this.#tables.exec<{ level: number; at: number }>("SELECT level, at FROM network").toArray()[0],
    };
    const { row } = this.#counted;
    return row !== undefined && levelAt(row, this.#lockoutMode.limits.network, Date.now()) > 0 ? row : undefined;
  }

  #change(source: string, change: number, now: number): void {
    const { level, at } = levelWith(this.#network(), change, this.#lockoutMode.limits.network, now);
    this.#tables
      .exec("INSERT OR REPLACE INTO network (id, source, level, at) VALUES (1, ?, ?, ?)", source, level, at)
      .toArray();
    this.#counted = { row: { level, at } };
  }

  /** Whether this user has signed in from here lately, with any client. */
  #hasSignedIn(sipUri: string, now: number): boolean {
    const name = normaliseName(sipUri);
    return name.ok && this.#familiar.hasName(whoKey(name.value), now);
  }

  /** Sets the alarm for when the audit is due, and for the given time at the latest. */
  async #wakeBy(latest?: number): Promise<void> {
    await wakeBy(this.ctx.storage, latest, this.#audit.dueAt);
  }
}

const waiting = (until: number): Wait => ({ reason: "waiting", until });
