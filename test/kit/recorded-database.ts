// A D1 database that notes each statement that a query makes. A test can then ask D1 how it carries the statement out
// and how many rows it reads.

import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import { type Database, openDatabase } from "../../src/store/database.ts";

/** A statement, and its parameters. */
export type Recorded = { readonly sql: string; readonly params: readonly unknown[] };

/** The database, and the statements since `taken` was last called. */
export function recordedDatabase(binding: D1Database): { readonly db: Database; readonly taken: () => Recorded[] } {
  let recorded: Recorded[] = [];
  const prepare = (sql: string): D1PreparedStatement => {
    const statement = binding.prepare(sql);
    return new Proxy(statement, {
      get: (target, name) => {
        if (name !== "bind") return Reflect.get(target, name).bind(target);
        return (...params: unknown[]) => {
          recorded.push({ sql, params });
          return target.bind(...params);
        };
      },
    });
  };
  const db = openDatabase({ prepare, batch: binding.batch.bind(binding) } as D1Database);
  const taken = (): Recorded[] => {
    const all = recorded;
    recorded = [];
    return all;
  };
  return { db, taken };
}

/** The steps in which D1 carries out a statement. */
export async function planOf(binding: D1Database, { sql, params }: Recorded): Promise<string[]> {
  const { results } = await binding
    .prepare(`explain query plan ${sql}`)
    .bind(...params)
    .run<{ detail: string }>();
  return results.map(({ detail }) => detail);
}
