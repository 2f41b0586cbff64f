import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CIRCUMSTANCES, ENROLLED, policyOf, rule, withFacts } from "../../../test/kit/policies.ts";
import { UNKNOWN_DEVICE } from "../device/types.ts";
import { judge } from "./decide.ts";
import { CONDITION_NAMES, firstMatch, holds, undecided } from "./match.ts";
import { readPolicy } from "./read.ts";
import type { Circumstances, Conditions, Match, Rule } from "./types.ts";

/** Nothing is known except the user. */
const NOTHING: Circumstances = {
  ...CIRCUMSTANCES,
  device: null,
  facts: UNKNOWN_DEVICE,
  source: { network: "unknown", country: "", asn: 0 },
  authority: undefined,
};

/** For each condition, one that CIRCUMSTANCES fulfil and one that they do not. */
const EACH: { readonly [Name in keyof Required<Conditions>]: readonly [Conditions[Name], Conditions[Name]] } = {
  deviceId: [["x", "a917c6f4-976c-4cf3-847d-cdfffa28ccdf"], ["a917c6f4"]],
  type: [["tablet", "phone"], ["desktop"]],
  platform: [["android"], ["ios", "unknown"]],
  product: [["androidlync"], ["OC", "unknown"]],
  version: [["<2", ">=6.25 <7"], ["<6.25"]],
  model: [["sm-g930?"], ["iPhone*"]],
  os: [["Android 8*"], ["Android 9*"]],
  userAgent: [["*ucwa*"], ["*Pidgin*"]],
  user: [["ALICE@*"], ["bob@*"]],
  group: [["staff"], ["sta*"]],
  devices: [[">1 <3"], [">2"]],
  country: [["FR", "DE"], ["KP"]],
  asn: [[64496], [64497, "unknown"]],
  network: [["203.0.113.0/24"], ["198.51.100.0/24", "2001:db8::/32"]],
  workstation: [["LOCAL*"], ["CONTOSO-*"]],
  proof: [["key", "none"], ["proved"]],
  authority: [
    ["lost", "Compliant"],
    ["lost", "unknown"],
  ],
};
const ALWAYS_KNOWN: readonly string[] = ["user", "group", "devices", "proof"];

describe("conditions", () => {
  it.each(CONDITION_NAMES)("%s: holds, fails, is unknown, and is said to be unknown", (name) => {
    const [right, wrong] = EACH[name];
    expect(holds({ [name]: right }, CIRCUMSTANCES)).toBe(true);
    expect(holds({ [name]: wrong }, CIRCUMSTANCES)).toBe(false);
    expect(holds({ not: { [name]: right } }, CIRCUMSTANCES)).toBe(false);
    expect(holds({ not: { [name]: wrong } }, CIRCUMSTANCES)).toBe(true);
    if (ALWAYS_KNOWN.includes(name)) return;
    const known = [right?.find((item) => item !== "unknown")];
    expect(holds({ [name]: known }, NOTHING)).toBeUndefined();
    expect(holds({ not: { [name]: known } }, NOTHING)).toBeUndefined();
    expect(holds({ [name]: ["unknown"] }, NOTHING)).toBe(true);
    expect(holds({ [name]: [...known, "unknown"] }, NOTHING)).toBe(true);
    expect(holds({ [name]: ["unknown"] }, CIRCUMSTANCES)).toBe(false);
    expect(holds({ not: { [name]: ["unknown"] } }, NOTHING)).toBe(false);
  });

  it("a range that cannot be read holds for nothing", () => {
    expect(holds({ version: ["new"] }, CIRCUMSTANCES)).toBe(false);
    expect(holds({ network: ["home"] }, CIRCUMSTANCES)).toBe(false);
  });

  it("of an address only the scheme at its beginning is left out", () => {
    expect(holds({ user: ["a-sip:b@*"] }, { ...CIRCUMSTANCES, sipUri: "a-sip:b@contoso.test" })).toBe(true);
  });

  it("a device id may stand with its kind", () => {
    const device = { kind: "endpoint", id: "phone-7" } as const;
    expect(holds({ deviceId: ["endpoint:phone-7"] }, { ...CIRCUMSTANCES, device })).toBe(true);
    expect(holds({ deviceId: ["device:phone-7"] }, { ...CIRCUMSTANCES, device })).toBe(false);
    expect(holds({ deviceId: ["PHONE-7"] }, { ...CIRCUMSTANCES, device })).toBe(false);
  });

  it("who is in no group is certainly not in one", () => {
    expect(holds({ not: { group: ["staff"] } }, { ...CIRCUMSTANCES, groups: [] })).toBe(true);
    expect(holds({ group: ["unknown"] }, { ...CIRCUMSTANCES, groups: [] })).toBe(false);
    expect(holds({ group: ["SITE=Berlin"] }, CIRCUMSTANCES)).toBe(true);
  });

  it("one of several groups is enough, whichever, and no other will do", () => {
    expect(holds({ group: ["guests", "staff"] }, CIRCUMSTANCES)).toBe(true);
    expect(holds({ group: ["staff", "guests"] }, CIRCUMSTANCES)).toBe(true);
    expect(holds({ group: ["guests", "site=berlin"] }, CIRCUMSTANCES)).toBe(true);
    expect(holds({ group: ["staff", "site=berlin"] }, { ...CIRCUMSTANCES, groups: ["site=berlin"] })).toBe(true);
    expect(holds({ group: ["guests", "site=munich"] }, CIRCUMSTANCES)).toBe(false);
    expect(holds({ not: { group: ["guests", "staff"] } }, CIRCUMSTANCES)).toBe(false);
    expect(holds({ not: { group: ["guests", "site=munich"] } }, CIRCUMSTANCES)).toBe(true);
  });

  it("a version that is none is not known to be in or out", () => {
    const beta = withFacts({ version: "6.25 beta" });
    expect(holds({ version: ["<7"] }, beta)).toBeUndefined();
    expect(holds({ not: { version: ["<7"] } }, beta)).toBeUndefined();
  });

  it("no condition at all always holds", () => {
    expect(holds({}, NOTHING)).toBe(true);
  });
});

