// Which of two opinions about one device is the stricter: a backup's and the gateway's, or D1's and the guard's. The
// stricter one wins, so that neither a restore nor a repair opens what somebody closed (S-76, S-77). Pure.

import type { Partnership } from "./partnership.ts";
import type { PartnershipState } from "./types.ts";

/** From open to closed. `pending` was expected by an administrator and has not come; an expired one has to come again. */
const STRICTNESS: Readonly<Record<PartnershipState, number>> = {
  allowed: 0,
  pending: 1,
  quarantined: 2,
  expired: 3,
  blocked: 4,
};

/** Whether `a` is closed more than `b`. */
export const isStricter = (a: PartnershipState, b: PartnershipState): boolean => STRICTNESS[a] > STRICTNESS[b];

type Decision = Pick<Partnership, "state" | "decision" | "decidedBy" | "decidedAt" | "reason">;

/** What was decided about a device, without what the device is. */
export const decisionOf = ({ state, decision, decidedBy, decidedAt, reason }: Partnership): Decision => ({
  ...{ state, decision, decidedBy, decidedAt, reason },
});

/**
 * One partnership out of two of one id. The stricter decision counts; if both are as strict, that of `present`. What
 * the device is, whose its id is and which app password it has stays as `present` says: to take its app password from
 * it would leave that to any other device.
 */
export const stricterOf = (present: Partnership, other: Partnership): Partnership => ({
  ...present,
  ...decisionOf(isStricter(other.state, present.state) ? other : present),
});
