// How many dead tickets one network may present before its unknown ones go no further.

import type { RateLimits } from "./limits.ts";

/**
 * A handful at once, and then one a minute. A phone whose app password was revoked presents one dead ticket; ten phones of one
 * network at the same time are many.
 */
export const DEAD_TICKETS: RateLimits = { burst: 10, perHour: 60 };
