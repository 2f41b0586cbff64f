// What a guard keeps of D1, so that no request with a ticket has to ask D1: its user, the policy in force, and the app
// passwords that were revoked lately. An older state never replaces a newer one, in whatever order sign-ins and
// commands arrive.

import { completePolicy, DEFAULT_POLICY } from "../core/policy/read.ts";
import type { Subject } from "../core/policy/subject.ts";
import type { VersionedPolicy } from "../guards/profile.ts";
import type { LazyTables } from "../guards/storage.ts";
import { endOf, type FirstExpiries, noneUntil } from "./first-expiries.ts";

export const SNAPSHOT_SCHEMA = [
  "CREATE TABLE IF NOT EXISTS snapshots (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS dead_passwords (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
];

/** How long the guard remembers a revoked app password, ms. No sign-in that read D1 before takes longer. */
const DEAD_FOR_MS = 3_600_000;

export class Snapshots {
  readonly #tables: LazyTables;
  /** A copy of what was read. */
  readonly #recent = new Map<string, unknown>();
  /**
   * The revoked app passwords, once they are read. Each request with a ticket needs them, so they are kept in memory.
   */
  #dead: Set<string> | undefined;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** The user; undefined before the first sign-in. */
  subject(): Subject | undefined {
    return this.#get<Subject>("subject");
  }

  keepSubject(subject: Subject): void {
    const { revision = -1 } = this.subject() ?? {};
    if (subject.revision > revision) this.#put("subject", subject);
  }

  policy(): VersionedPolicy {
    const { version, policy } = this.#get<VersionedPolicy>("policy") ?? { version: 0, policy: DEFAULT_POLICY };
    return { version, policy: completePolicy(policy) };
  }

  keepPolicy({ version, policy }: VersionedPolicy): void {
    if (version > this.policy().version) this.#put("policy", { version, policy });
  }

  /**
   * Whether a ticket of the Front-End is for this user's account of the directory. If the directory has told the SID,
   * every ticket must be for it, also the first. Otherwise the first ticket tells it, and every later one must be for
   * the same.
   */
  isAccount(sid: string): boolean {
    const told = this.subject()?.sid ?? undefined; // an earlier release kept no SID
    if (told !== undefined) return told === sid;
    const known = this.#get<string>("account");
    if (known === undefined) this.#put("account", sid);
    return known === undefined || known === sid;
  }

  /** The account that the tickets were for, if a ticket has told it. */
  account(): string | undefined {
    return this.#get<string>("account");
  }

  /** From now on the tickets may be for another account. */
  forgetAccount(): void {
    this.#remove("account");
  }

  /** A user has arrived from another guard, with all partnerships. */
  settle(subject: Subject, account: string | undefined): void {
    this.unsettle();
    this.#put("subject", subject);
    if (account !== undefined) this.#put("account", account);
    this.markRestored();
  }

  /** This object knows nothing of the user any more. */
  unsettle(): void {
    for (const name of ["subject", "account", "restored"]) this.#remove(name);
  }

  /** Whether the guard has ever read the partnerships that D1 has of the user. */
  get restored(): boolean {
    return this.#get<true>("restored") ?? false;
  }

  markRestored(): void {
    this.#put("restored", true);
  }

  /** From now on this app password is revoked, whatever a sign-in has read in D1 before. */
  bury(credentialId: string, now: number): void {
    this.#tables.exec("INSERT OR REPLACE INTO dead_passwords (id, at) VALUES (?, ?)", credentialId, now).toArray();
    this.#dead?.add(credentialId);
  }

  isDead(credentialId: string): boolean {
    if (!this.#tables.exist()) return false;
    this.#dead ??= new Set(
      this.#tables
        .exec<{ id: string }>("SELECT id FROM dead_passwords")
        .toArray()
        .map(({ id }) => id),
    );
    return this.#dead.has(credentialId);
  }

  /** Forgets expired rows. Returns when the next row expires (ms). */
  expire(now: number, firsts: FirstExpiries = {}): number | undefined {
    if (noneUntil(firsts, "dead_passwords", now - DEAD_FOR_MS)) return endOf(firsts.dead_passwords, DEAD_FOR_MS);
    const over = this.#tables.exec<{ id: string }>(
      "DELETE FROM dead_passwords WHERE at <= ? RETURNING id",
      now - DEAD_FOR_MS,
    );
    for (const { id } of over.toArray()) this.#dead?.delete(id);
    const [next] = this.#tables.exec<{ at: number | null }>("SELECT min(at) AS at FROM dead_passwords").toArray();
    return next?.at == null ? undefined : next.at + DEAD_FOR_MS;
  }

  /** The object has dropped its tables. */
  forget(): void {
    this.#recent.clear();
    this.#dead = undefined;
  }

  #get<T>(name: string): T | undefined {
    if (!this.#recent.has(name) && this.#tables.exist()) {
      const [row] = this.#tables.exec<{ value: string }>("SELECT value FROM snapshots WHERE name = ?", name).toArray();
      this.#recent.set(name, row && JSON.parse(row.value));
    }
    return this.#recent.get(name) as T | undefined;
  }

  #remove(name: string): void {
    if (this.#get(name) === undefined) return;
    this.#tables.exec("DELETE FROM snapshots WHERE name = ?", name).toArray();
    this.#recent.delete(name);
  }

  #put(name: string, value: unknown): void {
    this.#tables
      .exec("INSERT OR REPLACE INTO snapshots (name, value) VALUES (?, ?)", name, JSON.stringify(value))
      .toArray();
    this.#recent.set(name, value);
  }
}
