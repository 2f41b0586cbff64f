import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyOf, rule } from "../../../test/kit/policies.ts";
import { diffPolicies } from "./diff.ts";
import { DEFAULT_POLICY } from "./read.ts";

const words = (...policies: Parameters<typeof diffPolicies>) =>
  diffPolicies(...policies).map(({ kind, what, text }) => `${kind} ${what}: ${text}`);

describe("the difference of two policies", () => {
  it("is none between the same, however their conditions are ordered", () => {
    const [one, other] = [
      policyOf(rule("a", "block", { user: ["x"], os: ["y"], not: { model: ["m"], asn: [1] } })),
      policyOf(rule("a", "block", { not: { asn: [1], model: ["m"] }, os: ["y"], user: ["x"] })),
    ];
    expect(words(one, other)).toEqual([]);
  });

  it("names settings, and rules that are new, changed, moved and gone", () => {
    const before = policyOf(
      rule("gone", "block", { user: ["bob@*"] }),
      rule("a", "block", { platform: ["android"] }),
      rule("b", "allow"),
      rule("c", "allow"),
    );
    const after = {
      enrolment: { mode: "approval", maxDevices: 5, windowMinutes: 15 },
      devices: { ...DEFAULT_POLICY.devices, unnamed: "refuse" },
      passive: { mode: "may", must: ["finance"], never: [], may: [] },
      expireAfterDays: null,
      rules: [
        rule("new", "quarantine", { version: ["<7"], not: { group: ["a", "b"] } }),
        rule("c", "allow"),
        { ...rule("a", "allow", { platform: ["android", "ios"] }), reason: "Another" },
        rule("b", "allow"),
      ],
    } as const;
    expect(words(before, after)).toEqual([
      'setting enrolment.mode: "open" → "approval"',
      "setting enrolment.maxDevices: 3 → 5",
      'setting devices.unnamed: "place" → "refuse"',
      'setting passive.mode: "never" → "may"',
      'setting passive.must: [] → ["finance"]',
      'setting expireAfterDays: 90 → "never"',
      'added new: rules[0]: quarantine when { version = "<7", not = { group = ["a", "b"] } }, "This is new"',
      "moved c: rules[3] → rules[1]",
      "changed a: action: block → allow",
      'changed a: reason: "This is a" → "Another"',
      'changed a: when: { platform = "android" } → { platform = ["android", "ios"] }',
      'removed gone: block when { user = "bob@*" }',
    ]);
    const devices = { ...after.devices, nextKey: "open", nextKeyExcept: ["A*", "B"], requireProof: ["mac"] } as const;
    expect(words(after, { ...after, devices })).toEqual([
      'setting devices.nextKey: "approve" → "open"',
      'setting devices.nextKeyExcept: ["Sipe"] → ["A*", "B"]',
      'setting devices.requireProof: [] → ["mac"]',
    ]);
    expect(words(after, { ...after, expireAfterDays: 30 })).toEqual(['setting expireAfterDays: "never" → 30']);
  });

  it("names how long a window stays open", () => {
    const enrolment = { ...DEFAULT_POLICY.enrolment, windowMinutes: 60 };
    expect(words(DEFAULT_POLICY, { ...DEFAULT_POLICY, enrolment })).toEqual([
      "setting enrolment.windowMinutes: 15 → 60",
    ]);
  });

  it("shows the conditions of both in the order of the alphabet", () => {
    const before = policyOf(rule("a", "block", { user: ["x"], os: ["y"] }));
    const after = policyOf(rule("a", "block", { not: { os: ["z"], model: ["m"] }, user: ["x"], os: ["y"] }));
    expect(words(before, after)).toEqual([
      'changed a: when: { os = "y", user = "x" } → { os = "y", user = "x", not = { model = "m", os = "z" } }',
    ]);
  });

  it("takes a new rule for no reason to say that others moved", () => {
    const [a, b] = [rule("a", "allow"), rule("b", "allow")];
    expect(words(policyOf(a, b), policyOf(b, rule("new", "block"), a))).toEqual([
      'added new: rules[1]: block when {}, "This is new"',
      "moved a: rules[0] → rules[2]",
    ]);
  });

  it("says of a rule that it makes the app password the device", () => {
    const plain = rule("bots", "allow");
    const bots = { ...plain, identity: "app-password" } as const;
    expect(words(policyOf(plain), policyOf(bots))).toEqual(["changed bots: identity: none → app-password"]);
    expect(words(policyOf(), policyOf(bots))).toEqual([
      'added bots: rules[0]: allow, identity app-password, when {}, "This is bots"',
    ]);
  });

  it("is empty exactly when nothing differs", () => {
    const rules = fc
      .shuffledSubarray(["a", "b", "c", "d", "e"])
      .map((codes) => codes.map((code) => rule(code, "block")));
    fc.assert(
      fc.property(rules, rules, (before, after) => {
        const same = JSON.stringify(before) === JSON.stringify(after);
        expect(diffPolicies(policyOf(...before), policyOf(...after)).length === 0).toBe(same);
      }),
    );
    expect(words(DEFAULT_POLICY, DEFAULT_POLICY)).toEqual([]);
  });
});
