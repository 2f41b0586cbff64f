// Who signs in from a network, and with which client: a row for each, as hashes. These users pass when the network has
// to wait, and a ticket of theirs may be asked about although nobody here knows it.

import { FAMILIAR_FOR_MS } from "../core/lockout/limits.ts";
import { BoundedMap } from "../core/text/bounded-map.ts";
import type { NameAndClient } from "../guards/network-question.ts";
import type { LazyTables } from "../guards/storage.ts";

export const FAMILIAR_SCHEMA =
  "CREATE TABLE IF NOT EXISTS familiar (who TEXT PRIMARY KEY, last_success INTEGER NOT NULL) WITHOUT ROWID";

/** A sign-in is written down again only when the last one is this old, ms: one row a day, not one each time. */
const AGAIN_MS = 86_400_000;
/** Rows kept; the gateway of a large company's mobile carrier has fewer. */
const MAX_ROWS = 20_000;
/** The memory for what was read, bytes: some thousand names and clients. A stranger's are not kept. */
const KNOWN_BYTES = 250_000;
const NUMBER_BYTES = 16;
/** All rows of one name: the key, a space, the client. `!` is the character after the space. */
const OF_NAME = "who > ? || ' ' AND who < ? || '!'";

export class FamiliarUsers {
  readonly #tables: LazyTables;
  /** A copy of rows that were read or written. It is dropped when rows are deleted. */
  readonly #known = new BoundedMap<number>(KNOWN_BYTES, () => NUMBER_BYTES);

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** Whether this client has signed in with this name within {@link FAMILIAR_FOR_MS}. */
  has(who: NameAndClient, now: number): boolean {
    const at = this.#lastSuccess(keyOf(who));
    return at !== undefined && now - at < FAMILIAR_FOR_MS;
  }

  /** Whether anybody has signed in with this name (`whoKey`) lately, with any client. */
  hasName(name: string, now: number): boolean {
    return this.since([name]).some((at) => now - at < FAMILIAR_FOR_MS);
  }

  /** When users of these names (`whoKey`) signed in last, ms. */
  since(names: readonly string[]): number[] {
    if (!this.#tables.exist()) return [];
    return names.flatMap((name) =>
      this.#tables
        .exec<{ at: number }>(`SELECT last_success AS at FROM familiar WHERE ${OF_NAME}`, name, name)
        .toArray()
        .map(({ at }) => at),
    );
  }

  /** Remembers that this client has signed in with this name. */
  add(who: NameAndClient, now: number): void {
    const at = this.#lastSuccess(keyOf(who));
    if (at !== undefined && now - at < AGAIN_MS) return;
    if (at === undefined && this.count() >= MAX_ROWS) return;
    this.#tables.exec("INSERT OR REPLACE INTO familiar (who, last_success) VALUES (?, ?)", keyOf(who), now).toArray();
    this.#known.set(keyOf(who), now);
  }

  /** How many names and clients are remembered. */
  count(): number {
    if (!this.#tables.exist()) return 0;
    return this.#tables.exec<{ n: number }>("SELECT count(*) AS n FROM familiar").one().n;
  }

  /** The tables have been dropped. */
  forgetCopies(): void {
    this.#known.clear();
  }

  /** Forgets these names (`whoKey`). */
  forget(names: readonly string[]): void {
    this.#known.clear();
    if (!this.#tables.exist()) return;
    for (const name of names) this.#tables.exec(`DELETE FROM familiar WHERE ${OF_NAME}`, name, name).toArray();
  }

  /** Forgets expired rows. Returns when the next row expires (ms). */
  expire(now: number): number | undefined {
    this.#known.clear();
    this.#tables.exec("DELETE FROM familiar WHERE last_success <= ?", now - FAMILIAR_FOR_MS).toArray();
    const [oldest] = this.#tables.exec<{ at: number | null }>("SELECT min(last_success) AS at FROM familiar").toArray();
    return oldest?.at == null ? undefined : oldest.at + FAMILIAR_FOR_MS;
  }

  #lastSuccess(who: string): number | undefined {
    const known = this.#known.get(who);
    if (known !== undefined) return known;
    if (!this.#tables.exist()) return undefined;
    const [row] = this.#tables
      .exec<{ at: number }>("SELECT last_success AS at FROM familiar WHERE who = ?", who)
      .toArray();
    if (row !== undefined) this.#known.set(who, row.at);
    return row?.at;
  }
}

const keyOf = ({ name, client }: NameAndClient): string => `${name} ${client}`;
