// Whether an attempt on a user is looked at or refused unseen. The order is the whole policy: what is familiar has a budget
// of its own, so that no stranger can use it up (S-21), and over which a guess costs no row and is still looked at (S-43); what is strange waits for what its own network did; and when strange
// networks together have failed too often, those wait that had a part in it. One that has not failed yet is still looked
// at: the owner in a new place gets in on the first right try, in the middle of an attack.

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

/** Stable reasons of a refusal without a look. */
export type WaitReason = "waiting" | "strangers-waiting" | "network-waiting";

/** Undefined: the attempt is looked at. In a familiar place it is looked at all the same, but not written down (S-43). */
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
  // A network is clean again when its failures are forgotten, and networks are fewer when theirs are.
  const failedAt = failed.length === 0 ? now : Math.max(...failed.map((each) => each?.lastFailureAt ?? now));
  return { reason: "strangers-waiting", until: Math.min(full, failedAt + limits.stranger.forgetAfter) };
}

/** Whether a network's guard refuses an attempt unseen. A familiar user passes: that budget is in the user's guard. */
export function networkWait(
  network: Level | undefined,
  familiar: boolean,
  limits: RateLimits,
  now: number,
): Wait | undefined {
  const until = familiar ? undefined : fullUntil(network, limits, now);
  return until === undefined ? undefined : { reason: "network-waiting", until };
}
