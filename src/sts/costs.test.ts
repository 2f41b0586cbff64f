// What the page of the token service costs for each step, as the table of docs/costs.md says it: D1 queries, and requests
// to guards. What a guard itself asks D1 is not in it.

import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { linkFor, newcomer, numberIn, stsBrowser, stsVariables, usePassive } from "../../test/kit/sts-host.ts";
import type { Env } from "../config/env.ts";

let queries = 0;
let asked = 0;

/**
 * The database, which counts its statements. Those of guards are not among them, nor what an isolate writes each
 * fifteen seconds about itself.
 */
const DB = new Proxy(env.DB, {
  get: (target, name) => {
    if (name === "prepare") {
      return (sql: string) => {
        if (!/into "meters"/i.test(sql)) queries++;
        return target.prepare(sql);
      };
    }
    const value: unknown = Reflect.get(target, name);
    return typeof value === "function" ? value.bind(target) : value;
  },
});

/** A namespace that counts each call of its objects. */
const counted = <Namespace extends Env["USER_GUARD"] | Env["SOURCE_GUARD"]>(namespace: Namespace): Namespace =>
  new Proxy(namespace, {
    get: (target, name) => {
      if (name !== "getByName") return Reflect.get(target, name);
      return (guard: string) =>
        new Proxy(target.getByName(guard), {
          get: (stub, method) => {
            const call: unknown = Reflect.get(stub, method);
            if (typeof call !== "function") return call;
            return (...given: unknown[]) => {
              asked++;
              return Reflect.apply(call, stub, given);
            };
          },
        });
    },
  });

const bindings = { DB, USER_GUARD: counted(env.USER_GUARD), SOURCE_GUARD: counted(env.SOURCE_GUARD) };

async function costOf(step: () => Promise<unknown>): Promise<string> {
  [queries, asked] = [0, 0];
  await step();
  return `${queries} D1, ${asked} guards`;
}

it("costs what docs/costs.md says", async () => {
  await usePassive("may");
  const variables = { ...(await stsVariables()), ...bindings };
  const portal = await newcomer("cost.page", variables);
  const { app } = await portal.setUpCodes();
  const address = "cost.page@contoso.test";
  const browser = stsBrowser(variables, "203.0.113.9");
  const costs: Record<string, string> = {};
  const cost = async (name: string, step: () => Promise<unknown>): Promise<void> => {
    costs[name] = await costOf(step);
  };
  await cost("the page", () => browser.open(linkFor()));
  await cost("signed in with a code", () => browser.signIn(address, app.code()));
  await cost("answered at once", () => browser.get(linkFor()));
  const other = stsBrowser(variables, "203.0.113.10");
  await other.open(linkFor());
  await cost("a wrong code", () => other.signIn(address, "000000"));
  let number = 0;
  await cost("asked for a number", async () => {
    number = numberIn(await other.ask(address));
  });
  await cost("looked once", () => other.get("/passive/wait/look"));
  expect(number).toBeGreaterThan(9);
  expect(costs).toEqual({
    "the page": "1 D1, 0 guards",
    "signed in with a code": "5 D1, 4 guards",
    "answered at once": "3 D1, 2 guards",
    "a wrong code": "4 D1, 2 guards",
    "asked for a number": "5 D1, 3 guards",
    "looked once": "2 D1, 1 guards",
  });
});

it("S-22: the same for a user without factors as for one who types a wrong code", async () => {
  const variables = { ...(await stsVariables()), ...bindings };
  const known = await newcomer("cost.known", variables);
  await known.setUpCodes();
  await newcomer("cost.bare", variables);
  const costs: Record<string, readonly string[]> = {};
  for (const account of ["cost.known", "cost.bare"]) {
    const browser = stsBrowser(variables, `203.0.113.${20 + Object.keys(costs).length}`);
    await browser.open(linkFor());
    const address = `${account}@contoso.test`;
    costs[account] = [
      await costOf(() => browser.signIn(address, "000000")),
      await costOf(() => browser.ask(address)),
      await costOf(() => browser.get("/passive/wait/look")),
    ];
  }
  expect(costs["cost.bare"]).toEqual(costs["cost.known"]);
});
