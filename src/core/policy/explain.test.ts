// What `explain` says of the steps whose sentence depends on the request, word for word.

import { describe, expect, it } from "vitest";
import { CIRCUMSTANCES, ENROLLED, policyOf, rule, withFacts } from "../../../test/kit/policies.ts";
import { explain } from "./decide.ts";
import type { JudgeInput } from "./types.ts";

const stepWith = (text: RegExp, input: Partial<JudgeInput>) =>
  explain({ ...ENROLLED, ...input }).find(({ detail }) => text.test(detail))?.detail;

describe("the sentence of a step", () => {
  it("about rules names the one that matches, its place and its reason", () => {
    const policy = policyOf(
      rule("other", "allow", { platform: ["ios"] }),
      rule("mine", "block", { platform: ["android"] }),
    );
    expect(stepWith(/^Rule/, { policy })).toBe("Rule 2 of 2 matches, mine: This is mine");
    expect(stepWith(/^No rule/, {})).toBe("No rule matches.");
  });

  it("about rules names those that a missing fact leaves open", () => {
    const policy = policyOf(
      rule("one", "block", { version: ["<6"] }),
      rule("two", "block", { version: ["<7"] }),
      rule("three", "allow", { platform: ["android"] }),
    );
    const circumstances = withFacts({ version: "unknown" });
    const said = explain({ ...ENROLLED, policy, circumstances }).map(({ detail }) => detail);
    expect(said).toContain("Rule 3 of 3 matches, three: This is three Not certain, for a fact is not known: one, two.");
  });

  it("about the binding says what the device is bound to", () => {
    expect(stepWith(/^The ticket/, {})).toBe("The ticket and the app password belong to no other device.");
    expect(stepWith(/^The device is not/, { idChanged: true })).toBe(
      "The device is not the one that this ticket or app password belongs to.",
    );
  });

  it("of a step that is not reached is that it was decided before", () => {
    const steps = explain({ ...ENROLLED, userDisabled: true });
    expect(steps.map(({ outcome }) => outcome)).toEqual(["decided", ...steps.slice(1).map(() => "not-reached")]);
    expect(new Set(steps.slice(1).map(({ detail }) => detail))).toEqual(new Set(["Decided before."]));
  });

  it("of a device that nothing is known of is no exception", () => {
    const steps = explain({ ...ENROLLED, partnership: null, circumstances: { ...CIRCUMSTANCES, device: null } });
    expect(steps.filter(({ outcome }) => outcome === "decided")).toHaveLength(1);
  });
});
