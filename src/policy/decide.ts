// The decision about a device, made anew for each request from what is stored about it. The order of the steps below is
// the order that docs/devices.md publishes (S-29): the first step that applies decides. `judge` and `explain` both run
// this one list, so what `postern why` says is what happens.

import { firstMatch } from "./match.ts";
import type { JudgementReason } from "./reasons.ts";
import type { Explanation, JudgeInput, Judgement, Rule, StepName } from "./types.ts";

type Verdict = Pick<Judgement, "action" | "reason" | "rule">;

type Step = {
  readonly name: StepName;
  /** Undefined: the step does not apply, and the next one is asked. */
  readonly decide: (input: JudgeInput) => Verdict | undefined;
  /** What to tell people when it applies, and when it does not. */
  readonly says: { readonly decided: string; readonly passed: string };
};

/** A step that gives always the same verdict when its condition holds. */
function step(
  name: StepName,
  applies: (input: JudgeInput) => boolean,
  action: Judgement["action"],
  reason: JudgementReason,
  decided: string,
  passed: string,
): Step {
  const verdict: Verdict = { action, reason };
  return { name, decide: (input) => (applies(input) ? verdict : undefined), says: { decided, passed } };
}

const STEPS: readonly Step[] = [
  step(
    "user",
    ({ userDisabled }) => userDisabled,
    "block",
    "user-disabled",
    "The user is disabled.",
    "The user is not disabled.",
  ),
  step(
    "password",
    ({ passwordRevoked }) => passwordRevoked,
    "block",
    "password-revoked",
    "The app password is revoked.",
    "The app password is live.",
  ),
  step(
    "owner",
    ({ idOfAnotherUser }) => idOfAnotherUser,
    "block",
    "device-of-another-user",
    "The device's id belongs to another user.",
    "The device's id belongs to no other user.",
  ),
  step(
    "binding",
    ({ idChanged }) => idChanged,
    "block",
    "device-changed",
    "The device is not the one that this ticket or app password belongs to.",
    "The ticket and the app password belong to no other device.",
  ),
  step(
    "name",
    ({ partnership }) => partnership === null,
    "discover",
    "device-unnamed",
    "The device has not named itself yet: it may find its user's resources and name itself, nothing else.",
    "The device has named itself.",
  ),
  step(
    "personal-block",
    ({ partnership }) => partnership?.decision === "block" || partnership?.state === "blocked",
    "block",
    "device-blocked",
    "Somebody blocked this device.",
    "Nobody blocked this device.",
  ),
  step(
    "expiry",
    ({ partnership }) => partnership?.state === "expired",
    "block",
    "device-expired",
    "The device was not seen for too long; it has to enrol again.",
    "The device has not expired.",
  ),
  step(
    "pending",
    ({ partnership }) => partnership?.state === "pending",
    "block",
    "device-pending",
    "The partnership still waits for its device to name itself.",
    "The partnership does not wait for its device.",
  ),
  step(
    "personal-allow",
    ({ partnership }) => partnership?.decision === "allow",
    "allow",
    "device-approved",
    "Somebody approved this device.",
    "Nobody approved this device by name.",
  ),
  {
    name: "rules",
    decide: ({ policy, circumstances }) => {
      const rule = firstMatch(policy.rules, circumstances);
      return rule && { action: rule.action, reason: rule.code, rule: rule.code };
    },
    says: { decided: "A rule matches.", passed: "No rule matches." },
  },
  step(
    "quarantine",
    ({ partnership }) => partnership?.state === "quarantined",
    "quarantine",
    "awaiting-approval",
    "The device waits for somebody to approve it.",
    "The device does not wait for approval.",
  ),
  step(
    "enrolled",
    ({ partnership }) => partnership?.state === "allowed",
    "allow",
    "enrolled",
    "The device is enrolled.",
    "The device is not enrolled.",
  ),
  step("default", () => true, "block", "default-deny", "Nothing above allows this device.", ""),
];

/** The verdict of the first step that applies. */
export function judge(input: JudgeInput): Judgement {
  for (const { name, decide } of STEPS) {
    const verdict = decide(input);
    if (verdict !== undefined) return { ...verdict, step: name };
  }
  // Not reached: the last step always applies. Were it gone, the answer is still no.
  return { action: "block", reason: "default-deny", step: "default" };
}

/** Every step in order, with what came of it. */
export function explain(input: JudgeInput): readonly Explanation[] {
  let decided = false;
  return STEPS.map(({ name, decide, says }) => {
    if (decided) return { step: name, outcome: "not-reached", detail: "Decided before." };
    const verdict = decide(input);
    if (verdict === undefined) return { step: name, outcome: "passed", detail: says.passed };
    decided = true;
    return { step: name, outcome: "decided", detail: ruleDetail(input.policy.rules, verdict.rule) ?? says.decided };
  });
}

function ruleDetail(rules: readonly Rule[], code: string | undefined): string | undefined {
  const at = rules.findIndex((rule) => rule.code === code);
  const rule = rules[at];
  return rule && `Rule ${at + 1} of ${rules.length} matches, ${rule.code}: ${rule.reason}`;
}
