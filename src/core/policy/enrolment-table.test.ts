// The published steps of an enrolment against the code (S-29), in every combination, as decision-table.test.ts does it.

import { describe, expect, it } from "vitest";
import { CIRCUMSTANCES, policyOf, rule } from "../../../test/kit/policies.ts";
import { tableRows } from "../../../test/kit/tables.ts";
import { enrol } from "./enrol.ts";
import { ENROLMENT_MODES } from "./read.ts";
import { ENROLMENT_REASONS } from "./reasons.ts";
import type { EnrolInput, Enrolment, EnrolmentMode, RuleAction } from "./types.ts";

type Case = {
  readonly expected: "none" | "this" | "another";
  readonly mode: EnrolmentMode;
  readonly windowOpen: boolean;
  /** Partnerships the user has without this one, and how many are allowed. */
  readonly others: number;
  readonly limit: number;
  /** How many others wait for the user. */
  readonly waiting: number;
  readonly rule: RuleAction | "";
};

const WORDS: Readonly<Record<string, (given: Case) => boolean>> = {
  "a pending partnership waits for this app password, and for another id": ({ expected }) => expected === "another",
  "a pending partnership waits for this app password": ({ expected }) => expected !== "none",
  "the mode is closed": ({ mode }) => mode === "closed",
  "the mode is window, and no window is open": ({ mode, windowOpen }) => mode === "window" && !windowOpen,
  "the user has as many partnerships as the limit already": ({ others, limit }) => others >= limit,
  "a rule matches: the first that does": (given) => given.rule !== "",
  "the mode is approval": ({ mode }) => mode === "approval",
  "the mode is self, and three other devices wait for their user already": ({ mode, waiting }) =>
    mode === "self" && waiting >= 3,
  "the mode is self": ({ mode }) => mode === "self",
  "nothing above applies": () => true,
};

const TABLE = tableRows("step", "applies when", "becomes", "reason");
const CODE = "the-first";

function published(given: Case): Enrolment {
  const row = TABLE.find(([, words = ""]) => {
    const known = WORDS[words];
    if (known === undefined) throw new Error(`what does "${words}" mean?`);
    return known(given);
  });
  const [step = "", , becomes = "", reason = ""] = row ?? [];
  return verdict(step, becomes, reason, given) as Enrolment;
}

function verdict(step: string, becomes: string, reason: string, given: Case): object {
  switch (becomes) {
    case "refused":
      return { action: "refuse", step, reason };
    case "allowed":
    case "quarantined":
      return { action: "enrol", state: becomes, decision: null, step, reason };
    case "allowed, by the decision allow":
      return { action: "enrol", state: "allowed", decision: "allow", step, reason };
    case "by the rule's action": {
      const byAction = { allow: "allowed", quarantine: "quarantined", block: "refused", "": "" };
      return { ...verdict(step, byAction[given.rule], CODE, given), rule: CODE };
    }
    default:
      throw new Error(`what does "${becomes}" mean?`);
  }
}

const LIMIT = 3;
const RULES = ["", "allow", "block", "quarantine"] as const;

function* combinations(): Generator<{ readonly given: Case; readonly input: EnrolInput }> {
  for (const expected of ["none", "this", "another"] as const)
    for (const policyMode of ENROLMENT_MODES)
      for (const userMode of [undefined, ...ENROLMENT_MODES])
        for (const windowOpen of [false, true])
          for (const others of [0, LIMIT - 1, LIMIT, LIMIT + 1])
            for (const userMaxDevices of [undefined, 0, LIMIT - 1, LIMIT + 1])
              for (const [action, waiting] of RULES.flatMap((each) => [2, 3].map((n) => [each, n] as const))) {
                const rules = action === "" ? [] : [rule(CODE, action), rule("too-late", "allow")];
                const policy = policyOf(rule("not-this-user", "block", { user: ["bob@*"] }), ...rules);
                yield {
                  given: {
                    expected,
                    mode: userMode ?? policyMode,
                    windowOpen,
                    others,
                    limit: userMaxDevices ?? LIMIT,
                    rule: action,
                    waiting,
                  },
                  input: {
                    policy: { ...policy, enrolment: { ...policy.enrolment, mode: policyMode, maxDevices: LIMIT } },
                    circumstances: { ...CIRCUMSTANCES, devices: others + 1 },
                    expected,
                    ...{ windowOpen, waiting },
                    userMode,
                    userMaxDevices,
                  },
                };
              }
}

describe("S-29: the published steps of an enrolment", () => {
  it("are what the code does, in every combination", () => {
    const all = [...combinations()];
    expect(all.length).toBe(3 * 5 * 6 * 2 * 4 * 4 * 4 * 2);
    for (const { given, input } of all) expect(enrol(input), JSON.stringify(given)).toEqual(published(given));
  });

  it("reach every line of the table, and none but those", () => {
    const reached = new Set([...combinations()].map(({ input }) => enrol(input).step));
    expect([...reached].toSorted()).toEqual(TABLE.map(([step]) => step).toSorted());
  });

  it("S-30: give each reason that there is, and no other", () => {
    const reasons = new Set([...combinations()].map(({ input }) => enrol(input).reason));
    expect([...reasons].toSorted()).toEqual([...ENROLMENT_REASONS, CODE].toSorted());
  });

  it("refuse a mode that there is not", () => {
    const input = {
      policy: policyOf(),
      circumstances: CIRCUMSTANCES,
      expected: "none",
      windowOpen: true,
      waiting: 0,
    } as const;
    const enrolled = enrol({ ...input, userMode: "anything" as EnrolmentMode });
    expect(enrolled).toEqual({ action: "refuse", step: "default", reason: "enrolment-closed" });
  });
});
