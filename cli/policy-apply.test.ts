// `postern policy apply`, `history` and `rollback` from command line to exit code, with an API of the tests' own.

import { describe, expect, it } from "vitest";
import { no, ok } from "../test/kit/gateway/command.ts";
import {
  APPLIED,
  DEFAULT_ANSWER,
  has,
  impactOf,
  impacts,
  NO_IMPACT,
  policyFiles,
  TEXT,
  unmet,
} from "../test/kit/gateway/policy-answers.ts";
import { type Routes, scriptedApi } from "../test/kit/gateway/scripted-api.ts";

const { asked, run } = scriptedApi();
const { file } = policyFiles();

describe("policy apply", () => {
  const spread: Routes = {
    "POST /v1/policy/spread": ok({ version: 1, guards: 100, next: "u_2", openWindows: 0 }),
    "POST /v1/policy/spread?after=u_2": ok({ version: 1, guards: 23, next: null, openWindows: 0 }),
  };
  const routes: Routes = { ...has(DEFAULT_ANSWER), ...spread, "PUT /v1/policy": ok({ version: 1 }) };

  it("S-46: says that windows are open under the new mode that were opened before it", async () => {
    const last = ok({ version: 1, guards: 23, next: null, openWindows: 2 });
    const { out } = await run({ ...routes, "POST /v1/policy/spread?after=u_2": last }, "policy", "apply", file(TEXT));
    expect(out).toContain("2 enrolment windows are open, perhaps since before");
  });

  it("puts the file in place of what was there, and tells every guard", async () => {
    const { code, out } = await run(routes, "policy", "apply", file(TEXT), "--why", "ticket 4711");
    expect(code).toBe(0);
    expect(out).toContain("+ no-android  rules[0]: block");
    expect(out).toContain(
      "The policy is in place. Version 1 is with every user's guard (123): it decides from now on.",
    );
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1/policy",
      "POST /v1/policy/check",
      "PUT /v1/policy",
      "POST /v1/policy/spread",
      "POST /v1/policy/spread?after=u_2",
    ]);
    expect(asked[2]?.body).toEqual({ text: TEXT, why: "ticket 4711" });
  });

  it("finishes an interrupted command, without a version of its own", async () => {
    const { code, out } = await run({ ...has(APPLIED), ...spread }, "policy", "apply", file(TEXT));
    expect(code).toBe(0);
    expect(out).toContain("The gateway has this policy already.");
    expect(asked.map(({ method, path }) => `${method} ${path}`)).not.toContain("PUT /v1/policy");
  });

  it("applies a file that differs in its comments only, for the next reader", async () => {
    const name = file(`# new\n${TEXT}`);
    const { out } = await run({ ...routes, ...has(APPLIED) }, "policy", "apply", name, "--json");
    expect(JSON.parse(out)).toEqual({
      ...{ version: 1, guards: 123, openWindows: 0, applied: true, changes: [] },
      ...{ impact: { ...NO_IMPACT, version: 7 }, target: expect.stringMatching(/^127/) },
    });
    expect(asked[2]?.body).toMatchObject({ text: `# new\n${TEXT}` });
  });

  it.each([
    ["policy-changed", 4],
    ["changed-meanwhile", 4],
    ["bad-policy", 2],
    ["unavailable", 1],
  ] as const)("%s ends with %i, in the gateway's words", async (error, exit) => {
    const { code, out, err } = await run({ ...routes, "PUT /v1/policy": no(error) }, "policy", "apply", file(TEXT));
    expect([code, out]).toEqual([exit, ""]);
    expect(err).toContain("The gateway says why.");
    expect(asked.length).toBe(3);
  });
});

describe("policy history and rollback", () => {
  const versions = [
    {
      version: 7,
      appliedAt: "2026-11-22T08:00:00.000Z",
      by: { id: "t_1", name: "Desk", kind: "token" },
      why: "ticket 4711",
    },
    { version: 6, appliedAt: "2026-11-21T08:00:00.000Z", by: { id: "a_1", name: null, kind: "unknown" }, why: null },
  ];

  it("lists versions, and shows one", async () => {
    const { out } = await run(
      { "GET /v1/policy/history?limit=100": ok({ items: versions, next: null }) },
      "policy",
      "history",
    );
    expect(
      out
        .split("\n")
        .map((line) => line.split(/ {2,}/))
        .slice(1, 3),
    ).toEqual([
      ["7", "2026-11-22T08:00:00.000Z", "Desk", "ticket 4711"],
      ["6", "2026-11-21T08:00:00.000Z", "a_1", "-"],
    ]);
    const shown = await run({ "GET /v1/policy/history/7": ok(APPLIED) }, "policy", "show", "7");
    expect(shown.out).toContain(TEXT);
    expect((await run({}, "policy", "show", "x")).code).toBe(2);
  });

  it("rolls back to a version against the one it has seen, and tells every guard", async () => {
    const routes: Routes = {
      ...{ "GET /v1/policy": ok({ ...APPLIED, version: 9 }), "GET /v1/policy/history/7": ok(APPLIED) },
      ...{ ...unmet, "POST /v1/policy/rollback": ok({ version: 10 }) },
      "POST /v1/policy/spread": ok({ version: 10, guards: 3, next: null, openWindows: 0 }),
    };
    const { code, out } = await run(routes, "policy", "rollback", "7", "--why", "tablets");
    expect(code).toBe(0);
    expect(out).toMatch(/^Version 7 is in place again\. Version 10 is with every user's guard \(3\)/);
    expect(asked.find(({ path }) => path.endsWith("rollback"))?.body).toEqual({ version: 7, why: "tablets" });
    asked.length = 0;
    const refused = { ...routes, ...impacts(impactOf(10, "all")) };
    expect((await run(refused, "policy", "rollback", "7")).code).toBe(2);
    expect(asked.some(({ path }) => path.endsWith("rollback"))).toBe(false);
  });
});
