// What a sign-in by the page costs at the edge, counted at the bindings. docs/costs.md has the same figures.

import { env } from "cloudflare:test";
import { expect, it, vi } from "vitest";
import type { Env } from "../../src/config/env.ts";
import { browser, gatewayOf, pageUser, pool, tokenFor } from "../kit/passive.ts";

type Costs = { guardCalls: string[]; statements: number };

/** The Worker's bindings, with what is asked of them counted. */
function counted(costs: Costs): typeof env {
  const namespace = <T extends Env["USER_GUARD"] | Env["SOURCE_GUARD"]>(guards: T): T =>
    new Proxy(guards, {
      get: (target, key) =>
        key !== "getByName"
          ? Reflect.get(target, key)
          : (name: string) =>
              new Proxy(target.getByName(name), {
                get: (stub, method) => {
                  costs.guardCalls.push(String(method));
                  return Reflect.get(stub, method);
                },
              }),
    });
  const database = new Proxy(env.DB, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return (...values: unknown[]) => {
        costs.statements++;
        return Reflect.apply(member, target, values);
      };
    },
  });
  return { ...env, DB: database, USER_GUARD: namespace(env.USER_GUARD), SOURCE_GUARD: namespace(env.SOURCE_GUARD) };
}

it("a redirect asks no guard, a token one guard, and a ticket one guard and D1 once", async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  const who = await pageUser();
  const behind = pool();
  const mine = browser(gatewayOf(behind));
  const costs: Costs = { guardCalls: [], statements: 0 };
  const taken = () => {
    const { guardCalls, statements } = costs;
    [costs.guardCalls, costs.statements] = [[], 0];
    return [guardCalls, statements];
  };
  const bindings = counted(costs);
  await mine.grant(bindings);
  expect(taken()).toEqual([[], 0]);
  const begun = await mine.begin("", bindings);
  expect(taken()).toEqual([[], 0]);
  const brought = await tokenFor(who, begun);
  expect((await mine.bring({ wresult: "forged", wctx: "forged" }, bindings)).status).toBe(403);
  expect(taken()).toEqual([[], 0]);
  expect((await mine.bring(brought, bindings)).status).toBe(302);
  expect(taken()).toEqual([["passive"], 0]);
  expect((await mine.grant(bindings)).status).toBe(200);
  expect(taken()).toEqual([["rememberTicket"], 1]);
});
