// What a sync costs in D1 and at guards. docs/costs.md has these counts.

import { env } from "cloudflare:test";
import type { D1PreparedStatement, D1Result } from "@cloudflare/workers-types";
import { beforeEach, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv } from "../../../test/kit/api.ts";
import type { UserGuardCalls } from "../../guards/calls.ts";
import type { PeopleAppliedAnswer } from "../schemas/directory-sync.ts";

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

/** The platform, with D1 and the users' guards counted. */
function metered() {
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

const PEOPLE = 200;
const rowOf = (n: number, more: object = {}) => ({
  ...{ key: `ad:00000000-0000-0000-0000-${String(n).padStart(12, "0")}`, state: "in" },
  person: {
    ...{ sipUri: `c${n}@corp.test`, account: `CORP\\c${n}`, upn: `c${n}@ad.test`, displayName: `Carol No${n}` },
    ...{ mail: `c${n}@corp.test`, sid: `S-1-5-21-1-2-3-${n}`, groups: ["staff"], ...more },
  },
});
const all = (more: object = {}) => Array.from({ length: PEOPLE }, (_, n) => rowOf(n + 1, more));

it("S-55: a request for 200 people makes few statements, and far fewer calls than Cloudflare allows", {
  timeout: 90_000,
}, async () => {
  const costs: Record<string, ReturnType<typeof metered>["used"]> = {};
  const apply = async (what: string, rows: readonly object[]) => {
    const { used, on } = metered();
    const body = { source: "ad", rows };
    const { counts } = await apiAnswer<PeopleAppliedAnswer>("POST", "/v1/directory/apply", { body, on });
    costs[what] = used;
    return counts;
  };
  expect(await apply("new", all())).toEqual({ created: PEOPLE });
  expect(await apply("unchanged", all())).toEqual({ unchanged: PEOPLE });
  expect(await apply("another mail", all({ mail: "x@corp.test" }))).toEqual({ changed: PEOPLE });
  expect(await apply("other groups", all({ mail: "x@corp.test", groups: ["staff", "vip"] }))).toEqual({
    changed: PEOPLE,
  });
  const gone = all().map(({ key }) => ({ key, state: "deleted" }));
  expect(await apply("gone", gone)).toEqual({ disabled: PEOPLE });
  expect(await apply("back", all({ mail: "x@corp.test", groups: ["staff", "vip"] }))).toEqual({ enabled: PEOPLE });
  for (const [what, { statements, guards }] of Object.entries(costs)) {
    expect(statements, what).toBeLessThanOrEqual(24);
    expect(guards, what).toBeLessThanOrEqual(
      what === "new" || what === "unchanged" || what === "another mail" ? 0 : PEOPLE,
    );
  }
  const upns = Array.from({ length: PEOPLE }, (_, n) =>
    rowOf(n + 1, { upn: `d${n}@ad.test`, groups: ["staff", "vip"], mail: "x@corp.test" }),
  );
  // How many users one request renames is bounded; the others are to be sent again.
  const { failed = 0, renamed = 0 } = await apply("renamed", upns);
  expect([failed + renamed, renamed > 10]).toEqual([PEOPLE, true]);
  const { statements = 0, guards = 0 } = costs.renamed ?? {};
  expect(statements + guards).toBeLessThan(1_000);
});
