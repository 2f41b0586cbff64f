// Many rows in one statement. They are one parameter, because a statement of D1 takes a hundred parameters at most.

import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/**
 * A `select` of rows of a table that are given as one parameter, by `value`. A field that is a list comes as its JSON,
 * an absent one as null. `where` may ask about `value`.
 */
export function fromJson(table: SQLiteTable, rows: readonly object[], where = sql`true`): SQL {
  const fields = Object.keys(getTableColumns(table)).map((key) => sql`json_extract(value, ${sql.raw(`'$.${key}'`)})`);
  return sql`select ${sql.join(fields, sql`, `)} from json_each(${JSON.stringify(rows)}) where ${where}`;
}

/** A list of texts for `inArray`, as one parameter. */
export const listOf = (texts: readonly string[]): SQL => sql`(select value from json_each(${JSON.stringify(texts)}))`;
