// The challenges that were answered. Each lets one attempt be decided, right or wrong (S-3).

import type { LazyTables } from "../guards/storage.ts";

export const CHALLENGE_SCHEMA = [
  "CREATE TABLE IF NOT EXISTS used_challenges (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID",
];

export class UsedChallenges {
  readonly #tables: LazyTables;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** Uses a challenge up; false when it was used before. `expiresAt` in ms. */
  use(id: string, expiresAt: number): boolean {
    const cursor = this.#tables.exec(
      "INSERT OR IGNORE INTO used_challenges (id, expires_at) VALUES (?, ?)",
      id,
      expiresAt,
    );
    cursor.toArray();
    return cursor.rowsWritten > 0;
  }

  /** Whether a challenge was used up. */
  isUsed(id: string): boolean {
    return this.#tables.exec("SELECT 1 FROM used_challenges WHERE id = ?", id).toArray().length > 0;
  }

  /** Forgets expired rows. Returns when the next row expires (ms). */
  expire(now: number): number | undefined {
    this.#tables.exec("DELETE FROM used_challenges WHERE expires_at <= ?", now).toArray();
    const [next] = this.#tables
      .exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM used_challenges")
      .toArray();
    return next?.at ?? undefined;
  }
}
