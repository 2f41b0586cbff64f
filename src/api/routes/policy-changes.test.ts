// A policy that is weighed, applied over the one its author has seen, and brought back, against D1 in workerd.

import { env } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { apiAnswer, apiProblem, callApi, tokenOf } from "../../../test/kit/api.ts";
import { DEFAULT_POLICY } from "../../core/policy/read.ts";
import { openDatabase } from "../../store/database.ts";
import { policies } from "../../store/schema.ts";

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  await openDatabase(env.DB).delete(policies);
});

const TEXT = (most: number) => `# ours\n[enrolment]\nmaxDevices = ${most}\n`;
const put = (version: number, text: string, more: object = {}) =>
  callApi("PUT", "/v1/policy", { body: { text, ...more }, headers: { "if-match": `"v${version}"` } });

it("S-46: two administrators who saw the same version: the second is refused, and nothing is lost", async () => {
  expect((await callApi("GET", "/v1/policy")).headers.get("etag")).toBe('"v0"');
  const both = await Promise.all([put(0, TEXT(3)), put(0, TEXT(4))]);
  expect(both.map(({ status }) => status).toSorted()).not.toEqual([200, 200]);
  expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
  const late = await put(0, TEXT(5));
  expect([late.status, await late.json()]).toMatchObject([412, { code: "changed-meanwhile" }]);
  expect(late.headers.get("etag")).toBe('"v1"');
  expect(await apiProblem("PUT", "/v1/policy", { body: { text: TEXT(5) } })).toEqual([428, "precondition-required"]);
});

it("is kept as its file, listed, shown, and brought back as a new version", async () => {
  expect((await put(0, TEXT(3), { why: "ticket 1" })).status).toBe(200);
  expect((await put(1, TEXT(4))).status).toBe(200);
  const body = { version: 1, why: "it was better" };
  expect(await apiAnswer("POST", "/v1/policy/rollback", { body, headers: { "if-match": '"v2"' } })).toEqual({
    version: 3,
  });
  expect(await apiAnswer("GET", "/v1/policy")).toMatchObject({
    ...{ version: 3, text: TEXT(3), why: "back to version 1: it was better", by: { kind: "key" } },
    policy: { enrolment: { maxDevices: 3 } },
  });
  const first = await apiAnswer<{ items: { version: number }[]; next: string }>("GET", "/v1/policy/history?limit=2");
  const rest = await apiAnswer("GET", `/v1/policy/history?limit=2&after=${first.next}`);
  expect([first, rest]).toMatchObject([
    { items: [{ version: 3 }, { version: 2 }] },
    { items: [{ version: 1 }], next: null },
  ]);
  expect(await apiAnswer("GET", "/v1/policy/history/2")).toMatchObject({ version: 2, text: TEXT(4) });
  expect(await apiAnswer("GET", "/v1/policy/diff?from=0&to=2")).toMatchObject({
    ...{ from: { version: 0, text: null }, to: { version: 2, text: TEXT(4) } },
    changes: [{ kind: "setting", what: "enrolment.maxDevices", text: "3 → 4" }],
  });
  expect(await apiProblem("GET", "/v1/policy/diff?from=1&to=9")).toEqual([404, "no-such-policy"]);
  const missing = { body: { version: 9 }, headers: { "if-match": '"v3"' } };
  expect(await apiProblem("POST", "/v1/policy/rollback", missing)).toEqual([404, "no-such-policy"]);
});

it("is checked and previewed without a change", async () => {
  const rules = [{ code: "all", action: "block", reason: "All", when: {} }];
  const policy = { ...DEFAULT_POLICY, rules };
  expect(await apiAnswer("POST", "/v1/policy/check", { body: { policy } })).toMatchObject({
    ...{ version: 0, changes: [{ kind: "added", what: "all" }], impact: { inUse: 0, refused: 0 } },
  });
  expect(await apiAnswer("POST", "/v1/policy/preview", { body: { policy } })).toMatchObject({ items: [], next: null });
  expect(await apiAnswer("GET", "/v1/policy")).toMatchObject({ version: 0 });
  const quick = { body: { text: TEXT(3), impact: false } };
  expect(await apiAnswer("POST", "/v1/policy/check", quick)).toMatchObject({ impact: null, warnings: [] });
  const wrong = await callApi("GET", "/v1/policy/history/abc");
  expect(await wrong.json()).toMatchObject({ detail: "version: It must be a number." });
});

it.each([
  [{}, 422, "invalid"],
  [{ text: "a = " }, 400, "bad-policy"],
  [{ text: "rules = 1" }, 400, "bad-policy"],
  [{ text: TEXT(3), policy: { enrolment: { maxDevices: 9 } } }, 422, "invalid"],
])("%j is refused: %i %s", async (body, status, code) => {
  expect(await apiProblem("POST", "/v1/policy/check", { body })).toEqual([status, code]);
});

it("says in which line of the file a fault or a warning is", async () => {
  const rule = (code: string) => `[[rules]]\ncode = "${code}"\naction = "block"\nreason = "R"\nwhen = {}\n`;
  const faulty = await callApi("POST", "/v1/policy/check", { body: { text: `${rule("a")}\nexpireAfterDays = 0` } });
  expect(await faulty.json()).toMatchObject({ errors: [{ path: "policy.rules[0].expireAfterDays", line: 7 }] });
  const doubtful = { body: { text: `${rule("a")}\n${rule("b")}`, impact: false } };
  expect(await apiAnswer("POST", "/v1/policy/check", doubtful)).toMatchObject({
    warnings: [{ path: "rules[1]", line: 7 }],
  });
});

it("only an admin applies one, and a viewer may weigh it", async () => {
  const [token, headers] = [await tokenOf("helpdesk"), { "if-match": '"v0"' }];
  const body = { text: TEXT(3) };
  expect(await apiProblem("PUT", "/v1/policy", { token, headers, body })).toEqual([403, "forbidden-scope"]);
  await apiAnswer("POST", "/v1/policy/check", { token: await tokenOf("read"), body });
});
