// Attacks on every operation of the API at once: the list of operations is walked, so a new one is attacked as well.

import { env } from "cloudflare:test";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { API_HOST, apiEnv, callApi, tokenOf } from "../../test/kit/api.ts";
import { askApp } from "../../test/kit/ask-app.ts";
import { PATIENCE } from "../../test/kit/patience.ts";
import { LONG_RUNS } from "../../test/kit/runs.ts";
import { API_SCOPES, type ApiScope } from "../core/credentials/api-scopes.ts";
import { sourceGuardOf } from "../guards/route.ts";
import { operations } from "./operations.ts";
import { allowedScopes } from "./roles.ts";

/** Operations that wait for old verdicts, or that touch everything, are not run with bodies that may be right. */
const SLOW = new Set(["policy.spread"]);
const NOBODY = "nobody@contoso.test";
const pathOf = (path: string, filling = NOBODY): string =>
  // A source of people is one word, so that what follows is refused for another reason.
  path.replace("{source}", "ad").replaceAll(/\{\w+\}/g, encodeURIComponent(filling).replaceAll(".", "%2E"));

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each refusal
});

/** What each scope may do, written out once more: a change of the registry that widens a scope is red here. */
const MAY: Readonly<Record<ApiScope, (id: string) => boolean>> = {
  admin: () => true,
  helpdesk: (id) => !ADMINS.test(id),
  read: (id) => !ADMINS.test(id) && READS.test(id),
  directory: (id) => DIRECTORY.has(id),
  backup: (id) => ["whoami", "openapi"].includes(id) || id.startsWith("backup."),
  metrics: (id) => ["whoami", "openapi", "health", "metrics", "statistics"].includes(id),
};
const ADMINS =
  /^(?:tokens\.|administrators\.|backup\.|restore\.|reconcile$|users\.(?:create|batch|change|rename|delete|erase|keep|aliases\.)|policy\.(?:apply|rollback|spread)|audit\.purge|directory\.(?:people|apply|report|adopt|unlink|invite|erase-leavers)|notices\.(?:take|end|test)|keys\.reseal)/;
const READS =
  /^(?:whoami|openapi|health|metrics|statistics|settings|users\.(?:list|get)|passwords\.(?:list|running-out)|invitations\.list|portal\.get|devices\.(?:list|get|why|contests)|partnerships\.list|policy\.(?:get|check|preview|history|version|diff)|locks\.(?:list|user|network)|audit\.(?:list|get|export)|trace\.get|directory\.(?:status|leavers)|notices\.(?:list|status)|keys\.status)$/;
const DIRECTORY = new Set(
  ["whoami openapi health users.list users.get notices.take notices.end"]
    .concat("directory.status directory.people directory.apply directory.report directory.invite")
    .flatMap((words) => words.split(" ")),
);

describe("S-49: each route with each role", () => {
  it.each(operations.map((operation) => [operation.id, operation] as const))("%s", async (id, operation) => {
    const allowed = allowedScopes(operation.scope);
    expect(allowed).toEqual(API_SCOPES.filter((scope) => MAY[scope](id)));
    for (const scope of API_SCOPES) {
      if (allowed.includes(scope)) continue;
      const response = await callApi(operation.method, pathOf(operation.path), { token: await tokenOf(scope) });
      const { code } = await response.json<{ code: string }>();
      expect([scope, response.status, code]).toEqual([scope, 403, "forbidden-scope"]);
    }
  });
});

/** The header of a caller who has seen the version that it changes. */
const SEEN = { "if-match": "*" };
const withBody = operations.filter(({ body }) => body !== undefined);
const named = (all: typeof operations) => all.map((operation) => [operation.id, operation] as const);

