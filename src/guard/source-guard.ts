// One Durable Object per client network: counts what fails from there whatever the name, so that trying many users from one
// place is as hard as trying one (S-23). It sees no password and no ticket. It is also the shield of the user guards: what
// it refuses itself wakes none of them and reads nothing from D1, so an attack on one name costs its own network's object.

import { DurableObject } from "cloudflare:workers";
import { FLUSH_AGAIN_MS, ROWS_OF_A_NETWORK } from "../audit/cadence.ts";
import { completed, type Decision, type SignInAbout } from "../audit/event.ts";
import { logEvent } from "../audit/log.ts";
import { OUTBOX_SCHEMA } from "../audit/outbox.ts";
import type { Env } from "../config.ts";
import { emptyAt, fullUntil, type Level, levelAt, levelWith } from "../lockout/counter.ts";
import { networkWait } from "../lockout/decision.ts";
import { FAMILIAR_FOR_MS } from "../lockout/limits.ts";
import { type Lockout, lockoutOf } from "../lockout/mode.ts";
import { openDatabase } from "../store/database.ts";
import { AuditTrail } from "./audit-trail.ts";
import { LazyTables } from "./storage.ts";

/** Who is tried: the key of the name as typed (`whoKey`), and the client that tries. */
export type Who = { readonly name: string; readonly client: string };

export type Admission =
  /** Counted as a failure until it proves to be none. */
  | { readonly kind: "admitted"; readonly wouldRefuse?: string }
  /** The network has to wait, but this user has signed in from here before. Not counted. */
  | { readonly kind: "familiar" }
  /** Refused unseen, and in the audit. */
  | { readonly kind: "refused" };

/** How an admitted attempt ended, when it was no failure of this network's. */
export type Settlement =
  /** `forgiven`: earlier failures that were the user's own. `names`: keys of the user's other names. */
  | { readonly kind: "signed-in"; readonly forgiven: number; readonly names?: readonly string[] }
  /** A mistake that was counted before, or something of Postern's own that failed. */
  | { readonly kind: "not-counted" }
  /** The user's guard will refuse everything of this kind until then (ms). */
  | {
      readonly kind: "held";
      readonly until: number;
      readonly familiar: boolean;
      readonly userId: string;
      readonly user: string;
    };

/** What is held against a network at this moment. Times in ms. */
export type NetworkLock = {
  readonly source: string;
  readonly level: number;
  readonly capacity: number;
  readonly waitUntil: number | null;
  /** Users that have signed in from here within 30 days: they pass. */
  readonly familiarUsers: number;
};

type Held = { readonly until: number; readonly userId: string; readonly user: string };

const SCHEMA = [
  "CREATE TABLE IF NOT EXISTS network (id INTEGER PRIMARY KEY, source TEXT NOT NULL, level REAL NOT NULL, at INTEGER NOT NULL)",
  "CREATE TABLE IF NOT EXISTS familiar (who TEXT PRIMARY KEY, last_success INTEGER NOT NULL) WITHOUT ROWID",
  OUTBOX_SCHEMA,
];
/** The rows of a name, with any client: between the name with a space and the name with what comes after a space. */
const OF_NAME = "who >= ? AND who < ?";
/** A sign-in this long after the last one is written down again, ms: a row a day, not one each time. */
const FAMILIAR_AGAIN_MS = 86_400_000;
/** How often what is over is looked for, ms: failures come and go with every sign-in. */
const CLEAN_UP_EVERY_MS = 600_000;
/** Familiar users remembered; the gateway of a large company's mobile carrier has fewer. */
const MAX_FAMILIAR = 20_000;
/** Names that are held off from here, in memory only. */
const MAX_HELD = 5_000;

