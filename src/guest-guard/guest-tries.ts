// What a guest guard keeps: how often its network failed at each conference, when a guest got in, and one level for
// all. There are few rows: a failure is counted against the level first, and only a bounded number of conferences are
// remembered where somebody got in.

import { CONFERENCE_FAMILIAR_MS, GUEST_LIMITS, type GuestStanding } from "../core/lockout/conference.ts";
import { emptyAt, type Level, levelAt, levelWith, standing, withFailure } from "../core/lockout/counter.ts";
import type { RateLimits } from "../core/lockout/limits.ts";
import type { LazyTables } from "../guards/storage.ts";

export const GUEST_SCHEMA = [
  // `conference` is a hash, because the URI of a conference may have its key in it.
  "CREATE TABLE IF NOT EXISTS guest_tries (conference TEXT PRIMARY KEY, failures INTEGER NOT NULL, last_failure INTEGER NOT NULL, last_success INTEGER, expires_at INTEGER NOT NULL) WITHOUT ROWID",
  // In a network's object: its failures. In a conference's object: the failures of networks from which nobody got in.
  "CREATE TABLE IF NOT EXISTS guest_level (id INTEGER PRIMARY KEY, level REAL NOT NULL, at INTEGER NOT NULL)",
];

/**
 * How many conferences are remembered from one network. When there are more, a new one is not remembered as familiar.
 */
const MAX_CONFERENCES = 10_000;

type Tries = { readonly failures: number; readonly lastFailureAt: number; readonly lastSuccessAt: number | null };

export class GuestTries {
  readonly #tables: LazyTables;
  /** How many rows there are; read once. */
  #rows: number | undefined;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** The facts for a decision. Of `pending` attempts, `pendingHere` are at this conference. */
  standing(conference: string, pendingHere: number, pending: number, now: number): GuestStanding {
    const tries = this.#find(conference);
    return { tries, familiar: familiar(tries, now), pendingHere, network: this.level(), pending };
  }

  /** Counts an attempt as a failure. */
  reserve(conference: string, now: number): void {
    const before = this.#find(conference);
    const limits = familiar(before, now) ? GUEST_LIMITS.familiar : GUEST_LIMITS.stranger;
    const counted = withFailure(before, limits, now);
    this.#write(conference, { ...counted, lastSuccessAt: before?.lastSuccessAt ?? null });
    this.changeLevel(1, GUEST_LIMITS.network, now);
  }

  /** Takes the count back: the attempt was no failure. */
  takeBack(conference: string, now: number): void {
    const tries = this.#find(conference);
    if (tries !== undefined) this.#write(conference, { ...tries, failures: Math.max(0, tries.failures - 1) });
    this.changeLevel(-1, GUEST_LIMITS.network, now);
  }

  /** A guest got in, so the failures here before were mistakes. `pending`: other attempts that are being looked at. */
  succeeded(conference: string, pending: number, now: number): void {
    const tries = this.#find(conference);
    const limits = familiar(tries, now) ? GUEST_LIMITS.familiar : GUEST_LIMITS.stranger;
    const forgiven = Math.max(1, standing(tries, limits, now) - pending);
    this.#write(conference, { failures: pending, lastFailureAt: pending === 0 ? 0 : now, lastSuccessAt: now });
    this.changeLevel(-forgiven, GUEST_LIMITS.network, now);
  }

  level(): Level | undefined {
    if (!this.#tables.exist()) return undefined;
    return this.#tables.exec<Level>("SELECT level, at FROM guest_level WHERE id = 1").toArray()[0];
  }

  changeLevel(change: number, limits: RateLimits, now: number): void {
    const { level, at } = levelWith(this.level(), change, limits, now);
    this.#tables.exec("INSERT OR REPLACE INTO guest_level (id, level, at) VALUES (1, ?, ?)", level, at).toArray();
  }

  /** Forgets what is over; returns when the next thing will be (ms). */
  expire(now: number): number | undefined {
    this.#tables.exec("DELETE FROM guest_tries WHERE expires_at <= ?", now).toArray();
    this.#rows = undefined;
    const [next] = this.#tables.exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM guest_tries").toArray();
    // Both levels drain at least as fast as the slower of the two.
    const level = this.level();
    const drains = level === undefined || levelAt(level, GUEST_LIMITS.network, now) === 0;
    if (drains) return next?.at ?? undefined;
    return Math.min(next?.at ?? Number.POSITIVE_INFINITY, emptyAt(level, GUEST_LIMITS.network));
  }

  #find(conference: string): Tries | undefined {
    if (!this.#tables.exist()) return undefined;
    const [row] = this.#tables
      .exec<{ failures: number; last_failure: number; last_success: number | null }>(
        "SELECT failures, last_failure, last_success FROM guest_tries WHERE conference = ?",
        conference,
      )
      .toArray();
    return row && { failures: row.failures, lastFailureAt: row.last_failure, lastSuccessAt: row.last_success };
  }

  #write(conference: string, tries: Tries): void {
    const isNew = this.#find(conference) === undefined;
    if (isNew && this.#countRows() >= MAX_CONFERENCES) return;
    const { failures, lastFailureAt, lastSuccessAt } = tries;
    const known = lastSuccessAt === null ? 0 : lastSuccessAt + CONFERENCE_FAMILIAR_MS;
    const expiresAt = Math.max(lastFailureAt + GUEST_LIMITS.stranger.forgetAfter, known);
    if (isNew && this.#rows !== undefined) this.#rows++;
    this.#tables
      .exec(
        "INSERT OR REPLACE INTO guest_tries (conference, failures, last_failure, last_success, expires_at) VALUES (?, ?, ?, ?, ?)",
        conference,
        failures,
        lastFailureAt,
        lastSuccessAt,
        expiresAt,
      )
      .toArray();
  }

  #countRows(): number {
    this.#rows ??= this.#tables.exec<{ n: number }>("SELECT count(*) AS n FROM guest_tries").toArray()[0]?.n ?? 0;
    return this.#rows;
  }
}

const familiar = (tries: Tries | undefined, now: number): boolean =>
  tries?.lastSuccessAt != null && now - tries.lastSuccessAt < CONFERENCE_FAMILIAR_MS;
