// How many rows of the audit strangers may cause at one guard in a day (S-44). Somebody without a password can be
// refused as often as he likes. If each refusal had a row of its own, somebody else would pay for rows that nobody
// reads. The guard's alarm writes the quota down, never a request; until then, the rows in the outbox are counted where
// they are.

import type { AuditedEvent } from "../audit/event.ts";
import type { LazyTables } from "./storage.ts";

/** How long a quota lasts from its first row, ms. */
export const QUOTA_LASTS_MS = 86_400_000;

export const QUOTA_SCHEMA =
  "CREATE TABLE IF NOT EXISTS audit_quota (id INTEGER PRIMARY KEY, since INTEGER NOT NULL, rows INTEGER NOT NULL)";
/** The rows of {@link isStrangers} that D1 does not have yet. */
const PENDING =
  "SELECT count(*) AS n FROM audit_outbox WHERE event ->> 'outcome' = 'refused' OR event ->> 'reason' LIKE 'app-password-%' OR (event ->> 'userId' IS NULL AND event ->> 'channel' NOT IN ('command', 'clock'))";

/**
 * Whether the event can be caused by somebody who has proved nothing. What a proved user or an administrator did is
 * never such an event.
 */
export function isStrangers({ outcome, reason, userId, channel }: AuditedEvent): boolean {
  if (outcome === "refused" || reason.startsWith("app-password-")) return true;
  return userId === undefined && channel !== "command" && channel !== "clock";
}

type Window = { readonly since: number; rows: number };

export class AuditQuota {
  readonly #tables: LazyTables;
  readonly #ownRows: number;
  /** The quota in force now; undefined before it was read. */
  #window: Window | undefined;
  #unsaved = false;

  /** `ownRows`: how many events a day have rows of their own. As many further rows are left for numbers. */
  constructor(tables: LazyTables, ownRows: number) {
    this.#tables = tables;
    this.#ownRows = ownRows;
  }

  /** Whether an event may have a row of its own. */
  allowsOwn(now: number): boolean {
    return this.#current(now).rows < this.#ownRows;
  }

  /** Whether another row may be written that stands for many events. */
  allowsNumber(now: number): boolean {
    return this.#current(now).rows < 2 * this.#ownRows;
  }

  /** Counts one row that was written. */
  take(now: number): void {
    this.#current(now).rows++;
    this.#unsaved = true;
  }

  /** Reads the quota, before events leave the outbox. */
  load(now: number): void {
    this.#current(now);
  }

  /** Writes down the rows that have left the outbox, in the step in which they left. */
  save(now: number): void {
    if (!this.#unsaved) return;
    const { since, rows } = this.#current(now);
    this.#tables
      .exec(
        "INSERT OR REPLACE INTO audit_quota (id, since, rows) VALUES (1, ?, ?)",
        since,
        Math.max(0, rows - this.#pending()),
      )
      .toArray();
    this.#unsaved = false;
  }

  /** When the quota is whole again (ms); undefined when nothing of it is used. */
  endsAt(now: number): number | undefined {
    if (!this.#tables.exist()) return undefined;
    const { since, rows } = this.#current(now);
    return rows === 0 ? undefined : since + QUOTA_LASTS_MS;
  }

  /** The object has dropped its tables. */
  forget(): void {
    this.#window = undefined;
    this.#unsaved = false;
  }

  #current(now: number): Window {
    this.#window ??= this.#stored(now);
    if (now - this.#window.since >= QUOTA_LASTS_MS) this.#window = { since: now, rows: 0 };
    return this.#window;
  }

  #stored(now: number): Window {
    if (!this.#tables.exist()) return { since: now, rows: 0 };
    const pending = this.#pending();
    this.#unsaved = pending > 0; // the object that wrote them has stopped before they left
    const [row] = this.#tables
      .exec<{ since: number; rows: number }>("SELECT since, rows FROM audit_quota WHERE id = 1")
      .toArray();
    return { since: row?.since ?? now, rows: (row?.rows ?? 0) + pending };
  }

  #pending(): number {
    return this.#tables.exec<{ n: number }>(PENDING).one().n;
  }
}
