import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyOf, rule, withFacts } from "../../../test/kit/policies.ts";
import { runs } from "../../../test/kit/runs.ts";
import { covers, lintPolicy } from "./lint.ts";
import { holds } from "./match.ts";
import { DEFAULT_POLICY } from "./read.ts";
import type { Conditions, Match } from "./types.ts";

const RUNS = { numRuns: runs(5_000) };

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
        path: "rules[1]",
        message:
          '"android-phones" never decides, because "phones" (rules[0]) matches whenever "android-phones" does. The first rule that matches decides. Put this rule before that one, or remove it.',
      },
      {
        path: "rules[3]",
        message:
          '"late" never decides, because "all" (rules[2]) always matches. The first rule that matches decides. Put this rule before that one, or remove it.',
      },
    ]);
  });

  it("S-62: name a mode that needs the portal, where the gateway has none", () => {
    const policy = { ...DEFAULT_POLICY, enrolment: { ...DEFAULT_POLICY.enrolment, mode: "self" } } as const;
    expect(lintPolicy(policy, { portal: false })).toEqual([
      { path: "enrolment.mode", message: expect.stringContaining("Set PORTAL_HOST") },
    ]);
    for (const nothing of [lintPolicy(policy), lintPolicy(policy, { portal: true })]) expect(nothing).toEqual([]);
    expect(lintPolicy(DEFAULT_POLICY, { portal: false })).toEqual([]);
  });

  it("name rules that make the app password the device for whoever says so", () => {
    const bots = { ...rule("bots", "allow", { product: ["Bot"] }), identity: "app-password" } as const;
    const warnings = lintPolicy(policyOf(bots));
    const message =
      '"bots" makes the app password the device and names neither user nor group. So it holds for every user whose ' +
      "client says about itself what the rule asks for. Add user or group.";
    expect(warnings).toEqual([{ path: "rules[0]", message }]);
    for (const when of [{ user: ["bot@contoso.test"] }, { group: ["bots"] }]) {
      expect(lintPolicy(policyOf({ ...bots, when }))).toEqual([]);
    }
  });

  it.each<[Match, Match]>([
    [{ product: ["*Lync"] }, { product: ["AndroidLync"] }],
    [{ product: ["oc", "Sipe"] }, { product: ["OC"] }],
    [{ user: ["*@partners.test"] }, { user: ["Bob@Partners.test"], platform: ["ios"] }],
    [{ network: ["10.0.0.0/8"] }, { network: ["10.1.0.0/16", "10.2.3.4/32"] }],
    [{ group: ["staff"] }, { group: ["STAFF"] }],
    [{ os: ["Android*"] }, { os: ["Android 8"] }],
    [{ userAgent: ["*UCWA*"] }, { userAgent: ["RTCC/7 UCWA/7"] }],
    [{ workstation: ["PC-*"] }, { workstation: ["PC-1"] }],
    [{ model: ["SM-*"] }, { model: ["sm-*"] }],
    [{ platform: ["ios"] }, { platform: ["ios"], not: { os: ["iOS 1*"] } }],
    [
      { platform: ["ios"], not: { group: ["vip"] } },
      { platform: ["ios"], not: { group: ["vip", "staff"] } },
    ],
  ])("see that %j decides before %j", (wide, narrow) => {
    const warnings = lintPolicy(policyOf(rule("wide", "allow", wide), rule("narrow", "block", narrow)));
    expect(warnings.map(({ path }) => path)).toEqual(["rules[1]"]);
  });

  it.each<[Match, Match]>([
    [{ os: ["*"] }, { os: ["unknown"] }],
    [{ os: ["unknown"] }, { os: ["Android"] }],
    [{ model: ["SM-?"] }, { model: ["SM-*"] }],
    [{ network: ["10.1.0.0/16"] }, { network: ["10.0.0.0/8"] }],
    [{ deviceId: ["Phone"] }, { deviceId: ["phone"] }],
    [{ os: ["unknown"] }, { os: ["UNKNOWN"] }],
    [{ group: ["staff"] }, { group: ["sales"] }],
    [{ asn: [1] }, { asn: [2] }],
    [{ network: ["home"] }, { network: ["10.0.0.0/8"] }],
    [{ network: ["10.0.0.0/8"] }, { network: ["home"] }],
  ])("do not say so of %j and %j", (wide, narrow) => {
    expect(lintPolicy(policyOf(rule("wide", "allow", wide), rule("narrow", "block", narrow)))).toEqual([]);
  });

  it("name a rule that contradicts itself", () => {
    const contradiction: Match = { platform: ["ios"], os: ["iOS 1*"], not: { platform: ["ios", "android"] } };
    const [warning, ...more] = lintPolicy(policyOf(rule("odd", "block", contradiction)));
    expect([warning?.path, more]).toEqual(["rules[0]", []]);
    expect(warning?.message).toMatch(/^"odd" never matches/);
    expect(lintPolicy(policyOf(rule("fine", "block", { platform: ["ios"], not: { os: ["iOS 1*"] } })))).toEqual([]);
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
  const model = fc.subarray(["SM-*", "sm-1", "iPhone*", "unknown"], { minLength: 1 });
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
    RUNS,
  );
  expect(covered).toBeGreaterThan(RUNS.numRuns / 100);
});

describe("a gateway without the page", () => {
  const withPassive = (passive: Partial<typeof DEFAULT_POLICY.passive>) => ({
    ...DEFAULT_POLICY,
    passive: { ...DEFAULT_POLICY.passive, ...passive },
  });

  it.each([
    ["mode must", { mode: "must" }, /cannot sign in at all/],
    ["somebody must", { must: ["finance"] }, /cannot sign in at all/],
    ["mode may", { mode: "may" }, /does nothing/],
    ["somebody may", { may: ["staff"] }, /does nothing/],
  ] as const)("S-92: is warned of [passive] where %s", (_, passive, says) => {
    expect(lintPolicy(withPassive(passive), { page: false })).toEqual([
      { path: "passive", message: expect.stringMatching(says) },
    ]);
    expect(lintPolicy(withPassive(passive), { page: true })).toEqual([]);
    expect(lintPolicy(withPassive(passive))).toEqual([]); // nobody knows
  });

  it("is not warned where nobody is let in by it", () => {
    expect(lintPolicy(withPassive({ never: ["service-accounts"] }), { page: false })).toEqual([]);
  });
});
