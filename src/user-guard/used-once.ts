// Remembers what may be used only once: challenges that were answered (S-3), and signatures of devices that were
// accepted (S-41). Each answered challenge lets one attempt be decided, right or wrong.

import type { LazyTables } from "../guards/storage.ts";
import { type FirstExpiries, noneUntil } from "./first-expiries.ts";

export const CHALLENGE_SCHEMA = [
  "CREATE TABLE IF NOT EXISTS used_challenges (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID",
];

export const SIGNATURE_SCHEMA = [
  "CREATE TABLE used_signatures (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID",
];

export class UsedOnce {
  readonly #tables: LazyTables;
  readonly #table: "used_challenges" | "used_signatures";

  constructor(tables: LazyTables, table: "used_challenges" | "used_signatures") {
    this.#tables = tables;
    this.#table = table;
  }

  /** Uses an id up. False: it was used before. `expiresAt`: from then on the id is refused for its age, ms. */
  use(id: string, expiresAt: number): boolean {
    const cursor = this.#tables.exec(
      `INSERT OR IGNORE INTO ${this.#table} (id, expires_at) VALUES (?, ?)`,
      id,
      expiresAt,
    );
    cursor.toArray();
    return cursor.rowsWritten > 0;
  }

  /** Whether an id was used up. */
  isUsed(id: string): boolean {
    return this.#tables.exec(`SELECT 1 FROM ${this.#table} WHERE id = ?`, id).toArray().length > 0;
  }

  /** Forgets expired ids. Returns when the next one expires (ms). */
  expire(now: number, firsts: FirstExpiries = {}): number | undefined {
    if (noneUntil(firsts, this.#table, now)) return firsts[this.#table] ?? undefined;
    this.#tables.exec(`DELETE FROM ${this.#table} WHERE expires_at <= ?`, now).toArray();
    const [next] = this.#tables
      .exec<{ at: number | null }>(`SELECT min(expires_at) AS at FROM ${this.#table}`)
      .toArray();
    return next?.at ?? undefined;
  }
}
