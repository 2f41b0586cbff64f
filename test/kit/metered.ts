// Counts what an operation of the API costs in D1 and at users' guards.

import { env } from "cloudflare:test";
import type { D1PreparedStatement, D1Result } from "@cloudflare/workers-types";
import type { UserGuardCalls } from "../../src/guards/calls.ts";
import { apiEnv } from "./api.ts";

/** The platform, with D1 and the users' guards counted. */
export function metered() {
  const used = { statements: 0, read: 0, written: 0, guards: 0 };
  const note = (results: readonly Pick<D1Result, "meta">[]): void => {
    for (const { meta } of results) {
      used.read += meta.rows_read;
      used.written += meta.rows_written;
    }
  };
  const originals = new WeakMap<object, D1PreparedStatement>();
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...params: unknown[]) => wrap(target.bind(...params));
        if (name === "raw") {
          return async () => {
            used.statements++;
            const { results, ...rest } = await target.run<Record<string, unknown>>();
            note([rest]);
            return results.map((row) => Object.values(row));
          };
        }
        if (name === "run" || name === "all") {
          return async () => {
            used.statements++;
            const result = await target.run();
            note([result]);
            return result;
          };
        }
        return Reflect.get(target, name).bind(target);
      },
    });
    originals.set(proxy, statement);
    return proxy;
  };
  const binding = new Proxy(env.DB, {
    get(db, name) {
      if (name === "prepare") return (sql: string) => wrap(db.prepare(sql));
      if (name === "batch") {
        return async (statements: readonly D1PreparedStatement[]) => {
          used.statements += statements.length;
          const results = await db.batch(statements.map((each) => originals.get(each) ?? each));
          note(results);
          return results;
        };
      }
      return Reflect.get(db, name);
    },
  });
  const guards = new Proxy(env.USER_GUARD, {
    get(namespace, name) {
      const value: unknown = Reflect.get(namespace, name);
      if (name !== "getByName") return typeof value === "function" ? value.bind(namespace) : value;
      return (...words: readonly unknown[]) => {
        used.guards++;
        return Reflect.apply(value as (...of: readonly unknown[]) => UserGuardCalls, namespace, words);
      };
    },
  });
  return { used, on: { ...apiEnv, DB: binding, USER_GUARD: guards } };
}