describe("S-37 S-49: bodies of every wrong kind", () => {
  it.each(named(withBody))("%s refuses what is not a JSON object, and never fails", async (_id, { method, path }) => {
    const bodies = ["[]", "null", "1", '"text"', "{", "\u0000", '{"a":', `[${"[".repeat(5_000)}`, "\ud800"];
    for (const body of bodies) {
      const response = await callApi(method, pathOf(path), { body, headers: SEEN });
      expect([body.slice(0, 20), response.status]).toEqual([body.slice(0, 20), 400]);
    }
  });

  it.each(named(withBody))("%s refuses other content types and bodies that are too large", async (_id, operation) => {
    const { method, path, maxBodyBytes = 16 * 1024 } = operation;
    for (const type of [
      "text/plain",
      "application/xml",
      "application/json; charset=utf-7",
      "multipart/form-data",
      "",
    ]) {
      const response = await callApi(method, pathOf(path), { body: "{}", headers: { ...SEEN, "content-type": type } });
      expect([type, response.status]).toEqual([type, 415]);
    }
    const large = await callApi(method, pathOf(path), { body: `{"why":"${"x".repeat(maxBodyBytes)}"}`, headers: SEEN });
    expect(large.status).toBe(413);
  });

  it.each(named(withBody))("%s refuses fields that are not described: no mass assignment", async (_id, operation) => {
    for (const field of ["id", "hash", "createdBy", "revision", "by", "__proto__", "constructor", "toString"]) {
      const body = `{${JSON.stringify(field)}:"mine"}`;
      const response = await callApi(operation.method, pathOf(operation.path), { body, headers: SEEN });
      expect([field, response.status]).toEqual([field, 422]);
    }
  });

  it.each(named(operations.filter(({ id }) => !SLOW.has(id))))(
    "%s: anything at all is no 5xx",
    async (_id, operation) => {
      const keys = Object.keys((operation.body as { entries?: object } | undefined)?.entries ?? {});
      const body = fc.oneof(
        fc.dictionary(fc.constantFrom("why", ...keys), fc.jsonValue(), { maxKeys: 5 }),
        fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
      );
      const word = fc.string({ maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(word, fc.webQueryParameters(), body, async (filling, query, content) => {
          const path = `${pathOf(operation.path, filling === "" || /^\.+$/.test(filling) ? "x" : filling)}?${query}`;
          const sends = operation.body !== undefined;
          const response = await callApi(operation.method, path, sends ? { body: content, headers: SEEN } : {});
          expect(response.status).toBeLessThan(500);
        }),
        { numRuns: LONG_RUNS ? 200 : 15, interruptAfterTimeLimit: 20_000 },
      );
    },
  );
});

describe("S-16: what a client writes into headers and paths", () => {
  it("never comes back in a header of the answer", async () => {
    const headers = { "x-request-id": "mark-7d5c", "user-agent": "mark-7d5c", "if-match": '"mark-7d5c"' };
    for (const { method, path } of operations) {
      const response = await callApi(method, `${pathOf(path, `mark-7d5c\r\nset-cookie: a=b`)}?mark-7d5c=1`, {
        headers,
      });
      expect([...response.headers].join("\n"), path).not.toMatch(/mark-7d5c|set-cookie/i);
    }
  });

  it("never comes back in a problem when it may be a secret", async () => {
    const secret = "correct horse battery staple";
    for (const { method, path, body } of operations) {
      if (body === undefined) continue;
      const wrong = JSON.stringify({ why: { secret }, scope: secret, name: { secret }, minutes: secret });
      const response = await callApi(method, pathOf(path), { body: wrong });
      expect(await response.text(), path).not.toContain(secret);
    }
  });
});

describe("S-22: tokens are not found out by time or answer", () => {
  it("every wrong token gets the floor's answer, whatever is wrong with it", async () => {
    const live = await tokenOf("admin");
    const on = { ...apiEnv, REFUSAL_FLOOR_MS: "300" };
    const tokens = [
      `${live.slice(0, -1)}${live.endsWith("A") ? "E" : "A"}`,
      `pt_${"c".repeat(16)}_${"A".repeat(43)}`,
      await tokenOf("admin", { expiresAt: 1 }),
      await tokenOf("admin", { revokedAt: 1 }),
    ];
    const network = "203.0.113.99"; // one network: it has to wait soon, and is refused all the same
    for (const token of tokens) {
      const began = Date.now();
      const headers = { authorization: `Bearer ${token}`, "cf-connecting-ip": network };
      const response = await askApp(`https://${API_HOST}/v1/locks`, { headers }, on);
      expect([response.status, await response.text()]).toEqual([404, ""]);
      expect(Date.now() - began).toBeGreaterThanOrEqual(295);
    }
    // They are counted after their answers. A guard that is still at it would outlive the test.
    await vi.waitFor(async () => expect((await sourceGuardOf(env, network).lock()).level).toBeGreaterThan(3), PATIENCE);
  });
});
