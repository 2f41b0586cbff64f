// S-54: what the authority says, and its silence, in the decision about a device.

import { describe, expect, it } from "vitest";
import { CIRCUMSTANCES, ENROLLED, policyOf, rule } from "../../../test/kit/policies.ts";
import type { AuthoritySays } from "../authority/says.ts";
import { authoritySaid } from "./authority.ts";
import { judge } from "./decide.ts";
import { enrol } from "./enrol.ts";
import { lintPolicy } from "./lint.ts";
import { firstMatch, undecided } from "./match.ts";
import { inWords } from "./remarks.ts";
import type { AuthoritySilence, JudgeInput, Rule } from "./types.ts";

const says = (...words: string[]): AuthoritySays => ({ words, holds: true });
const said = (...words: string[]): AuthoritySays => ({ words, holds: false });
const input = (authority: AuthoritySays | undefined, silence: AuthoritySilence, ...rules: Rule[]): JudgeInput => {
  const policy = policyOf(...rules);
  return {
    ...ENROLLED,
    circumstances: { ...CIRCUMSTANCES, authority },
    policy: { ...policy, devices: { ...policy.devices, authoritySilence: silence } },
  };
};
const matched = (authority: AuthoritySays | undefined, one: Rule): boolean =>
  firstMatch([one], { ...CIRCUMSTANCES, authority }) === one;

const LOST = rule("lost", "block", { authority: ["lost"] });
const NOT_COMPLIANT = rule("not-compliant", "block", { not: { authority: ["compliant"] } });
const COMPLIANT = rule("compliant", "allow", { authority: ["compliant"] });
const UNKNOWN = rule("unknown", "quarantine", { authority: ["unknown"] });

describe("S-54: a rule on the words of the authority", () => {
  it.each([
    ["an answer with the word", says("lost"), [true, true, false, false]],
    ["an answer with another word", says("compliant"), [false, false, true, false]],
    ["an answer without a word", says(), [false, true, false, false]],
    ["no answer", undefined, [false, false, false, true]],
    ["a device that nobody could ask about yet", "not-asked-yet", [false, false, false, false]],
    ["an old answer that closes", said("lost"), [true, true, false, true]],
    ["an old answer that would open", said("compliant"), [false, false, false, true]],
  ] as const)("%s", (_, authority, outcomes) => {
    expect([LOST, NOT_COMPLIANT, COMPLIANT, UNKNOWN].map((one) => matched(authority, one))).toEqual(outcomes);
  });

  it("is undecided while nothing is known, with `not` as well, and an old answer decides no allowing rule", () => {
    const all = [LOST, NOT_COMPLIANT, COMPLIANT];
    expect(undecided(all, { ...CIRCUMSTANCES, authority: undefined })).toEqual(all);
    expect(undecided(all, { ...CIRCUMSTANCES, authority: said("managed") })).toEqual([]); // NOT_COMPLIANT matches
    expect(undecided([COMPLIANT], { ...CIRCUMSTANCES, authority: said("compliant") })).toEqual([COMPLIANT]);
  });

  it("keeps no new device from enrolling, whatever it says of the unknown", () => {
    const enrolling = (authority: AuthoritySays | undefined, one: Rule) =>
      enrol({
        policy: policyOf(one),
        circumstances: { ...CIRCUMSTANCES, authority },
        ...{ expected: "none", windowOpen: false, waiting: 0 },
      }).action;
    expect(enrolling("not-asked-yet", { ...UNKNOWN, action: "block" })).toBe("enrol");
    expect(enrolling("not-asked-yet", NOT_COMPLIANT)).toBe("enrol");
    expect(enrolling(says("lost"), LOST)).toBe("refuse");
  });

  it("covers a later one with the same words", () => {
    const policy = policyOf(rule("all", "block", { authority: ["lost", "stolen"] }), LOST);
    expect(lintPolicy(policy).map(({ path }) => path)).toEqual(["rules[1]"]);
  });
});

describe("S-54: the authority's silence", () => {
  it.each([undefined, said("compliant"), said()])("%j blocks, if the policy says so, and nothing else", (authority) => {
    expect(judge(input(authority, "block"))).toEqual({
      ...{ action: "block", reason: "authority-silent", step: "authority" },
    });
    expect(judge(input(authority, "allow"))).toMatchObject({ action: "allow", step: "enrolled" });
    expect(judge(input(says(), "block"))).toMatchObject({ action: "allow", step: "enrolled" });
  });

  it("comes after an approval by name, after the rules, and after the wait for approval", () => {
    const approved = { ...input(undefined, "block"), partnership: { state: "allowed", decision: "allow" } } as const;
    expect(judge(approved)).toMatchObject({ action: "allow", step: "personal-allow" });
    expect(judge(input(undefined, "block", rule("staff", "allow")))).toMatchObject({ action: "allow", step: "rules" });
    const waiting = { ...input(undefined, "block"), partnership: { state: "quarantined", decision: null } } as const;
    expect(judge(waiting)).toMatchObject({ action: "quarantine", step: "quarantine" });
  });

  it.each([
    [
      undefined,
      "allow",
      'The authority has not answered about this device. Its silence does not matter: devices.authoritySilence is "allow".',
    ],
    [
      undefined,
      "block",
      'The authority has not answered about this device. devices.authoritySilence is "block", so the device is refused until it answers.',
    ],
    [says(), "block", "The authority says of this device: nothing."],
    [says("lost", "managed"), "allow", "The authority says of this device: lost, managed."],
    [
      said("lost"),
      "allow",
      "The authority's last answer is old and it has given no other. It said: lost. Rules that refuse still go by it, rules that let in do not.",
    ],
    [
      said("lost"),
      "block",
      `The authority's last answer is old and it has given no other. It said: lost. devices.authoritySilence is "block", so the device is refused until it answers.`,
    ],
  ] as const)("is explained: %j under %s", (authority, silence, sentence) => {
    const given = input(authority, silence);
    const verdict = judge(given).step === "authority" ? "block" : undefined;
    expect(inWords(authoritySaid(given, verdict))).toBe(sentence);
  });
});
