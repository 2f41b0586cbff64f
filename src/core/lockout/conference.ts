// How often meeting guests may try keys of a conference. A key is not a domain password, but a person who finds one
// gets into the meeting. As with users (docs/design/0005), nothing is ever locked, and a network waits only for its own
// failures. A network from which a guest has been in this conference has its own budget, which no other network can use
// up. Many guests of one network may come at once. If an attempt would be refused while others like it are still being
// checked, it first waits for those. One right key among them changes the decision.

import { type Failures, fullUntil, type Level, waitingUntil } from "./counter.ts";
import type { Wait } from "./decision.ts";
import type { RateLimits, WaitLimits } from "./limits.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * The limits; times in ms. They are generous to a person with a link and useless to a guesser, because a key has about
 * 40 bits.
 */
export const GUEST_LIMITS: {
  readonly stranger: WaitLimits;
  readonly familiar: WaitLimits;
  readonly network: RateLimits;
  readonly conference: RateLimits;
} = {
  /** For one conference, from one network from which no guest got in. */
  stranger: { free: 5, firstWait: 30 * SECOND, longestWait: 15 * MINUTE, forgetAfter: HOUR },
  /** For one conference, from a network from which a guest got in. */
  familiar: { free: 20, firstWait: 5 * SECOND, longestWait: MINUTE, forgetAfter: HOUR },
  /** For one network, at any conference. */
  network: { burst: 20, perHour: 60 },
  /** For one conference, from all networks together that have failed at it. */
  conference: { burst: 100, perHour: 300 },
};

/**
 * For how long a network stays familiar with a conference after a guest got in, ms. Longer than a week, for weekly
 * meetings.
 */
export const CONFERENCE_FAMILIAR_MS = 8 * 24 * HOUR;

/** What a network's guest guard knows when a guest tries a key. Attempts that are being checked count as failures. */
export type GuestStanding = {
  /** The failures of this network at this conference. */
  readonly tries: Failures | undefined;
  /** Whether a guest of this network got into this conference lately. */
  readonly familiar: boolean;
  /** How many attempts of this network at this conference are being checked. */
  readonly pendingHere: number;
  /** The failures of this network at all conferences. */
  readonly network: Level | undefined;
  /** How many attempts of this network are being checked. */
  readonly pending: number;
};

export type GuestDecision =
  | { readonly kind: "admitted" }
  /** Wait until one of the attempts that are being checked is decided. */
  | { readonly kind: "later" }
  | { readonly kind: "refused"; readonly wait: Wait };

/** Whether a guest's key is checked. `now` in ms. */
export function decideGuest(state: GuestStanding, now: number): GuestDecision {
  const { stranger, familiar, network } = GUEST_LIMITS;
  const until = waitingUntil(state.tries, state.familiar ? familiar : stranger, now);
  if (until !== undefined) {
    return state.pendingHere > 0 ? { kind: "later" } : { kind: "refused", wait: { reason: "waiting", until } };
  }
  const full = state.familiar ? undefined : fullUntil(state.network, network, now);
  if (full === undefined) return { kind: "admitted" };
  return state.pending > 0 ? { kind: "later" } : { kind: "refused", wait: { reason: "network-waiting", until: full } };
}
