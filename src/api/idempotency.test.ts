// Idempotency keys, ETags and limits: what the registry does for every operation.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv, apiProblem, callApi, tokenOf } from "../../test/kit/api.ts";
import { openDatabase } from "../store/database.ts";
import { forgetKeyed } from "../store/idempotency.ts";

const PATH = "/v1/administrators";
let made = 0;
const person = () => ({ name: "Bo", email: `bo${++made}@contoso.com`, role: "viewer" });
const keyed = (key: string) => ({ "idempotency-key": key });

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

describe("S-49: an idempotency key", () => {
  it("gives a repeated request the first one's answer, and does nothing twice", async () => {
    const [body, headers] = [person(), keyed("k1")];
    const first = await callApi("POST", PATH, { body, headers });
    const second = await callApi("POST", PATH, { body, headers });
    expect([second.status, second.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
    expect(await second.json()).toEqual(await first.json());
  });

  it("belongs to one request, and to one caller", async () => {
    const headers = keyed("k2");
    await apiAnswer("POST", PATH, { body: person(), headers });
    expect(await apiProblem("POST", PATH, { body: person(), headers })).toEqual([422, "idempotency-key-reused"]);
    await apiAnswer("POST", PATH, { body: person(), headers, token: await tokenOf("admin") });
  });

  it("of a refused request is free again", async () => {
    const [body, headers] = [person(), keyed("k3")];
    await apiAnswer("POST", PATH, { body });
    expect(await apiProblem("POST", PATH, { body, headers })).toEqual([409, "email-taken"]);
    await apiAnswer("POST", PATH, { body: person(), headers });
  });

  it("lets one of two requests that come together begin", async () => {
    const [body, headers] = [person(), keyed("k4")];
    const both = await Promise.all([1, 2].map(() => callApi("POST", PATH, { body, headers })));
    const statuses = both.map(({ status, headers: of }) => (of.has("idempotency-replayed") ? "replayed" : status));
    expect(statuses).toContain(201);
    expect(statuses.every((status) => [201, 409, "replayed"].includes(status))).toBe(true);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  });

  it.each(["", "two words", "x".repeat(129), "ä"])("such as %j is refused", async (key) => {
    expect(await apiProblem("POST", PATH, { body: person(), headers: keyed(key) })).toEqual([400, "unusable-header"]);
  });

  it("is forgotten after a day", async () => {
    const [body, headers] = [person(), keyed("k5")];
    await apiAnswer("POST", PATH, { body, headers });
    await forgetKeyed(openDatabase(env.DB), Date.now() + 86_400_001);
    expect(await apiProblem("POST", PATH, { body, headers })).toEqual([409, "email-taken"]);
  });
});

describe("a caller who asks too often", () => {
  const never = { limit: async () => ({ success: false }) } as unknown as RateLimit;

  it("is told to wait, for calls and for secrets each", async () => {
    const response = await callApi("GET", "/v1/locks", { on: { ...apiEnv, API_CALLS: never } });
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "60"]);
    const on = { ...apiEnv, API_SECRETS: never };
    const body = { name: "n", scope: "read" };
    expect(await apiProblem("POST", "/v1/tokens", { body, on })).toEqual([429, "too-many-requests"]);
    await apiAnswer("GET", "/v1/locks", { on });
  });

  it("counts for itself", async () => {
    const keys: string[] = [];
    const API_CALLS = { limit: async ({ key }: { key: string }) => ({ success: keys.push(key) > 0 }) } as RateLimit;
    const token = await tokenOf("read");
    await callApi("GET", "/v1/whoami", { token, on: { ...apiEnv, API_CALLS } });
    expect(keys).toEqual([`t_${token.slice(3, 19)}`]);
  });
});

it("S-39: a key of ADMIN_KEYS is in the audit once an hour, and opens while D1 is away", async () => {
  // A key of its own: what an isolate has told the audit it remembers for an hour, beyond this file.
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64");
  const asking = { token, on: { ...apiEnv, ADMIN_KEYS: token } };
  const { id } = await apiAnswer<{ id: string }>("GET", "/v1/whoami", asking);
  for (let i = 0; i < 2; i++) await callApi("GET", "/v1/whoami", asking);
  const found = await env.DB.prepare(
    "select changed_by from audit_events where reason = 'break-glass-used' and changed_by like ?",
  )
    .bind(`%${id}%`)
    .all();
  expect(found.results).toHaveLength(1);
});

describe("health", () => {
  it("says what works and what does not", async () => {
    expect(await apiAnswer("GET", "/v1/health")).toMatchObject({ checks: { database: "ok", frontEnd: "ok" } });
    const ORIGIN = { fetch: async () => new Response(null, { status: 502 }) } as unknown as Fetcher;
    const failing = await apiAnswer("GET", "/v1/health", {
      on: { ...apiEnv, ORIGIN },
      token: await tokenOf("metrics"),
    });
    expect(failing).toMatchObject({ status: "failing", checks: { frontEnd: "failing: it answers 502" } });
  });
});

it("the description of the API is served", async () => {
  expect(await apiAnswer("GET", "/v1/openapi.json")).toMatchObject({ openapi: "3.1.0" });
});
