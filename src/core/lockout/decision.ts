// Decides whether the password of an attempt is checked, or the attempt is refused unchecked. A familiar place has its
// own budget, so no stranger can use it up (S-21). When that budget is used up, a further wrong guess writes no row,
// but the password is still checked (S-43). A stranger's network waits for its own failures. When the networks of
// strangers have failed too often together, those that have failed wait. A network that has not failed yet is still
// checked. So the owner in a new place gets in with the first right try, even during an attack.

import { type Failures, fullUntil, type Level, standing, waitingUntil } from "./counter.ts";
import { type Limits, MAX_NETWORKS_OF_SITE, MAX_STRANGE_NETWORKS, type RateLimits } from "./limits.ts";

/** What a user's guard has counted that concerns one attempt. */
export type LockoutState = {
  /** The failures at this place, if it is familiar. Undefined for a stranger. */
  readonly familiar: Failures | undefined;
  /** The failures of strangers in this network. */
  readonly stranger: Failures | undefined;
  /** For an IPv6 network, the number of /64s of its /48 in which strangers failed. */
  readonly site: Failures | undefined;
  /** The failures of all strangers together. */
  readonly strangers: Level | undefined;
  /** In how many networks strangers have failures that still count. */
  readonly strangeNetworks: number;
};

/** Stable reasons for a refusal without checking the password. */
export type WaitReason = "waiting" | "strangers-waiting" | "network-waiting";

/**
 * Undefined: the password is checked. In a familiar place it is always checked; a reason only means that the failure is
 * not recorded (S-43).
 */
export type Wait = { readonly reason: WaitReason; readonly until: number };

/** Whether a user's guard refuses an attempt without checking the password, and until when (ms). */
export function waitFor(state: LockoutState, limits: Limits, now: number): Wait | undefined {
  if (state.familiar !== undefined) {
    const until = waitingUntil(state.familiar, limits.familiar, now);
    return until === undefined ? undefined : { reason: "waiting", until };
  }
  const own = waitingUntil(state.stranger, limits.stranger, now);
  if (own !== undefined) return { reason: "waiting", until: own };
  const full = fullUntil(state.strangers, limits.strangers, now);
  if (full === undefined) return undefined;
  const failed = [
    ...(standing(state.stranger, limits.stranger, now) > 0 ? [state.stranger] : []),
    ...(standing(state.site, limits.stranger, now) >= MAX_NETWORKS_OF_SITE ? [state.site] : []),
  ];
  if (failed.length === 0 && state.strangeNetworks < MAX_STRANGE_NETWORKS) return undefined;
  // When the failures of a network are forgotten, it counts as clean, and no longer as a strange network that failed.
  const failedAt = failed.length === 0 ? now : Math.max(...failed.map((each) => each?.lastFailureAt ?? now));
  return { reason: "strangers-waiting", until: Math.min(full, failedAt + limits.stranger.forgetAfter) };
}

/**
 * Whether a network's guard refuses an attempt without checking the password. A user who is familiar there passes,
 * because the user's guard has that budget.
 */
export function networkWait(
  network: Level | undefined,
  familiar: boolean,
  limits: RateLimits,
  now: number,
): Wait | undefined {
  const until = familiar ? undefined : fullUntil(network, limits, now);
  return until === undefined ? undefined : { reason: "network-waiting", until };
}
