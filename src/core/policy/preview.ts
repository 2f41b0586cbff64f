// What a change of policy would do to the devices in use, before it does it.

import { hasExpired } from "../device/partnership.ts";
import { judge } from "./decide.ts";
import { proofFault } from "./proof.ts";
import type { Circumstances, Judgement, Policy, Standing } from "./types.ts";

/** The parts of a partnership that policies use. */
export type PreviewedPartnership = Standing & {
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
 * Of the partnerships whose action changes: what is decided now, and what would be, at `now` (ms). A change of only the
 * reason does not count.
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

/** What a policy decides of it at `now` (ms). The user and the app password are taken for good, for no policy changes that. */
export function judged(of: PreviewedPartnership, policy: Policy, now: number): Judgement {
  const { circumstances, state, decision } = of;
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
    partnership: { state: hasExpired(of, policy.expireAfterDays, now) ? "expired" : state, decision },
  });
}
