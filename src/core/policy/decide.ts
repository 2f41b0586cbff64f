// The decision about a device. It is made for each request, from what is stored about the device. The order of the
// steps below is the order that docs/devices.md publishes (S-29): the first step that applies decides. `judge` and
// `explain` both run this one list, so what `postern why` says is what happens.

import { isSilent } from "../authority/says.ts";
import { waitsForOwner } from "../device/partnership.ts";
import { addressBookSaid } from "./address-book.ts";
import { authoritySaid } from "./authority.ts";
import { isByPassword, isIdentityLost, isPasswordDevice } from "./identity.ts";
import { firstMatch, undecided } from "./match.ts";
import { keySaid, proofSaid } from "./proof.ts";
import type { JudgementReason } from "./reasons.ts";
import { inWords, type Remark, remark } from "./remarks.ts";
import type { Explanation, JudgeInput, Judgement, StepName } from "./types.ts";

type Verdict = Pick<Judgement, "action" | "reason" | "rule">;

type Step = {
  readonly name: StepName;
  /** Undefined: the step does not apply, and the next one is asked. */
  readonly decide: (input: JudgeInput) => Verdict | undefined;
  /** What tells people what came of this step. */
  readonly said: (input: JudgeInput, verdict: Verdict | undefined) => readonly Remark[];
};

/** Steps that have one remark when they decide, and one when they do not. */
type PlainStep = Exclude<StepName, "binding" | "proof" | "address-book" | "key" | "rules" | "authority" | "default">;

/** A step that always gives the same verdict when its condition holds. */
function step(
  name: PlainStep,
  applies: (input: JudgeInput) => boolean,
  action: Judgement["action"],
  reason: JudgementReason,
): Step {
  const verdict: Verdict = { action, reason };
  return {
    name,
    decide: (input) => (applies(input) ? verdict : undefined),
    said: (_, given) => [remark(`${name}:${given === undefined ? "passed" : "decided"}`)],
  };
}

const STEPS: readonly Step[] = [
  step("user", ({ userDisabled }) => userDisabled, "block", "user-disabled"),
  step("password", ({ passwordRevoked }) => passwordRevoked, "block", "password-revoked"),
  step("owner", ({ idOfAnotherUser }) => idOfAnotherUser, "block", "device-of-another-user"),
  {
    name: "binding",
    decide: ({ idChanged, policy, circumstances }) =>
      idChanged || isIdentityLost(policy, circumstances)
        ? { action: "block", reason: "device-changed" satisfies JudgementReason }
        : undefined,
    said: bindingSaid,
  },
  {
    name: "proof",
    decide: ({ unproved }) =>
      unproved === null ? undefined : { action: "discover", reason: "device-unproved" satisfies JudgementReason },
    said: ({ circumstances, unproved }) => [proofSaid(circumstances.proof, unproved)],
  },
  {
    name: "address-book",
    decide: ({ addressBook }) =>
      addressBook === null ? undefined : { action: "block", reason: "no-address-book" satisfies JudgementReason },
    said: addressBookSaid,
  },
  step("name", ({ partnership }) => partnership === null, "discover", "device-unnamed"),
  step(
    "personal-block",
    ({ partnership }) => partnership?.decision === "block" || partnership?.state === "blocked",
    "block",
    "device-blocked",
  ),
  {
    name: "key",
    decide: ({ keyWaits }) =>
      keyWaits ? { action: "block", reason: "key-awaiting-approval" satisfies JudgementReason } : undefined,
    said: ({ keyWaits, keysWaiting = 0 }) => [keySaid(keyWaits, keysWaiting)],
  },
  step("expiry", ({ partnership }) => partnership?.state === "expired", "block", "device-expired"),
  step("pending", ({ partnership }) => partnership?.state === "pending", "block", "device-pending"),
  step("personal-allow", ({ partnership }) => partnership?.decision === "allow", "allow", "device-approved"),
  {
    name: "rules",
    decide: ({ policy, circumstances }) => {
      const rule = firstMatch(policy.rules, circumstances);
      return rule && { action: rule.action, reason: rule.code, rule: rule.code };
    },
    said: rulesSaid,
  },
  step(
    "own-approval",
    ({ partnership }) => partnership !== null && waitsForOwner(partnership),
    "quarantine",
    "awaiting-own-approval",
  ),
  step("quarantine", ({ partnership }) => partnership?.state === "quarantined", "quarantine", "awaiting-approval"),
  {
    name: "authority",
    decide: ({ policy, circumstances }) =>
      policy.devices.authoritySilence === "block" && isSilent(circumstances.authority)
        ? { action: "block", reason: "authority-silent" satisfies JudgementReason }
        : undefined,
    said: authoritySaid,
  },
  step("enrolled", ({ partnership }) => partnership?.state === "allowed", "allow", "enrolled"),
  {
    name: "default",
    decide: () => ({ action: "block", reason: "default-deny" satisfies JudgementReason }),
    said: () => [remark("default:decided")],
  },
];

/** The verdict of the first step that applies. For a request with a ticket call `admit` (admit.ts) instead. */
export function judge(input: JudgeInput): Judgement {
  for (const { name, decide } of STEPS) {
    const verdict = decide(input);
    if (verdict !== undefined) return { ...verdict, step: name };
  }
  // Not reached, because the last step always applies. If that step were removed, the answer would still be no.
  return { action: "block", reason: "default-deny", step: "default" };
}

/** Every step in order, with its outcome. */
export function explain(input: JudgeInput): readonly Explanation[] {
  let decided = false;
  return STEPS.map(({ name, decide, said }): Explanation => {
    if (decided) return explanation(name, "not-reached", [remark("not-reached")]);
    const verdict = decide(input);
    decided = verdict !== undefined;
    return explanation(name, decided ? "decided" : "passed", said(input, verdict));
  });
}

const explanation = (step: StepName, outcome: Explanation["outcome"], said: readonly Remark[]): Explanation => ({
  ...{ step, outcome, detail: inWords(said), said },
});

function bindingSaid({ policy, circumstances }: JudgeInput, verdict: Verdict | undefined): readonly Remark[] {
  const rule = firstMatch(policy.rules, circumstances)?.code ?? "";
  if (!isPasswordDevice(circumstances.device)) {
    if (verdict !== undefined) return [remark("binding:other")];
    // A rule with `identity` does not hold for an app password to which a device was bound before.
    const late = circumstances.device?.kind === "endpoint" && isByPassword(policy, circumstances);
    return [remark("binding:own"), ...(late ? [remark("binding:before", { rule })] : [])];
  }
  return [verdict === undefined ? remark("binding:password", { rule }) : remark("binding:lost")];
}

/** Says which rule matches, and which rules could not be decided because a fact is not known. */
function rulesSaid({ policy: { rules }, circumstances }: JudgeInput, verdict: Verdict | undefined): readonly Remark[] {
  const code = verdict?.rule;
  const at = rules.findIndex((rule) => rule.code === code);
  const matched =
    code === undefined
      ? remark("rules:none")
      : remark("rules:matched", { at: at + 1, count: rules.length, rule: code, reason: rules[at]?.reason ?? "" });
  const open = undecided(rules, circumstances).map((rule) => rule.code);
  return open.length === 0 ? [matched] : [matched, remark("rules:open", { rules: open.join(", ") })];
}
