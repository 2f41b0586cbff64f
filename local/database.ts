// The local gateway's database, from outside the Worker: a second Worker beside it runs the statements that come to it
// over loopback. Miniflare's own way into D1 stops this process for every statement that is prepared, and begins with a
// thread; that took longer than the rest of a start.

import { randomBytes } from "node:crypto";
import { drizzle } from "drizzle-orm/sqlite-proxy";
import type { Database } from "../src/store/database.ts";

/** A row as JSON has it, its columns in the order of the query. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs SQL statements in one transaction, and answers with the rows of each. */
export type Execute = (statements: readonly string[]) => Promise<readonly (readonly Row[])[]>;

/**
 * A statement on its way. JSON has no bytes: they go as `{ "bytes": [1, 2] }` and come back as D1 gives them, `[1, 2]`.
 */
type Statement = { readonly sql: string; readonly params: readonly unknown[] };

/** The Worker's name in Miniflare. */
export const DATABASE_WORKER = "database";

/** The binding to the database, for Miniflare. */
export const DATABASE = { type: "d1", id: "00000000-0000-0000-0000-000000000000" } as const;

/** Only this process knows the key, so no other program on this machine gets into the database this way. */
export const newDatabaseKey = (): string => randomBytes(32).toString("base64url");

/** A fault's message is the answer: it names the constraint. */
const SOURCE = `
const param = (value) => Array.isArray(value?.bytes) ? new Uint8Array(value.bytes) : value;
export default {
  async fetch(request, { DB, KEY }) {
    if (request.headers.get("authorization") !== KEY) return new Response(null, { status: 404 });
    const { statements, columns } = await request.json();
    const prepared = statements.map(({ sql, params }) => DB.prepare(sql).bind(...params.map(param)));
    try {
      if (columns && prepared.length === 1) return Response.json([await prepared[0].raw()]);
      const answers = (await DB.batch(prepared)).map(({ results }) => results);
      return Response.json(columns ? answers.map((rows) => rows.map(Object.values)) : answers);
    } catch (fault) {
      return new Response(fault.message, { status: 500 });
    }
  },
};
`;

/** The Worker that answers those who know `key`, for Miniflare. */
export const databaseWorker = (key: string) => ({
  config: {
    name: DATABASE_WORKER,
    compatibilityDate: "2026-10-23",
    manifest: { mainModule: "database.js", modules: { "database.js": { type: "esm", contents: SOURCE } } },
    env: { DB: DATABASE, KEY: { type: "text", value: key } },
  } as const,
  dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] },
});

/** The database behind the Worker at `url`, for the queries of the store, and for SQL. */
export function databaseAt(url: URL, key: string): { readonly db: Database; readonly execute: Execute } {
  const ask = async (statements: readonly Statement[], columns: boolean): Promise<unknown> => {
    const sent = statements.map(({ sql, params }) => ({ sql, params: params.map(forJson) }));
    const body = JSON.stringify({ statements: sent, columns });
    const answer = await fetch(url, { method: "POST", headers: { authorization: key }, body });
    if (answer.status !== 200) throw new Error(await answer.text());
    return answer.json();
  };
  const columnsOf = async (statements: readonly Statement[]) => (await ask(statements, true)) as unknown[][];
  return {
    db: drizzle(
      async (sql, params, method) => {
        const [rows = []] = await columnsOf([{ sql, params }]);
        return { rows: method === "get" ? ((rows[0] ?? []) as unknown[]) : rows };
      },
      async (statements) => (await columnsOf(statements)).map((rows) => ({ rows })),
    ),
    execute: async (statements) =>
      (await ask(
        statements.map((sql) => ({ sql, params: [] })),
        false,
      )) as Row[][],
  };
}

function forJson(value: unknown): unknown {
  return value instanceof ArrayBuffer ? { bytes: [...new Uint8Array(value)] } : value;
}