/**
 * One condition that is true, one that is false and one that is unknown, in circumstances in which the model is not
 * known.
 */
const HALF = withFacts({ model: "" });
const BY_TRUTH = [
  [true, { os: ["Android*"] }],
  [false, { product: ["OC"] }],
  [undefined, { model: ["SM-*"] }],
] as const;

describe("three-valued logic", () => {
  for (const [a, one] of BY_TRUTH)
    for (const [b, other] of BY_TRUTH) {
      const and = a === false || b === false ? false : a === true && b === true ? true : undefined;
      it(`${a} and ${b} is ${and}`, () => {
        // Two conditions of one name cannot stand side by side.
        if (one === other) return expect(holds(one, HALF)).toBe(and);
        return expect(holds({ ...one, ...other }, HALF)).toBe(and);
      });
      const not = b === undefined ? undefined : !b;
      const andNot = a === false || not === false ? false : a === true && not === true ? true : undefined;
      it(`${a} and not ${b} is ${andNot}`, () => expect(holds({ ...one, not: other }, HALF)).toBe(andNot));
    }

  it("a device gains nothing by saying less: no rule begins to match for want of a fact", () => {
    fc.assert(
      fc.property(
        anyMatch,
        fc.subarray(Object.keys(UNKNOWN_DEVICE) as (keyof typeof UNKNOWN_DEVICE)[]),
        (when, less) => {
          const hidden = Object.fromEntries(less.map((name) => [name, UNKNOWN_DEVICE[name]]));
          const saysLess = holds(when, withFacts(hidden));
          // When more becomes known, an unknown condition may become certain, but a certain one never changes.
          if (saysLess !== undefined) expect(saysLess).toBe(holds(when, CIRCUMSTANCES));
        },
      ),
    );
  });
});

/** Conditions without the word "unknown", some true and some false. */
const anyConditions: fc.Arbitrary<Conditions> = fc
  .array(fc.tuple(fc.constantFrom(...CONDITION_NAMES), fc.boolean()), { maxLength: 4 })
  .map((chosen) =>
    Object.fromEntries(
      chosen.map(([name, right]) => [name, EACH[name][right ? 0 : 1]?.filter((item) => item !== "unknown")]),
    ),
  );
const anyMatch: fc.Arbitrary<Match> = fc
  .tuple(anyConditions, fc.option(anyConditions, { nil: undefined }))
  .map(([when, not]) => (not === undefined ? when : { ...when, not }));
const anyRules: fc.Arbitrary<readonly Rule[]> = fc
  .array(fc.tuple(anyMatch, fc.constantFrom("allow", "block", "quarantine")), { maxLength: 8 })
  .map((all) => all.map(([when, action], at) => rule(`rule-${at}`, action as Rule["action"], when)));

describe("S-29: rules that contradict each other", () => {
  it("are all policies", () => {
    fc.assert(
      fc.property(anyRules, (rules) => {
        expect(readPolicy({ rules }).ok).toBe(!hasEmptyNot(rules));
      }),
    );
  });

  it("the first that matches decides, whatever comes after it", () => {
    fc.assert(
      fc.property(anyRules, anyRules, (rules, more) => {
        const verdict = judge({ ...ENROLLED, policy: policyOf(...rules) });
        const after = more.map((each, at) => rule(`after-${at}`, each.action, each.when));
        const longer = judge({ ...ENROLLED, policy: policyOf(...rules, ...after) });
        if (verdict.step === "rules") expect(longer).toEqual(verdict);
        else if (longer.step === "rules") expect(longer.rule).toMatch(/^after-/);
        else expect(longer).toEqual(verdict);
      }),
    );
  });

  it("each one before it does not match", () => {
    fc.assert(
      fc.property(anyRules, (rules) => {
        const first = firstMatch(rules, CIRCUMSTANCES);
        const before = first === undefined ? rules : rules.slice(0, rules.indexOf(first));
        expect(before.every(({ when }) => holds(when, CIRCUMSTANCES) !== true)).toBe(true);
      }),
    );
  });
});

const hasEmptyNot = (rules: readonly Rule[]): boolean =>
  rules.some(({ when }) => when.not !== undefined && Object.keys(when.not).length === 0);

it("tells which rules would need to know more", () => {
  const rules = [rule("a", "block", { model: ["SM-*"] }), rule("b", "allow"), rule("c", "block", { model: ["SM-*"] })];
  expect(undecided(rules, HALF).map(({ code }) => code)).toEqual(["a"]);
  expect(undecided(rules, CIRCUMSTANCES)).toEqual([]);
  expect(undecided(rules.slice(2), HALF).map(({ code }) => code)).toEqual(["c"]);
});
