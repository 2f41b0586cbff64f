// Whether the password of an attempt is checked, or the attempt is refused unseen. The order of the steps is the whole
// policy. A familiar place has its own budget, so no stranger can use it up (S-21). When that budget is used up, a
// further guess writes no row, but the password is still checked (S-43). A strange network waits for its own failures.
// When strange networks together have failed too often, those that have failed wait. A network that has not failed yet
// is still checked, so the owner in a new place gets in with the first right try, even during an attack.

import { type Failures, fullUntil, type Level, standing, waitingUntil } from "./counter.ts";
import { type Limits, MAX_NETWORKS_OF_SITE, MAX_STRANGE_NETWORKS, type RateLimits } from "./limits.ts";

/** What a user's guard has counted that concerns one attempt. */
export type LockoutState = {
  /** Of this network and client, when they have signed this user in before; undefined for a stranger. */
  readonly familiar: Failures | undefined;
  /** Of this network as a stranger's. */
  readonly stranger: Failures | undefined;
  /** Of an IPv6 network's /48: how many of its /64s failed as strangers. */
  readonly site: Failures | undefined;
  /** Of all strange networks together. */
  readonly strangers: Level | undefined;
  /** Strange networks with failures that still count. */
  readonly strangeNetworks: number;
};

/** Stable reasons for a refusal without checking the password. */
export type WaitReason = "waiting" | "strangers-waiting" | "network-waiting";

/**
 * Undefined: the password is checked. In a familiar place it is always checked; a reason only means that the failure is
 * not recorded (S-43).
 */
export type Wait = { readonly reason: WaitReason; readonly until: number };

/** Whether a user's guard refuses an attempt unseen, and until when (ms). */
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
  // A network counts as clean when its failures are forgotten. Then there is also one strange network less.
  const failedAt = failed.length === 0 ? now : Math.max(...failed.map((each) => each?.lastFailureAt ?? now));
  return { reason: "strangers-waiting", until: Math.min(full, failedAt + limits.stranger.forgetAfter) };
}

/**
 * Whether a network's guard refuses an attempt unseen. A familiar user passes here, because the user's guard has that
 * budget.
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
