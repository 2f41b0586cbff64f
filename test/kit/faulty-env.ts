// The Worker's bindings, each call of which is noted, and one of which may go wrong. So a test can find every call that
// a request makes, and break each of them.

import type { Env } from "../../src/config/env.ts";

/** How a call goes wrong: it rejects, or it comes back with nothing. */
export type Fault = "throws" | "says nothing";

/** What a broken call says. */
const BROKEN = "binding broken on purpose";

/** The bindings of one request. */
export type WatchedEnv = {
  readonly env: Env;
  /** The calls so far, such as `USER_GUARD.judge`. Every statement of D1 is `DB`. */
  readonly calls: readonly string[];
};

/**
 * `env` with every call of a binding noted.
 * @param broken which call goes wrong, counted from 0
 */
export function watchedEnv(env: Env, broken?: { readonly at: number; readonly how: Fault }): WatchedEnv {
  const calls: string[] = [];
  /** Makes a call, unless it is the broken one. */
  const call = (name: string, work: () => unknown): unknown => {
    const at = calls.push(name) - 1;
    if (at !== broken?.at) return work();
    return broken.how === "throws" ? Promise.reject(new Error(BROKEN)) : Promise.resolve(undefined);
  };
  const watch = (name: string, binding: object): object => {
    switch (kindOf(binding)) {
      case "database":
        return database(binding as D1Database, (work) => call(name, work));
      case "guards":
        return objects(binding as Env["USER_GUARD"], (method, work) => call(`${name}.${method}`, work));
      case "writeDataPoint": // the one call that does not wait
        return methods(binding, (method, work) => {
          if (calls.push(`${name}.${method}`) - 1 === broken?.at) throw new Error(BROKEN);
          return work();
        });
      case "other":
        return methods(binding, (method, work) => call(`${name}.${method}`, work));
    }
  };
  const watched = Object.entries(env).map(([name, value]) => {
    const isBinding = typeof value === "object" && value !== null;
    return [name, isBinding ? watch(name, value) : value] as const;
  });
  return { env: Object.fromEntries(watched) as unknown as Env, calls };
}

function kindOf(binding: object): "database" | "guards" | "writeDataPoint" | "other" {
  const has = (method: string) => typeof Reflect.get(binding, method) === "function";
  // A service answers to any name, so the names of a database and of guards are asked of its class.
  const { name } = (Object.getPrototypeOf(binding) as object).constructor;
  if (name === "D1Database") return "database";
  if (name === "DurableObjectNamespace") return "guards";
  return name !== "Fetcher" && has("writeDataPoint") ? "writeDataPoint" : "other";
}

type Watch = (method: string, work: () => unknown) => unknown;

/** An object whose methods are watched. */
const methods = (of: object, watch: Watch): object =>
  new Proxy(of, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => watch(String(key), () => Reflect.apply(member, target, given));
    },
  });

const objects = (namespace: Env["USER_GUARD"], watch: Watch): object =>
  new Proxy(namespace, {
    get: (target, key) =>
      key === "getByName" ? (name: string) => methods(target.getByName(name), watch) : Reflect.get(target, key),
  });

/** D1 is called when a statement runs, or a batch of statements. */
function database(of: D1Database, watch: (work: () => unknown) => unknown): object {
  const RUNS = new Set(["all", "run", "raw", "first"]);
  const inside = new WeakMap<object, D1PreparedStatement>();
  const statement = (real: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(real, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function") return member;
        return (...given: unknown[]) => {
          const made = () => Reflect.apply(member, target, given) as unknown;
          if (key === "bind") return statement(made() as D1PreparedStatement);
          return RUNS.has(String(key)) ? watch(made) : made();
        };
      },
    });
    inside.set(proxy, real);
    return proxy;
  };
  return new Proxy(of, {
    get: (target, key) => {
      if (key === "prepare") return (sql: string) => statement(target.prepare(sql));
      if (key === "batch")
        return (all: D1PreparedStatement[]) => watch(() => target.batch(all.map((each) => inside.get(each) ?? each)));
      const member: unknown = Reflect.get(target, key);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
