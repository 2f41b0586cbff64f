// What the portal costs for each step, as the table of docs/costs.md says it: D1 queries, and requests to guards. What a
// guard itself asks D1 is not in it.

import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { apiAnswer } from "../../test/kit/api.ts";
import { softwarePasskey } from "../../test/kit/gateway/passkey.ts";
import { portalBrowser } from "../../test/kit/gateway/portal-browser.ts";
import { portalAt, portalEnv } from "../../test/kit/portal-host.ts";
import type { MadeUserInvitationAnswer } from "../api/schemas/invitations.ts";
import type { Env } from "../config/env.ts";
import { openDatabase } from "../store/database.ts";
import { addUser } from "../store/directory.ts";

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
  await addUser(openDatabase(env.DB), { sipUri: "sip:cost.portal@contoso.test", account: "CONTOSO\\cost.portal" }, 0);
  const path = "/v1/users/cost.portal@contoso.test/invitations";
  const { link } = await apiAnswer<MadeUserInvitationAnswer>("POST", path, { on: portalEnv });
  const browser = portalBrowser(portalAt(bindings));
  const passkey = softwarePasskey();
  const costs: Record<string, string> = {};
  costs.enter = await costOf(() => browser.enter(new URL(link).hash.slice(1)));
  costs.passkey = await costOf(() => browser.makePasskey(passkey));
  const { app } = await browser.setUpCodes(undefined, "/security/codes");
  costs.security = await costOf(() => browser.get("/security"));
  browser.cookies.clear();
  costs.signInPage = await costOf(() => browser.get("/sign-in"));
  costs.byPasskey = await costOf(() => browser.signInWithPasskey(passkey));
  browser.cookies.clear();
  costs.byCode = await costOf(() => browser.signIn("cost.portal@contoso.test", app.code()));
  costs.signOut = await costOf(() => browser.post("/sign-out"));
  costs.refused = await costOf(() => browser.signIn("cost.portal@contoso.test", "000000"));
  costs.nobody = await costOf(() => browser.signIn("nobody@contoso.test", "000000"));
  expect(costs).toEqual({
    enter: "3 D1, 3 guards",
    passkey: "4 D1, 4 guards",
    security: "2 D1, 3 guards",
    signInPage: "1 D1, 0 guards",
    byPasskey: "4 D1, 4 guards",
    byCode: "2 D1, 3 guards",
    signOut: "1 D1, 2 guards",
    refused: "3 D1, 2 guards",
    nobody: "3 D1, 3 guards",
  });
});
