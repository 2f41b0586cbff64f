// How many dead tickets one network may present. After that, a user's guard is no longer asked about its unknown
// tickets.

import type { RateLimits } from "./limits.ts";

/**
 * Ten at once, and then one a minute. A phone whose app password was revoked presents one dead ticket. Ten such phones
 * in one network at the same time are many.
 */
export const DEAD_TICKETS: RateLimits = { burst: 10, perHour: 60 };
