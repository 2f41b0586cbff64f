// How many dead tickets came from a network lately. A handful is allowed at once, and then one a minute. The count is
// kept in a row, so that an object that was put to sleep still knows it.

import { emptyAt, fullUntil, type Level, levelAt, levelWith } from "../core/lockout/counter.ts";
import { DEAD_TICKETS } from "../core/lockout/dead-tickets.ts";
import type { LazyTables } from "../guards/storage.ts";

export const DEAD_TICKETS_SCHEMA =
  "CREATE TABLE IF NOT EXISTS dead_tickets (id INTEGER PRIMARY KEY, level REAL NOT NULL, at INTEGER NOT NULL)";

export class DeadTickets {
  readonly #tables: LazyTables;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** Counts one more dead ticket, unless the network is over its handful already. Returns until when it is (ms). */
  count(now: number): number | undefined {
    if (this.fullUntil(now) === undefined) this.#change(1, now);
    return this.fullUntil(now);
  }

  /** A ticket that was counted as dead proved to be alive. */
  takeBack(now: number): void {
    this.#change(-1, now);
  }

  /** Until when the network is over its handful, ms. */
  fullUntil(now: number): number | undefined {
    return fullUntil(this.#level(), DEAD_TICKETS, now);
  }

  /** When nothing counts against the network any more, ms; undefined when nothing does. */
  emptyAt(now: number): number | undefined {
    const level = this.#level();
    return level !== undefined && levelAt(level, DEAD_TICKETS, now) > 0 ? emptyAt(level, DEAD_TICKETS) : undefined;
  }

  /** Forgets what counts against the network. */
  clear(): void {
    if (this.#tables.exist()) this.#tables.exec("DELETE FROM dead_tickets").toArray();
  }

  #level(): Level | undefined {
    if (!this.#tables.exist()) return undefined;
    return this.#tables.exec<Level>("SELECT level, at FROM dead_tickets").toArray()[0];
  }

  #change(change: number, now: number): void {
    const { level, at } = levelWith(this.#level(), change, DEAD_TICKETS, now);
    this.#tables.exec("INSERT OR REPLACE INTO dead_tickets (id, level, at) VALUES (1, ?, ?)", level, at).toArray();
  }
}
