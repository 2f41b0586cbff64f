// How long what a guard says takes to reach D1. Slower would be cheaper by little: one alarm takes all that has gathered.

/** How long events gather in a guard before its alarm takes them to D1, ms. */
export const FLUSH_AFTER_MS = 5_000;
/** How long a guard waits when D1 did not take them, ms. */
export const FLUSH_AGAIN_MS = 60_000;
/** How long further refusals of the same kind are only counted, ms. */
export const COUNT_FOR_MS = 900_000;
