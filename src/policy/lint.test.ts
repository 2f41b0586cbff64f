import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { covers, lintPolicy } from "./lint.ts";
import { holds } from "./match.ts";
import { policyOf, rule, withFacts } from "./test-policies.ts";
import type { Conditions, Match } from "./types.ts";

describe("warnings", () => {
  it("name rules that never decide, and what decides before them", () => {
    const warnings = lintPolicy(
      policyOf(
        rule("phones", "block", { type: ["phone", "tablet"] }),
        rule("android-phones", "allow", { type: ["phone"], platform: ["android"] }),
        rule("all", "quarantine"),
        rule("late", "block", { user: ["bob@*"] }),
      ),
    );
    expect(warnings).toEqual([
      {
        place: "rules[1]",
        message:
          '"android-phones" never decides, for "phones" (rules[0]) matches whenever "android-phones" does. The first that matches decides: put this one before it, or remove it.',
      },
      {
        place: "rules[3]",
        message:
          '"late" never decides, for "all" (rules[2]) always matches. The first that matches decides: put this one before it, or remove it.',
      },
    ]);
  });

  it("do not speak of rules that may decide", () => {
    expect(
      lintPolicy(
        policyOf(
          rule("a", "block", { type: ["phone"] }),
          rule("b", "block", { type: ["phone", "tablet"] }),
          rule("c", "block", { platform: ["ios"], not: { group: ["vip"] } }),
          rule("d", "block", { platform: ["ios"] }),
          rule("e", "allow"),
        ),
      ),
    ).toEqual([]);
  });
});

it("what covers another holds whenever the other does", () => {
  const item = fc.subarray(["android", "ios"] as const, { minLength: 1 });
  const model = fc.subarray(["SM-*", "iPhone*", "unknown"], { minLength: 1 });
  const conditions: fc.Arbitrary<Conditions> = fc.record({ platform: item, model }, { requiredKeys: [] });
  const match: fc.Arbitrary<Match> = fc.oneof(
    conditions,
    fc.tuple(conditions, conditions).map(([when, not]) => ({ ...when, not })),
  );
  const facts = fc.record({
    platform: fc.constantFrom("android" as const, "ios" as const, "unknown" as const),
    model: fc.constantFrom("SM-1", "iPhone 15", ""),
  });
  let covered = 0;
  fc.assert(
    fc.property(match, match, facts, (wide, narrow, some) => {
      if (!covers(wide, narrow) || holds(narrow, withFacts(some)) !== true) return;
      covered++;
      expect(holds(wide, withFacts(some))).toBe(true);
    }),
    { numRuns: 5_000 },
  );
  expect(covered).toBeGreaterThan(50);
});
