// The tokens of the passive page that are on their way through this user's browsers. The page asks before it makes one,
// and the edge asks before it lets one through to the pool (S-88). Each step is synchronous, so of two that bring the
// same token at one moment one is let through. A token that the guard does not know was never made, or its time is over.

import type { LazyTables } from "../guards/storage.ts";
import { type FirstExpiries, noneUntil } from "./first-expiries.ts";

export const PASSIVE_SCHEMA = [
  "CREATE TABLE passive_tokens (id TEXT PRIMARY KEY, used INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID",
];

/** How many unused tokens of one user may be on their way. Each device needs one, for a few seconds. */
export const MAX_TOKENS = 8;

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

  /** Uses a token up, at `now` (ms). A used one stays known until its time is over. */
  use(id: string, now: number): "used-now" | "used-before" | "unknown" {
    if (!this.#tables.exist()) return "unknown";
    const [row] = this.#tables
      .exec<{ used: number }>("SELECT used FROM passive_tokens WHERE id = ? AND expires_at > ?", id, now)
      .toArray();
    if (row === undefined) return "unknown";
    if (row.used !== 0) return "used-before";
    this.#tables.exec("UPDATE passive_tokens SET used = 1 WHERE id = ?", id).toArray();
    return "used-now";
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
