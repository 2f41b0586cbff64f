// The published order against the code (S-29), in every combination of what `judge` is given. This test reads the table
// of docs/devices.md by itself. WORDS says what its conditions mean, and nothing of decide.ts is used to understand
// them.

import { describe, expect, it } from "vitest";
import { ENROLLED, policyOf, rule, withFacts } from "../../../test/kit/policies.ts";
import { tableRows } from "../../../test/kit/tables.ts";
import type { PartnershipState, PersonalDecision } from "../device/types.ts";
import { explain, judge } from "./decide.ts";
import { DEFAULT_POLICY } from "./read.ts";
import { JUDGEMENT_REASONS } from "./reasons.ts";
import type { JudgeInput, Judgement, RuleAction, Standing } from "./types.ts";

/** One combination, in the words of the table. */
type Case = {
  readonly userDisabled: boolean;
  readonly passwordRevoked: boolean;
  readonly idOfAnotherUser: boolean;
  readonly idChanged: boolean;
  /** The app password was the device, and no rule says so any more. */
  readonly identityLost: boolean;
  readonly addressBook: boolean;
  readonly unproved: boolean;
  readonly keyWaits: boolean;
  readonly named: boolean;
  /** The policy wants the authority's answer, and there is none that holds. */
  readonly silent: boolean;
  readonly state: string;
  readonly decision: string;
  /** The mode `self` quarantined it. */
  readonly own: boolean;
  /** The action of the rule that matches; empty: none matches. */
  readonly rule: RuleAction | "";
};

const WORDS: Readonly<Record<string, (given: Case) => boolean>> = {
  "the user is disabled": ({ userDisabled }) => userDisabled,
  "the app password is revoked": ({ passwordRevoked }) => passwordRevoked,
  "the device's id belongs to another user": ({ idOfAnotherUser }) => idOfAnotherUser,
  "the ticket or the app password belongs to another device, or the id to another live app password, or no rule says any more that the app password is the device":
    ({ idChanged, identityLost }) => idChanged || identityLost,
  "a desktop asks for its address book, and neither its ticket nor its place names it": ({ addressBook }) =>
    addressBook,
  "the device has proved a key or its platform has to prove one, and the ticket is not its key's": ({ unproved }) =>
    unproved,
  "a certificate is asked for a further key, which has to be approved": ({ keyWaits }) => keyWaits,
  "the policy wants the authority's answer, and none holds": ({ silent }) => silent,
  "the state is quarantined, by the mode self": ({ named, own }) => named && own,
  "the ticket has not named a device": ({ named }) => !named,
  "a rule matches: the first that does": (given) => given.rule !== "",
  "nothing above applies": () => true,
};

/** A condition such as "the decision is block, or the state is blocked". */
function applies(words: string, given: Case): boolean {
  const known = WORDS[words];
  if (known !== undefined) return known(given);
  return words.split(", or ").some((part) => {
    const [, field, value] = /^the (state|decision) is ([a-z]+)$/.exec(part) ?? [];
    if (value === undefined) throw new Error(`what does "${part}" mean?`);
    return given.named && (field === "state" ? given.state : given.decision) === value;
  });
}

const TABLE = tableRows("step", "applies when", "action", "reason");

function published(given: Case): Judgement {
  const row = TABLE.find(([, words = ""]) => applies(words, given));
  const [step = "", , action = "", reason = ""] = row ?? [];
  const verdict =
    action === "the rule's" ? { action: given.rule, reason: CODE, step, rule: CODE } : { action, reason, step };
  return verdict as Judgement;
}

const CODE = "the-first";
const BOTH = [false, true];
// A state that this release does not know, as a newer database may have it.
const STATES = ["pending", "allowed", "blocked", "quarantined", "expired", "a-new-one"] as PartnershipState[];
const DECISIONS: (PersonalDecision | null)[] = [null, "allow", "block"];
const STANDINGS: (Standing | null)[] = [
  null,
  ...STATES.flatMap((state) => DECISIONS.map((decision) => ({ state, decision }))),
  // The reason of another state says nothing of a quarantine.
  ...DECISIONS.flatMap((decision) =>
    (["quarantined", "expired"] as const).map((state) => ({ state, decision, reason: "awaiting-own-approval" })),
  ),
];
const RULES: (RuleAction | "")[] = ["", "allow", "block", "quarantine"];
/**
 * Rules around the one that decides. Before it stand a rule that does not match and one of which nothing is certain;
 * after it, a rule that says the opposite.
 */