export class SourceGuard extends DurableObject<Env> {
  readonly #lockoutMode: Lockout;
  readonly #tables: LazyTables;
  readonly #audit: AuditTrail;
  /** A copy of what user guards said, so that they need not say it again; lost with the object, which does no harm. */
  readonly #held = new Map<string, Held>();
  /** What was counted for whom since the last success, this attempt included; in memory, and what is lost is not forgiven. */
  readonly #admitted = new Map<string, number>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#lockoutMode = lockoutOf(env);
    this.#tables = new LazyTables(ctx.storage, SCHEMA, "network");
    this.#audit = new AuditTrail(this.#tables, ROWS_OF_A_NETWORK);
  }

  /** Counts one attempt as a failure, durably, before anybody looks at it (S-20); or refuses it. */
  async reserve(about: SignInAbout, who: Who): Promise<Admission> {
    const now = Date.now();
    const admission = this.#admit(about, who, now);
    await this.#wakeBy(admission.kind === "refused" ? undefined : now + CLEAN_UP_EVERY_MS);
    return admission;
  }

  #admit(about: SignInAbout, who: Who, now: number): Admission {
    const { dryRun, limits } = this.#lockoutMode;
    const familiar = this.#isFamiliar(who, now);
    const held = this.#held.get(familiar ? `${who.name} ${who.client}` : who.name);
    if (held !== undefined && held.until > now && !dryRun) {
      const { until: waitUntil, ...user } = held;
      return this.#refuse(about, who.name, { reason: "waiting", waitUntil, ...user }, now);
    }
    const network = this.#network();
    const wait = networkWait(network, familiar, limits.network, now);
    if (wait !== undefined && !dryRun) {
      return this.#refuse(about, "", { reason: wait.reason, waitUntil: wait.until }, now);
    }
    if (familiar && fullUntil(network, limits.network, now) !== undefined) return { kind: "familiar" };
    this.#change(about.source, 1, now);
    if (this.#admitted.size >= MAX_HELD) this.#admitted.clear();
    this.#admitted.set(keyOf(who), (this.#admitted.get(keyOf(who)) ?? 0) + 1);
    return { kind: "admitted", ...(wait && { wouldRefuse: wait.reason }) };
  }

  #refuse(about: SignInAbout, name: string, decision: Omit<Decision, "outcome">, now: number): Admission {
    this.#audit.recordRefusal(
      `${name}\0${decision.reason}`,
      completed(about, { ...decision, outcome: "refused" }, now),
    );
    return { kind: "refused" };
  }

  /** Takes an admitted attempt back, and keeps what its end says about the next ones. */
  async settle(about: SignInAbout, who: Who, end: Settlement): Promise<void> {
    const now = Date.now();
    switch (end.kind) {
      case "not-counted":
        this.#change(about.source, -1, now);
        this.#admitted.set(keyOf(who), this.#failedWith(who) - 1);
        break;
      case "held": {
        this.#change(about.source, -1, now);
        this.#admitted.set(keyOf(who), this.#failedWith(who) - 1);
        const { until, userId, user } = end;
        if (this.#held.size >= MAX_HELD) this.#held.clear();
        this.#held.set(end.familiar ? `${who.name} ${who.client}` : who.name, { until, userId, user });
        break;
      }
      case "signed-in":
        // Only what was counted here: what passed as familiar was not.
        this.#change(about.source, -1 - Math.min(end.forgiven, this.#failedWith(who) - 1), now);
        this.#admitted.delete(keyOf(who));
        for (const name of new Set([who.name, ...(end.names ?? [])])) {
          this.#held.delete(name);
          this.#becomeFamiliar({ ...who, name }, now);
        }
        break;
    }
    await this.#wakeBy(now + CLEAN_UP_EVERY_MS);
  }

  /** A name that nobody has: the audit hears of it here, because there is no user's guard that could. It has no name. */
  async recordStranger(about: SignInAbout, wouldRefuse?: string): Promise<void> {
    const now = Date.now();
    const waitUntil = fullUntil(this.#network(), this.#lockoutMode.limits.network, now);
    this.#audit.record(completed(about, { outcome: "refused", reason: "unknown-user", waitUntil, wouldRefuse }, now));
    await this.#wakeBy();
  }

  /** What is held against this network, computed now. */
  lock(): Omit<NetworkLock, "source"> {
    const now = Date.now();
    const { network } = this.#lockoutMode.limits;
    const level = this.#network();
    const [familiar] = this.#tables.exist()
      ? this.#tables.exec<{ n: number }>("SELECT count(*) AS n FROM familiar").toArray()
      : [];
    return {
      level: levelAt(level, network, now),
      capacity: network.burst,
      waitUntil: fullUntil(level, network, now) ?? null,
      familiarUsers: familiar?.n ?? 0,
    };
  }

  /** Forgets what is held against the network; given names (`whoKey`), only what is held against these. */
  clear(names?: readonly string[]): void {
    if (names === undefined) {
      this.#held.clear();
      if (this.#tables.exist()) this.#tables.exec("DELETE FROM network").toArray();
      return;
    }
    for (const held of this.#held.keys()) {
      if (names.includes(held.split(" ")[0] ?? "")) this.#held.delete(held);
    }
  }

  /** When users of these names (`whoKey`) signed in from here last, ms. */
  familiarSince(names: readonly string[]): number[] {
    if (!this.#tables.exist()) return [];
    return names.flatMap((name) =>
      this.#tables
        .exec<{ at: number }>(`SELECT last_success AS at FROM familiar WHERE ${OF_NAME}`, `${name} `, `${name}!`)
        .toArray()
        .map(({ at }) => at),
    );
  }

  /** Forgets a user of these names (`whoKey`); what is to be said of the user is in D1 when this returns. */
  async forgetUser(names: readonly string[]): Promise<void> {
    this.clear(names);
    for (const who of this.#admitted.keys()) if (names.includes(who.split(" ")[0] ?? "")) this.#admitted.delete(who);
    if (!this.#tables.exist()) return;
    for (const name of names) {
      this.#tables.exec(`DELETE FROM familiar WHERE ${OF_NAME}`, `${name} `, `${name}!`).toArray();
    }
    await this.#audit.flushAll(openDatabase(this.env.DB), Date.now());
  }

  /** Takes the audit to D1, forgets what is over; when nothing is left, the object itself. */
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
    this.#tables.exec("DELETE FROM familiar WHERE last_success <= ?", now - FAMILIAR_FOR_MS).toArray();
    const network = this.#network();
    const limits = this.#lockoutMode.limits.network;
    if (network !== undefined) due.push(Math.max(emptyAt(network, limits), now + CLEAN_UP_EVERY_MS));
    const [oldest] = this.#tables.exec<{ at: number | null }>("SELECT min(last_success) AS at FROM familiar").toArray();
    if (oldest?.at != null) due.push(oldest.at + FAMILIAR_FOR_MS);
    const kept = this.#audit.keptUntil(now);
    if (kept !== undefined) due.push(kept);
    if (due.length > 0) await this.ctx.storage.setAlarm(Math.min(...due));
    else {
      this.#audit.forget();
      await this.#tables.drop();
    }
  }

  /** Undefined when nothing counts any more. */
  #network(): Level | undefined {
    if (!this.#tables.exist()) return undefined;
    const [row] = this.#tables.exec<{ level: number; at: number }>("SELECT level, at FROM network").toArray();
    return row !== undefined && levelAt(row, this.#lockoutMode.limits.network, Date.now()) > 0 ? row : undefined;
  }

  #change(source: string, change: number, now: number): void {
    const { level, at } = levelWith(this.#network(), change, this.#lockoutMode.limits.network, now);
    this.#tables
      .exec("INSERT OR REPLACE INTO network (id, source, level, at) VALUES (1, ?, ?, ?)", source, level, at)
      .toArray();
  }

  #failedWith(who: Who): number {
    return Math.max(1, this.#admitted.get(keyOf(who)) ?? 1);
  }

  #isFamiliar({ name, client }: Who, now: number): boolean {
    if (!this.#tables.exist()) return false;
    const [row] = this.#tables
      .exec<{ at: number }>("SELECT last_success AS at FROM familiar WHERE who = ?", `${name} ${client}`)
      .toArray();
    return row !== undefined && now - row.at < FAMILIAR_FOR_MS;
  }

  #becomeFamiliar({ name, client }: Who, now: number): void {
    const who = `${name} ${client}`;
    const [row] = this.#tables
      .exec<{ at: number }>("SELECT last_success AS at FROM familiar WHERE who = ?", who)
      .toArray();
    if (row !== undefined && now - row.at < FAMILIAR_AGAIN_MS) return;
    if (row === undefined) {
      const [count] = this.#tables.exec<{ n: number }>("SELECT count(*) AS n FROM familiar").toArray();
      if ((count?.n ?? 0) >= MAX_FAMILIAR) return;
    }
    this.#tables.exec("INSERT OR REPLACE INTO familiar (who, last_success) VALUES (?, ?)", who, now).toArray();
  }

  /** Wakes the object when the audit is due, and at that time at the latest. */
  async #wakeBy(latest?: number): Promise<void> {
    const at = Math.min(latest ?? Number.POSITIVE_INFINITY, this.#audit.dueAt ?? Number.POSITIVE_INFINITY);
    if (at === Number.POSITIVE_INFINITY) return;
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > at) await this.ctx.storage.setAlarm(at);
  }
}

const keyOf = ({ name, client }: Who): string => `${name} ${client}`;
