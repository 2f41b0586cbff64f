// The directory's queries, run from the operator's machine: drizzle's proxy driver, with a function that executes SQL
// text on a D1 database. As on D1, several statements in one execution are one transaction.

import { drizzle } from "drizzle-orm/sqlite-proxy";
import type { Database } from "../src/store/database.ts";
import { withParameters } from "./sql.ts";

/** A row as JSON has it, its columns in the order of the query. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Runs SQL statements in one transaction, and answers with the rows of each. The port behind which wrangler stands, and in
 * tests an SQLite database in memory. Throws when a statement fails; the message contains SQLite's own.
 */
export type Execute = (statements: readonly string[]) => Promise<readonly (readonly Row[])[]>;

/** The database that `execute` reaches, for the queries of src/store. */
export function databaseThrough(execute: Execute): Database {
  return drizzle(
    async (sql, params, method) => {
      const [rows] = await execute([withParameters(sql, params)]);
      return { rows: rowsFor(method, rows ?? []) };
    },
    async (batch) => {
      const results = await execute(batch.map(({ sql, params }) => withParameters(sql, params)));
      return batch.map(({ method }, at) => ({ rows: rowsFor(method, results[at] ?? []) }));
    },
  );
}

/** Rows as drizzle's proxy wants them: arrays of values, or the one row itself for `get`. */
function rowsFor(method: string, rows: readonly Row[]): unknown[] {
  const values = rows.map((row) => Object.values(row));
  return method === "get" ? (values[0] ?? []) : values;
}