const rulesWith = (action: RuleAction | "", silent: boolean) => ({
  ...policyWith(action),
  devices: { ...DEFAULT_POLICY.devices, authoritySilence: silent ? ("block" as const) : ("allow" as const) },
});
const policyWith = (action: RuleAction | "") =>
  policyOf(
    rule("not-this-user", "allow", { user: ["bob@contoso.test"] }),
    rule("not-known", "block", { not: { os: ["Windows*"] } }),
    ...(action === "" ? [] : [rule(CODE, action, { user: ["alice@*"] }), rule("too-late", opposite(action))]),
  );
const opposite = (action: RuleAction): RuleAction => (action === "allow" ? "block" : "allow");

const PAIRS = BOTH.flatMap((one) => BOTH.map((other) => [one, other] as const));
const CHANGES = PAIRS.flatMap(([changed, lost]) =>
  PAIRS.flatMap(([book, unproved]) => BOTH.map((waits) => [changed, lost, book, unproved, waits] as const)),
);

function* combinations(): Generator<{ readonly given: Case; readonly input: JudgeInput }> {
  for (const userDisabled of BOTH)
    for (const passwordRevoked of BOTH)
      for (const idOfAnotherUser of BOTH)
        for (const [idChanged, identityLost, addressBook, unproved, keyWaits] of CHANGES)
          for (const partnership of STANDINGS)
            for (const [action, silent] of RULES.flatMap((rule) => BOTH.map((no) => [rule, no] as const))) {
              const flags = { userDisabled, passwordRevoked, idOfAnotherUser, idChanged };
              yield {
                given: {
                  ...flags,
                  identityLost,
                  ...{ addressBook, unproved, keyWaits, silent },
                  named: partnership !== null,
                  state: partnership?.state ?? "",
                  decision: partnership?.decision ?? "",
                  own: partnership?.state === "quarantined" && partnership.reason === "awaiting-own-approval",
                  rule: action,
                },
                input: {
                  ...ENROLLED,
                  ...flags,
                  partnership,
                  unproved: unproved ? "has-proved" : null,
                  keyWaits,
                  addressBook: addressBook ? "other-network" : null,
                  policy: rulesWith(action, silent),
                  circumstances: {
                    ...withFacts({ os: "" }),
                    ...(silent ? { authority: { words: ["compliant"], holds: false } } : {}),
                    ...(identityLost ? { device: { kind: "password", id: "p_1" } } : {}),
                  },
                },
              };
            }
}

describe("S-29: the published decision order", () => {
  it("is what the code does, in every combination", () => {
    const all = [...combinations()];
    expect(all.length).toBe(2 ** 9 * (1 + 6 * 3 + 2 * 3) * 4);
    for (const { given, input } of all) expect(judge(input), JSON.stringify(given)).toEqual(published(given));
  });

  it("reaches every line of the table, and none but those", () => {
    const reached = new Set([...combinations()].map(({ input }) => judge(input).step));
    expect([...reached].toSorted()).toEqual(TABLE.map(([step]) => step).toSorted());
  });

  it("denies by default", () => {
    expect(TABLE.at(-1)).toEqual(["default", "nothing above applies", "block", "default-deny"]);
  });

  it("S-30: gives each reason that there is, and no other", () => {
    const reasons = new Set([...combinations()].map(({ input }) => judge(input).reason));
    expect([...reasons].toSorted()).toEqual([...JUDGEMENT_REASONS, CODE].toSorted());
  });

  it("is what `explain` says, step by step", () => {
    const order = TABLE.map(([step]) => step);
    for (const { given, input } of combinations()) {
      const steps = explain(input);
      expect(steps.map(({ step }) => step)).toEqual(order);
      const at = order.indexOf(published(given).step);
      const outcomes = order.map((_, step) => (step < at ? "passed" : step === at ? "decided" : "not-reached"));
      expect(
        steps.map(({ outcome }) => outcome),
        JSON.stringify(given),
      ).toEqual(outcomes);
      expect(steps.every(({ detail }) => /^[A-Z].*\S$/.test(detail))).toBe(true);
    }
  });
});
