// How often guards send their events to D1. One alarm sends all events that have gathered, so a slower pace would save
// little.

/** How long events gather in a guard before its alarm takes them to D1, ms. */
export const FLUSH_AFTER_MS = 5_000;
/** How long a guard waits when D1 did not take them, ms. */
export const FLUSH_AGAIN_MS = 60_000;
/** How long further refusals of the same kind are only counted, ms. */
export const COUNT_FOR_MS = 900_000;
/** The same for all refusals for one reason, when a guard has written as many refusals as it may in a day, ms. */
export const COUNT_OVER_QUOTA_FOR_MS = 3_600_000;
/**
 * Events a day that strangers may cause at one network's guard with rows of their own: more than an office's mistakes
 * (S-44).
 */
export const ROWS_OF_A_NETWORK = 200;
/**
 * The same at the guard of one network's meeting guests, whose tickets are events as well: a carrier's NAT has many.
 */
export const ROWS_OF_GUESTS = 1_000;
/** The same at one user's guard, at which many networks meet. */
export const ROWS_OF_A_USER = 1_000;
