// The memory adapter of the CLI's database port: SQLite in this process, migrated as D1 is, every statement recorded.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Execute } from "../d1.ts";

const MIGRATIONS = join(import.meta.dirname, "..", "..", "migrations");

/** A fresh database, what was executed on it, and its rows as a test wants to see them. */
export type MemoryDatabase = {
  readonly execute: Execute;
  readonly executed: string[];
  readonly rows: (sql: string) => Record<string, unknown>[];
};

export function memoryDatabase(): MemoryDatabase {
  const database = new DatabaseSync(":memory:");
  for (const file of readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"))) {
    database.exec(readFileSync(join(MIGRATIONS, file), "utf8"));
  }
  const rows = (sql: string): Record<string, unknown>[] =>
    database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  const executed: string[] = [];
  const execute: Execute = async (statements) => {
    executed.push(...statements);
    database.exec("begin");
    try {
      const results = statements.map(rows);
      database.exec("commit");
      return results;
    } catch (fault) {
      database.exec("rollback");
      throw fault;
    }
  };
  return { execute, executed, rows };
}
