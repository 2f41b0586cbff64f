// Says what a new policy would do to the devices in use, before it is applied.

import { hasExpired } from "../device/partnership.ts";
import { judge } from "./decide.ts";
import { proofFault } from "./proof.ts";
import type { Circumstances, Judgement, Policy, Standing } from "./types.ts";

/** The parts of a partnership that policies use. */
export type PreviewedPartnership = Standing & {
  /** When it got its state, ms. */
  readonly decidedAt: number;
  readonly circumstances: Circumstances;
  /** ms; null: never. */
  readonly lastSeenAt: number | null;
};

export type PreviewedChange<Of> = {
  readonly of: Of;
  readonly before: Judgement;
  readonly after: Judgement;
};

/**
 * The partnerships for which the new policy decides another action, each with the decision now and the decision then.
 * `now` in ms. A partnership for which only the reason changes is left out.
 */
export function previewChanges<Of extends PreviewedPartnership>(
  partnerships: readonly Of[],
  before: Policy,
  after: Policy,
  now: number,
): readonly PreviewedChange<Of>[] {
  return partnerships
    .map((of) => ({ of, before: judged(of, before, now), after: judged(of, after, now) }))
    .filter((change) => change.before.action !== change.after.action);
}

/** What a policy decides about a partnership at `now` (ms), if its user is enabled and its app password is live. */
export function judged(of: PreviewedPartnership, policy: Policy, now: number): Judgement {
  const { circumstances, state, decision, reason = "" } = of;
  return judge({
    policy,
    circumstances,
    userDisabled: false,
    passwordRevoked: false,
    idOfAnotherUser: false,
    idChanged: false,
    unproved: proofFault(policy, circumstances.proof, [circumstances.facts.platform], "nothing"),
    keyWaits: false,
    addressBook: null,
    partnership: { state: hasExpired(of, policy.expireAfterDays, now) ? "expired" : state, decision, reason },
  });
}
