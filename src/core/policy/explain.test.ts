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
    expect(said).toContain(
      "Rule 3 of 3 matches, three: This is three Not certain, because a fact about the device is not known: one, two.",
    );
  });

  it("about the binding says what the device is bound to", () => {
    expect(stepWith(/^The ticket/, {})).toBe("The ticket and the app password belong to no other device.");
    expect(stepWith(/^The device is not/, { idChanged: true })).toBe(
      "The device is not the one that this ticket or app password belongs to.",
    );
  });

  it("about the binding says that an app password stays bound to an id, where the rule came later", () => {
    const policy = policyOf({ ...rule("bots", "allow"), identity: "app-password" });
    const endpoint = { kind: "endpoint", id: "phone" } as const;
    const said = (device: JudgeInput["circumstances"]["device"]) =>
      stepWith(/^The ticket/, { policy, circumstances: { ...CIRCUMSTANCES, device } });
    expect(said(endpoint)).toBe(
      "The ticket and the app password belong to no other device. The app password stays bound to this id, although the " +
        'rule bots says identity = "app-password". The rule holds only for an app password to which no ' +
        "device is bound by its id. To apply the rule, forget this device.",
    );
    expect(said({ kind: "device", id: "pc" })).toBe("The ticket and the app password belong to no other device.");
  });

  it("about the binding says of an app password that is the device which rule says so", () => {
    const circumstances = { ...CIRCUMSTANCES, device: { kind: "password", id: "p_1" } } as const;
    const policy = policyOf({ ...rule("bots", "allow"), identity: "app-password" });
    expect(stepWith(/^The app password is the/, { policy, circumstances })).toBe(
      "The app password is the device (rule bots): every client that has the app password and matches the rule is this device.",
    );
    expect(stepWith(/^The device is known/, { circumstances })).toBe(
      'The device is known by its app password alone, and the rule that matches does not say identity = "app-password".',
    );
  });

  it("that passed says what did not apply", () => {
    expect(explain(ENROLLED).map(({ step, detail }) => `${step}: ${detail}`)).toEqual([
      "user: The user is not disabled.",
      "password: The app password is live.",
      "owner: The device's id belongs to no other user.",
      "binding: The ticket and the app password belong to no other device.",
      "proof: The device has no key, and none is asked for.",
      "address-book: The device is not a desktop.",
      "name: The device has named itself.",
      "personal-block: Nobody blocked this device.",
      "key: No further key of the device waits for approval.",
      "expiry: The device has not expired.",
      "pending: The partnership does not wait for its device.",
      "personal-allow: Nobody approved this device by name.",
      "rules: No rule matches.",
      "own-approval: The device does not wait for its own user.",
      "quarantine: The device does not wait for an administrator.",
      "authority: The authority says of this device: compliant, managed.",
      "enrolled: The device is enrolled.",
      "default: An earlier step has decided.",
    ]);
  });

  it("of a step that is not reached is that it was decided before", () => {
    const steps = explain({ ...ENROLLED, userDisabled: true });
    expect(steps.map(({ outcome }) => outcome)).toEqual(["decided", ...steps.slice(1).map(() => "not-reached")]);
    expect(new Set(steps.slice(1).map(({ detail }) => detail))).toEqual(new Set(["An earlier step has decided."]));
  });

  it("of a device that nothing is known of is no exception", () => {
    const steps = explain({ ...ENROLLED, partnership: null, circumstances: { ...CIRCUMSTANCES, device: null } });
    expect(steps.filter(({ outcome }) => outcome === "decided")).toHaveLength(1);
  });
});
