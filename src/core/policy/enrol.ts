// What becomes of a device that names itself with an app password to which no device is bound. As in decide.ts, there
// is one list of steps in the order that docs/devices.md publishes, and the first step that applies decides. A device
// whose partnership has expired enrols again through the same steps.

import { firstMatch } from "./match.ts";
import type { EnrolmentReason } from "./reasons.ts";
import type { EnrolInput, Enrolment, EnrolmentMode, EnrolmentStepName } from "./types.ts";

type Verdict =
  | Omit<Extract<Enrolment, { readonly action: "enrol" }>, "step">
  | Omit<Extract<Enrolment, { readonly action: "refuse" }>, "step">;

type Step = {
  readonly name: EnrolmentStepName;
  /** Undefined: the step does not apply, and the next one is asked. */
  readonly decide: (input: EnrolInput) => Verdict | undefined;
};

/**
 * How many devices of one user may wait for that user. More would teach people to approve without looking: somebody who
 * wants a device approved would only have to come often enough.
 */
export const MAX_WAITING = 3;

const refused = (reason: EnrolmentReason): Verdict => ({ action: "refuse", reason });
const ALLOWED: Verdict = { action: "enrol", state: "allowed", decision: null, reason: "enrolled" };
const QUARANTINED: Verdict = { action: "enrol", state: "quarantined", decision: null, reason: "awaiting-approval" };
/** It waits for its own user, who approves it in the portal (S-62). */
const OWN: Verdict = { ...QUARANTINED, reason: "awaiting-own-approval" };
const EXPECTED: Verdict = { action: "enrol", state: "allowed", decision: "allow", reason: "device-expected" };

const STEPS: readonly Step[] = [
  { name: "other-expected", decide: ({ expected }) => when(expected === "another", refused("device-changed")) },
  { name: "expected", decide: ({ expected }) => when(expected === "this", EXPECTED) },
  { name: "closed", decide: (input) => when(modeOf(input) === "closed", refused("enrolment-closed")) },
  {
    name: "window",
    decide: (input) => when(modeOf(input) === "window" && !input.windowOpen, refused("no-enrolment-window")),
  },
  {
    name: "limit",
    decide: (input) => when(input.circumstances.devices > limitOf(input), refused("too-many-devices")),
  },
  { name: "rules", decide: byRule },
  { name: "approval", decide: (input) => when(modeOf(input) === "approval", QUARANTINED) },
  {
    name: "waiting",
    decide: (input) => when(modeOf(input) === "self" && input.waiting >= MAX_WAITING, refused("too-many-waiting")),
  },
  { name: "self", decide: (input) => when(modeOf(input) === "self", OWN) },
  {
    name: "default",
    decide: (input) => when(modeOf(input) === "open" || modeOf(input) === "window", ALLOWED),
  },
];

/** What becomes of the device. */
export function enrol(input: EnrolInput): Enrolment {
  for (const { name, decide } of STEPS) {
    const verdict = decide(input);
    if (verdict !== undefined) return { ...verdict, step: name };
  }
  // Reached only with an unknown mode: refuse.
  return { action: "refuse", reason: "enrolment-closed", step: "default" };
}

function byRule({ policy, circumstances }: EnrolInput): Verdict | undefined {
  const rule = firstMatch(policy.rules, circumstances);
  if (rule === undefined) return undefined;
  const { action, code } = rule;
  switch (action) {
    case "block":
      return { action: "refuse", reason: code, rule: code };
    case "quarantine":
      return { ...QUARANTINED, reason: code, rule: code };
    case "allow":
      return { ...ALLOWED, reason: code, rule: code };
  }
}

const when = (applies: boolean, verdict: Verdict): Verdict | undefined => (applies ? verdict : undefined);

const modeOf = ({ policy, userMode }: EnrolInput): EnrolmentMode => userMode ?? policy.enrolment.mode;

const limitOf = ({ policy, userMaxDevices }: EnrolInput): number => userMaxDevices ?? policy.enrolment.maxDevices;
