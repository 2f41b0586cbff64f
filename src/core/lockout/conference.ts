// How often meeting guests may try keys of a conference. A key is not a domain password, but whoever finds one is in the
// meeting. As with users (docs/design/0005) nothing is ever locked: a network waits for what it did itself, and one that has
// been in this conference before has a budget that no other network can use up.
// Guests of one network come in crowds, so an attempt that would have to wait while others of its kind are still being looked at
// waits for these: one right key among them changes the picture.

import { type Failures, fullUntil, type Level, waitingUntil } from "./counter.ts";
import type { Wait } from "./decision.ts";
import type { RateLimits, WaitLimits } from "./limits.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The limits; times in ms. Generous to a person with a link, and of no use to a guesser: a key has some 40 bits. */
export const GUEST_LIMITS: {
  readonly stranger: WaitLimits;
  readonly familiar: WaitLimits;
  readonly network: RateLimits;
  readonly conference: RateLimits;
} = {
  /** One conference from one network from which no guest got in. */
  stranger: { free: 5, firstWait: 30 * SECOND, longestWait: 15 * MINUTE, forgetAfter: HOUR },
  /** One conference from a network from which a guest did. */
  familiar: { free: 20, firstWait: 5 * SECOND, longestWait: MINUTE, forgetAfter: HOUR },
  /** One network, whatever the conference. */
  network: { burst: 20, perHour: 60 },
  /** One conference, from all networks that have failed at it, together. */
  conference: { burst: 100, perHour: 300 },
};

/** For how long a network stays familiar with a conference after a guest got in, ms: a weekly meeting meets again. */
export const CONFERENCE_FAMILIAR_MS = 8 * 24 * HOUR;

/** What a network's guest guard knows when a guest tries a key. Attempts that are being looked at are counted as failures. */
export type GuestStanding = {
  /** Of this network at this conference. */
  readonly tries: Failures | undefined;
  /** A guest of this network got in lately. */
  readonly familiar: boolean;
  /** Attempts at this conference that are being looked at. */
  readonly pendingHere: number;
  /** Of this network, whatever the conference. */
  readonly network: Level | undefined;
  /** Attempts of this network that are being looked at. */
  readonly pending: number;
};

export type GuestDecision =
  | { readonly kind: "admitted" }
  /** Not before one of those that are being looked at is decided. */
  | { readonly kind: "later" }
  | { readonly kind: "refused"; readonly wait: Wait };

/** Whether a guest's key is looked at (times in ms). */
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
