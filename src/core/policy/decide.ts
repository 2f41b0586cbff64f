// The decision about a device. It is made for each request, from what is stored about the device. The order of the
// steps below is the order that docs/devices.md publishes (S-29): the first step that applies decides. `judge` and
// `explain` both run this one list, so what `postern why` says is what happens.

import { isSilent } from "../authority/says.ts";
import { waitsForOwner } from "../device/partnership.ts";
import { addressBookDetail } from "./address-book.ts";
import { authorityDetail } from "./authority.ts";
import { isByPassword, isIdentityLost, isPasswordDevice } from "./identity.ts";
import { firstMatch, undecided } from "./match.ts";
import { keyDetail, proofDetail } from "./proof.ts";
import type { JudgementReason } from "./reasons.ts";
import type { Explanation, JudgeInput, Judgement, StepName } from "./types.ts";

type Verdict = Pick<Judgement, "action" | "reason" | "rule">;

type Step = {
  readonly name: StepName;
  /** Undefined: the step does not apply, and the next one is asked. */
  readonly decide: (input: JudgeInput) => Verdict | undefined;
  /** The sentence that tells people what came of this step. */
  readonly detail: (input: JudgeInput, verdict: Verdict | undefined) => string;
};

/** A step that always gives the same verdict when its condition holds. */
function step(
  name: StepName,
  applies: (input: JudgeInput) => boolean,
  action: Judgement["action"],
  reason: JudgementReason,
  decided: string,
  passed: string,
): Step {
  const verdict: Verdict = { action, reason };
  return {
    name,
    decide: (input) => (applies(input) ? verdict : undefined),
    detail: (_, given) => (given === undefined ? passed : decided),
  };
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
  {
    name: "binding",
    decide: ({ idChanged, policy, circumstances }) =>
      idChanged || isIdentityLost(policy, circumstances)
        ? { action: "block", reason: "device-changed" satisfies JudgementReason }
        : undefined,
    detail: bindingDetail,
  },
  {
    name: "proof",
    decide: ({ unproved }) =>
      unproved === null ? undefined : { action: "discover", reason: "device-unproved" satisfies JudgementReason },
    detail: ({ circumstances, unproved }) => proofDetail(circumstances.proof, unproved),
  },
  {
    name: "address-book",
    decide: ({ addressBook }) =>
      addressBook === null ? undefined : { action: "block", reason: "no-address-book" satisfies JudgementReason },
    detail: addressBookDetail,
  },
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
  {
    name: "key",
    decide: ({ keyWaits }) =>
      keyWaits ? { action: "block", reason: "key-awaiting-approval" satisfies JudgementReason } : undefined,
    detail: ({ keyWaits, keysWaiting = 0 }) => keyDetail(keyWaits, keysWaiting),
  },
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
    detail: rulesDetail,
  },
  step(
    "own-approval",
    ({ partnership }) => partnership !== null && waitsForOwner(partnership),
    "quarantine",
    "awaiting-own-approval",
    "The device waits for its own user to approve it in the portal. An administrator may approve it too.",
    "The device does not wait for its own user.",
  ),
  step(
    "quarantine",
    ({ partnership }) => partnership?.state === "quarantined",
    "quarantine",
    "awaiting-approval",
    "The device waits for an administrator to approve it.",
    "The device does not wait for an administrator.",
  ),
  {
    name: "authority",
    decide: ({ policy, circumstances }) =>
      policy.devices.authoritySilence === "block" && isSilent(circumstances.authority)
        ? { action: "block", reason: "authority-silent" satisfies JudgementReason }
        : undefined,
    detail: authorityDetail,
  },
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
  return STEPS.map(({ name, decide, detail }) => {
    if (decided) return { step: name, outcome: "not-reached", detail: "An earlier step has decided." };
    const verdict = decide(input);
    decided = verdict !== undefined;
    return { step: name, outcome: decided ? "decided" : "passed", detail: detail(input, verdict) };
  });
}

/** Explains why a rule with `identity` does not hold for an app password to which a device was bound before. */
const boundBefore = (code: string | undefined): string =>
  `The app password stays bound to this id, although the rule ${code} says identity = "app-password". The ` +
  "rule holds only for an app password to which no device is bound by its id. To apply the rule, forget this device.";

function bindingDetail({ policy, circumstances }: JudgeInput, verdict: Verdict | undefined): string {
  const code = firstMatch(policy.rules, circumstances)?.code;
  if (!isPasswordDevice(circumstances.device)) {
    if (verdict !== undefined) return "The device is not the one that this ticket or app password belongs to.";
    const late = circumstances.device?.kind === "endpoint" && isByPassword(policy, circumstances);
    return `The ticket and the app password belong to no other device.${late ? ` ${boundBefore(code)}` : ""}`;
  }
  return verdict === undefined
    ? `The app password is the device (rule ${code}): every client that has the app password and matches the rule is this device.`
    : 'The device is known by its app password alone, and the rule that matches does not say identity = "app-password".';
}

/** Says which rule matches, and which rules could not be decided because a fact is not known. */
function rulesDetail({ policy: { rules }, circumstances }: JudgeInput, verdict: Verdict | undefined): string {
  const code = verdict?.rule;
  const at = rules.findIndex((rule) => rule.code === code);
  const matched =
    code === undefined
      ? "No rule matches."
      : `Rule ${at + 1} of ${rules.length} matches, ${code}: ${rules[at]?.reason}`;
  const missing = undecided(rules, circumstances).map((rule) => rule.code);
  return missing.length === 0
    ? matched
    : `${matched} Not certain, because a fact about the device is not known: ${missing.join(", ")}.`;
}
