// Who may call the API: tokens that live, within their scope, and nobody else.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv, apiProblem, callApi, tokenOf } from "../../test/kit/api.ts";
import { PATIENCE } from "../../test/kit/patience.ts";
import { API_SCOPES } from "../core/credentials/api-scopes.ts";
import { sourceGuardOf } from "../guards/route.ts";
import { storedToken } from "../store/api-tokens.ts";
import { openDatabase } from "../store/database.ts";
import { operations } from "./operations.ts";
import { mayDo } from "./roles.ts";

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each refusal
});

/** What a client sees of an answer, without the request's id. */
async function shapeOf(response: Response): Promise<unknown> {
  const headers = [...response.headers].map(([name, value]) => (name === "x-request-id" ? [name] : [name, value]));
  return [response.status, headers, await response.text()];
}

const counted: string[] = [];
/** A request with a token that opens nothing, from a network of its own, where it counts. */
async function refusedWith(token: string, path = "/v1/locks"): Promise<Response> {
  const source = `198.51.100.${counted.length + 1}`;
  counted.push(source);
  return callApi("GET", path, { token, headers: { "cf-connecting-ip": source } });
}

afterEach(async () => {
  // Wrong tokens are counted after their answers. A guard that is still at it would outlive the test.
  for (const source of counted) {
    await vi.waitFor(async () => expect((await sourceGuardOf(env, source).lock()).level).toBeGreaterThan(0), PATIENCE);
  }
});

const idOf = (token: string): string => `t_${token.slice(3, 19)}`;

describe("S-33 S-49: a token", () => {
  it("opens what its scope may do, and its use is noted to the hour", async () => {
    const token = await tokenOf("read");
    await apiAnswer("GET", "/v1/locks", { token });
    const hour = Date.now() - (Date.now() % 3_600_000);
    await vi.waitFor(async () => {
      expect((await storedToken(openDatabase(env.DB), idOf(token)))?.lastUsedAt).toBe(hour);
    }, PATIENCE);
  });

  it("that expired, was revoked, is nobody's or has a wrong secret is nothing, like a host that is not there", async () => {
    const live = await tokenOf("admin");
    const nothing = await shapeOf(await refusedWith("x"));
    const wrong = [
      await tokenOf("admin", { expiresAt: Date.now() }),
      await tokenOf("admin", { revokedAt: Date.now() }),
      `pt_${"a".repeat(16)}_${"A".repeat(43)}`,
      `${live.slice(0, -1)}${live.endsWith("A") ? "E" : "A"}`,
      `${live}A`,
      live.slice(3),
      live.toUpperCase(),
    ];
    for (const token of wrong) {
      for (const path of ["/v1/locks", "/v1/nothing"]) {
        expect(await shapeOf(await refusedWith(token, path)), token.slice(0, 19)).toEqual(nothing);
      }
    }
  });

  it("S-58: for some networks opens nothing from another, like a wrong one, and counts there", async () => {
    const networks = ["192.0.2.0/24", "2001:db8:1::/48"];
    const tied = await tokenOf("directory", { networks });
    for (const source of ["192.0.2.77", "2001:db8:1:9::5"]) {
      const answer = await callApi("GET", "/v1/whoami", { token: tied, headers: { "cf-connecting-ip": source } });
      expect(answer.status, source).toBe(200);
    }
    const nothing = await shapeOf(await refusedWith("x"));
    expect(await shapeOf(await refusedWith(tied, "/v1/whoami"))).toEqual(nothing);
    const sixth = await callApi("GET", "/v1/whoami", { token: tied, headers: { "cf-connecting-ip": "2001:db8:2::1" } });
    counted.push("2001:db8:2::/64");
    expect(await shapeOf(sixth)).toEqual(nothing);
  });

  it("is looked up with the same statements, whatever is wrong with it", async () => {
    const live = await tokenOf("admin");
    const tokens = [
      `${live.slice(0, -1)}${live.endsWith("A") ? "E" : "A"}`,
      await tokenOf("admin", { expiresAt: 1 }),
      await tokenOf("admin", { revokedAt: 1 }),
      `pt_${"b".repeat(16)}_${"A".repeat(43)}`,
    ];
    for (const token of tokens) {
      const prepare = vi.spyOn(env.DB, "prepare");
      await refusedWith(token);
      expect(prepare).toHaveBeenCalledTimes(1);
      prepare.mockRestore();
    }
  });

  it("is not told from a stranger's while D1 fails", async () => {
    const token = await tokenOf("admin");
    const DB = { prepare: () => expect.fail("D1 is away") } as unknown as D1Database;
    const response = await callApi("GET", "/v1/locks", { token, on: { ...apiEnv, DB } });
    expect([response.status, await response.text()]).toEqual([404, ""]);
  });
});

describe("S-49: roles", () => {
  it.each(API_SCOPES)("%s may do what the table says, and is told about everything else", async (scope) => {
    const token = await tokenOf(scope);
    for (const { method, path, scope: needed } of operations) {
      if (mayDo(scope, needed)) continue;
      const filled = path.replaceAll(/\{\w+\}/g, "nobody@contoso.test");
      expect(await apiProblem(method, filled, { token }), `${method} ${path}`).toEqual([403, "forbidden-scope"]);
    }
  });

  it("are a ladder, and programs may do only what names them", () => {
    const allowed = (needed: Parameters<typeof mayDo>[1]) => API_SCOPES.filter((scope) => mayDo(scope, needed));
    expect(allowed("any")).toEqual(API_SCOPES);
    expect(allowed("read")).toEqual(["read", "helpdesk", "admin"]);
    expect(allowed("helpdesk")).toEqual(["helpdesk", "admin"]);
    expect(allowed("admin")).toEqual(["admin"]);
    expect(allowed(["admin", "directory"])).toEqual(["admin", "directory"]);
    expect(allowed(["read", "metrics"])).toEqual(["read", "helpdesk", "admin", "metrics"]);
  });
});
