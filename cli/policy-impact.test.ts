// `postern policy check` and `apply` of a policy that would refuse devices in use.

import { describe, expect, it } from "vitest";
import { no, ok, runIn } from "../test/kit/gateway/command.ts";
import {
  DEFAULT_ANSWER,
  EXAMPLE,
  has,
  impactOf,
  impacts,
  policyFiles,
  TEXT,
} from "../test/kit/gateway/policy-answers.ts";
import { type Routes, scriptedApi } from "../test/kit/gateway/scripted-api.ts";

const { asked, run } = scriptedApi();
const { file } = policyFiles();
const SPREAD = { "POST /v1/policy/spread": ok({ version: 1, guards: 0, next: null, openWindows: 0 }) };

describe("a policy that refuses what is in use", () => {
  it.each([
    ["all", 10, "It would refuse every one of the 10 devices in use (seen in the last 30 days):\n\nUSER"],
    ["most", 6, "It would refuse most of the devices in use, 6 of 10 (seen in the last 30 days):\n\nUSER"],
  ] as const)("check says it of %s, with examples, and ends with 0", async (extent, refused, sentence) => {
    const { code, out } = await run(impacts(impactOf(refused, extent)), "policy", "check", file(TEXT));
    expect(code).toBe(0);
    expect(out).toContain(sentence);
    expect(out).toContain(EXAMPLE);
    expect(out).toContain(`… and ${refused - 1} more`);
    expect(asked).toEqual([{ method: "POST", path: "/v1/policy/check", body: { text: TEXT } }]);
  });

  it("S-92: check says whose app passwords it refuses, and apply wants --yes where that is most people", async () => {
    const change = { user: "sip:ada@contoso.test", before: "never", after: "must", refused: "password" } as const;
    const page = { user: "sip:bob@contoso.test", before: "may", after: "never", refused: "page" } as const;
    const signIns = { users: 10, passwordRefused: 7, pageRefused: 1, examples: [change, page] };
    const impact = { ...impactOf(0, "none"), signIns };
    const { code, out } = await run(impacts(impact), "policy", "check", file(TEXT));
    expect(code).toBe(0);
    expect(out).toContain("would refuse the app passwords of 7 of the 10 people with devices in use");
    expect(out).toContain("would refuse the page to 1 of the 10 people");
    expect(out).toMatch(/sip:ada@contoso\.test {2}never {8}must {6}password\n.*page\n… and 6 more/);
    const routes = { ...has(DEFAULT_ANSWER), ...impacts(impact) };
    asked.length = 0;
    const applied = await run(routes, "policy", "apply", file(TEXT));
    expect([applied.code, applied.err]).toEqual([
      2,
      expect.stringContaining("would refuse the sign-ins of most people"),
    ]);
    expect(asked.filter(({ method }) => method === "PUT")).toEqual([]);
    const few = { ...impact, signIns: { ...signIns, passwordRefused: 2 } };
    const taken = await run(
      { ...routes, ...impacts(few), "PUT /v1/policy": ok({ version: 1 }), ...SPREAD },
      "policy",
      "apply",
      file(TEXT),
    );
    expect(
      asked.filter(({ method }) => method === "PUT"),
      taken.err,
    ).toHaveLength(1);
  });

  it("check says how many it is of some", async () => {
    const { out } = await run(impacts(impactOf(2, "some")), "policy", "check", file(TEXT));
    expect(out).toContain(
      'It would refuse 2 of the 10 devices in use (seen in the last 30 days); "policy preview" names them.',
    );
  });

  it("check says of how many devices it speaks where there are more than the gateway judged", async () => {
    const part = (refused: number, extent: "some" | "all") =>
      impacts({ ...impactOf(refused, extent), judged: 5_000, whole: false });
    const some = await run(part(2, "some"), "policy", "check", file(TEXT));
    expect(some.out).toContain(
      "It would refuse 2 of the 10 devices in use (seen in the last 30 days, of the first 5000",
    );
    const all = await run(part(10, "all"), "policy", "check", file(TEXT));
    expect(all.out).toContain("It would refuse 10 of 10 devices in use among the first 5000 (seen");
  });

  it("check tells scripts the same, and says when no gateway was there to ask", async () => {
    const { out } = await run(impacts(impactOf(10, "all")), "policy", "check", file(TEXT), "--json");
    expect(JSON.parse(out)).toMatchObject({ impact: { extent: "all", refused: 10, inUse: 10 } });
    const alone = await runIn({}, ["policy", "check", file(TEXT)]);
    expect(alone.code).toBe(0);
    expect(alone.out).toContain(
      "No gateway was asked which devices in use it would refuse: the local gateway is not running.",
    );
    asked.length = 0;
    const offline = await run({}, "policy", "check", file(TEXT), "--offline");
    expect([offline.code, asked]).toEqual([0, []]);
    expect((await run({ "POST /v1/policy/check": no("bad-policy") }, "policy", "check", file(TEXT))).code).toBe(2);
  });

  describe.each(["all", "most"] as const)("apply, of %s", (extent) => {
    const routes: Routes = {
      ...has(DEFAULT_ANSWER),
      ...impacts(impactOf(extent === "all" ? 10 : 6, extent)),
      "PUT /v1/policy": ok({ version: 1 }),
      "POST /v1/policy/spread": ok({ version: 1, guards: 1, next: null, openWindows: 0 }),
    };
    const applied = () => asked.filter(({ path }) => path === "/v1/policy" || path.endsWith("spread")).length > 1;

    it("does nothing in a script without --yes, and says why", async () => {
      const { code, out, err } = await run(routes, "policy", "apply", file(TEXT));
      expect([code, out, applied()]).toEqual([2, "", false]);
      expect(err).toMatch(/^postern: nothing was applied: this policy would refuse (every one|most) of the /);
      expect(err).toContain(EXAMPLE);
      expect(err).toContain("Give --yes if that is what you mean");
      const json = (await run(routes, "policy", "apply", file(TEXT), "--json")).err;
      expect(JSON.parse(json)).toMatchObject({ error: { kind: "usage", impact: { extent } } });
    });

    it("does it with --yes", async () => {
      expect((await run(routes, "policy", "apply", file(TEXT), "--yes")).code).toBe(0);
      expect(applied()).toBe(true);
    });

    it.each([
      ["yes", 0, true],
      [" YES ", 0, true],
      ["", 2, false],
      ["y", 2, false],
      ["no", 2, false],
    ] as const)("asks at a terminal; %j ends with %i", async (typed, exit, done) => {
      const questions: string[] = [];
      const question = async (text: string) => {
        questions.push(text);
        return typed;
      };
      const { code, err } = await run(routes, "policy", "apply", file(TEXT), question);
      expect([code, applied(), questions.length]).toEqual([exit, done, 1]);
      expect(questions[0]).toContain(EXAMPLE);
      expect(questions[0]).toMatch(/Type yes to put it in place: $/);
      if (!done) expect(err).toContain("postern: nothing was applied.");
    });
  });

  it("apply asks nobody of some", async () => {
    const routes = {
      ...{ ...has(DEFAULT_ANSWER), ...impacts(impactOf(5, "some")), "PUT /v1/policy": ok({ version: 1 }) },
      "POST /v1/policy/spread": ok({ version: 1, guards: 1, next: null, openWindows: 0 }),
    };
    expect((await run(routes, "policy", "apply", file(TEXT))).code).toBe(0);
  });
});
