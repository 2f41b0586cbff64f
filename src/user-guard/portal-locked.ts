// When the user was last told that failures make the portal wait. Once a day is enough, however many failures there are.

import type { LazyTables } from "../guards/storage.ts";
import { endOf, type FirstExpiries, noneUntil } from "./first-expiries.ts";

export const PORTAL_LOCKED_SCHEMA = ["CREATE TABLE portal_locked (id INTEGER PRIMARY KEY, at INTEGER NOT NULL)"];

const TOLD_EVERY_MS = 86_400_000;

export class PortalLocked {
  readonly #tables: LazyTables;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** Notes that the user is told now. False: the user was told within a day. */
  note(now: number): boolean {
    const [told] = this.#tables.exec<{ at: number }>("SELECT at FROM portal_locked").toArray();
    if (told !== undefined && now - told.at < TOLD_EVERY_MS) return false;
    this.#tables.exec("INSERT OR REPLACE INTO portal_locked (id, at) VALUES (1, ?)", now).toArray();
    return true;
  }

  /** Forgets it after a day. Returns when that is, ms. */
  expire(now: number, firsts: FirstExpiries = {}): number | undefined {
    if (noneUntil(firsts, "portal_locked", now - TOLD_EVERY_MS)) return endOf(firsts.portal_locked, TOLD_EVERY_MS);
    this.#tables.exec("DELETE FROM portal_locked WHERE at <= ?", now - TOLD_EVERY_MS).toArray();
    const [told] = this.#tables.exec<{ at: number }>("SELECT at FROM portal_locked").toArray();
    return told === undefined ? undefined : told.at + TOLD_EVERY_MS;
  }
}
