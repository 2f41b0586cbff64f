// When a device that does not come any more expires.

import type { Policy } from "./types.ts";

const DAY_MS = 86_400_000;

/** Whether a device last seen then (ms) has expired at `now` (ms); one that never came has not. */
export function hasExpired({ expireAfterDays }: Policy, lastSeenAt: number | null, now: number): boolean {
  return expireAfterDays !== null && lastSeenAt !== null && now - lastSeenAt > expireAfterDays * DAY_MS;
}
