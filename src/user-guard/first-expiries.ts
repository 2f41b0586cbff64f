// When the first row of each table expires, read in one statement. A guard is mostly cleaned right after it has woken,
// when no statement is prepared yet, and mostly nothing has expired. So one statement stands for two of each table.

import type { LazyTables } from "../guards/storage.ts";

/** The column by which the rows of each table expire. */
const COLUMNS = {
  used_challenges: "expires_at",
  used_signatures: "expires_at",
  relayed_tickets: "expires_at",
  pairs: "expires_at",
  dead_passwords: "at",
  invitations: "expires_at",
  passive_tokens: "expires_at",
  portal_sessions: "expires_at",
  portal_locked: "at",
  code_holds: "at",
} as const;

/** A table whose rows expire. */
export type ExpiringTable = keyof typeof COLUMNS;

/** The smallest value of each table's column (ms); null: the table is empty. A table that is absent was not read. */
export type FirstExpiries = { readonly [Table in ExpiringTable]?: number | null };

const STATEMENT = `SELECT ${Object.entries(COLUMNS)
  .map(([table, column]) => `(SELECT min(${column}) FROM ${table}) AS ${table}`)
  .join(", ")}`;

/** Reads them all. */
export function firstExpiries(tables: LazyTables): FirstExpiries {
  return tables.exist() ? tables.exec<Record<ExpiringTable, number | null>>(STATEMENT).one() : {};
}

/** Whether no row of the table is at `until` (ms) or before, as far as it was read. */
export function noneUntil(firsts: FirstExpiries, table: ExpiringTable, until: number): boolean {
  const first = firsts[table];
  return first === null || (first !== undefined && first > until);
}

/** When a row that lasts so long after its value (ms) ends; undefined when there is none. */
export const endOf = (first: number | null | undefined, lastsMs: number): number | undefined =>
  first == null ? undefined : first + lastsMs;
