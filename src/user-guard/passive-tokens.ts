// The tokens of the passive page that are on their way through this user's browsers. The page asks before it makes one,
// and the edge asks before it lets one through to the pool (S-88). Each step is synchronous, so of two that bring the
// same token at one moment one is let through. A token that the guard does not know was never made, or its time is over.
// A used one stays known until the token itself ends, because it stands for the pool's session that it began: no row, no
// further ticket.

import type { LazyTables } from "../guards/storage.ts";
import { type FirstExpiries, noneUntil } from "./first-expiries.ts";

export const PASSIVE_SCHEMA = [
  "CREATE TABLE passive_tokens (id TEXT PRIMARY KEY, used INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID",
];

/** How many unused tokens of one user may be on their way. Each device needs one, for a few seconds. */
export const MAX_TOKENS = 8;
/** How many of the pool's sessions one user may have. One more ends the one that would end first. */
export const MAX_POOL_SESSIONS = 64;

export class PassiveTokens {
  readonly #tables: LazyTables;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** Keeps the id of a token that is about to be made. False: too many are on their way. Times in ms. */
  keep(id: string, until: number, now: number): boolean {
    const [row] = this.#tables
      .exec<{ live: number }>("SELECT count(*) AS live FROM passive_tokens WHERE used = 0 AND expires_at > ?", now)
      .toArray();
    if ((row?.live ?? 0) >= MAX_TOKENS) return false;
    const cursor = this.#tables.exec(
      "INSERT OR IGNORE INTO passive_tokens (id, used, expires_at) VALUES (?, 0, ?)",
      id,
      until,
    );
    cursor.toArray();
    return cursor.rowsWritten > 0;
  }

  /**
   * Uses a token up, at `now` (ms). A used one stays known until `until` (ms), when the pool's session ends. Without it
   * the time of the row stays.
   */
  use(id: string, now: number, until = 0): "used-now" | "used-before" | "unknown" {
    if (!this.#tables.exist()) return "unknown";
    const [row] = this.#tables
      .exec<{ used: number }>("SELECT used FROM passive_tokens WHERE id = ? AND expires_at > ?", id, now)
      .toArray();
    if (row === undefined) return "unknown";
    if (row.used !== 0) return "used-before";
    const statement = "UPDATE passive_tokens SET used = 1, expires_at = max(expires_at, ?) WHERE id = ?";
    this.#tables.exec(statement, until, id).toArray();
    this.#tables
      .exec(
        "DELETE FROM passive_tokens WHERE id IN (SELECT id FROM passive_tokens WHERE used = 1 AND id <> ? ORDER BY expires_at DESC, id LIMIT -1 OFFSET ?)",
        id,
        MAX_POOL_SESSIONS - 1,
      )
      .toArray();
    return "used-now";
  }

  /** Whether the pool's session that this token began may still bring tickets. */
  lives(id: string, now: number): boolean {
    if (!this.#tables.exist()) return false;
    const statement = "SELECT 1 AS live FROM passive_tokens WHERE id = ? AND used = 1 AND expires_at > ?";
    return this.#tables.exec(statement, id, now).toArray().length > 0;
  }

  /** Forgets every token: those on their way are refused, and the pool's sessions bring no ticket any more. */
  endAll(): void {
    if (this.#tables.exist()) this.#tables.exec("DELETE FROM passive_tokens").toArray();
  }

  /** Forgets tokens whose time is over. Returns when the next one's is (ms). */
  expire(now: number, firsts: FirstExpiries = {}): number | undefined {
    if (noneUntil(firsts, "passive_tokens", now)) return firsts.passive_tokens ?? undefined;
    this.#tables.exec("DELETE FROM passive_tokens WHERE expires_at <= ?", now).toArray();
    const [row] = this.#tables
      .exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM passive_tokens")
      .toArray();
    return row?.at ?? undefined;
  }
}
