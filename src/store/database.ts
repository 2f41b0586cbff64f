// The one database type that the queries are written for. The Worker reaches D1 through its binding and the operator's
// CLI through wrangler, so a query may use only what both drivers have: single statements, and batches, which are one
// transaction on either side. There is no interactive transaction on D1.

import { type AnyD1Database, type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import type { BaseSQLiteDatabase } from "drizzle-orm/sqlite-core";

/**
 * The database, with what both drivers have in common. `run` returns different values in the two, so nobody reads them.
 */
export type Database = Pick<
  BaseSQLiteDatabase<"async", unknown, Record<string, never>>,
  "select" | "insert" | "update" | "delete"
> &
  Pick<DrizzleD1Database, "batch">;

/** One for each binding, so that what was prepared for it is found again. */
const opened = new WeakMap<AnyD1Database, Database>();

/** The database behind the Worker's D1 binding. */
export function openDatabase(binding: AnyD1Database): Database {
  const known = opened.get(binding);
  if (known !== undefined) return known;
  const database = drizzle(binding);
  opened.set(binding, database);
  return database;
}

/** Whether a write failed because a row with one of its unique values exists already. */
export const isUniqueViolation = (fault: unknown): boolean => violates(fault, /UNIQUE constraint failed/i);

/** Whether a write failed for a constraint that SQLite names like this. */
export function violates(fault: unknown, constraint: RegExp): boolean {
  for (let cause = fault; cause instanceof Error; cause = cause.cause) {
    if (constraint.test(cause.message)) return true;
  }
  return false;
}

/** Whether a query failed because D1 lacks a table or a column: its migrations have not been applied. */
export function isUnmigrated(fault: unknown): boolean {
  for (let cause = fault; cause instanceof Error; cause = cause.cause) {
    if (/D1_ERROR: no such (?:table|column)/i.test(cause.message)) return true;
  }
  return false;
}
