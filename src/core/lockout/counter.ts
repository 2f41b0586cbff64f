// The two ways of counting failures. Growing waits count the failures of one source for one user. A rate bounds the
// failures of many sources together. It drains by itself, so occasional honest mistakes never add up. Pure: the caller
// passes the time.

import type { RateLimits, WaitLimits } from "./limits.ts";

const HOUR_MS = 3_600_000;

/** Failures of one source, and when the last of them was (ms). */
export type Failures = { readonly failures: number; readonly lastFailureAt: number };

/** The failures that still count at `now`. */
export function standing(before: Failures | undefined, limits: WaitLimits, now: number): number {
  return before === undefined || now - before.lastFailureAt >= limits.forgetAfter ? 0 : before.failures;
}

/** The failures after one more failure. */
export function withFailure(before: Failures | undefined, limits: WaitLimits, now: number): Failures {
  return { failures: standing(before, limits, now) + 1, lastFailureAt: now };
}

/** How long a source waits after so many failures, ms. */
export function waitAfter(failures: number, limits: WaitLimits): number {
  if (failures < limits.free) return 0;
  // The limit of 30 keeps the number finite. The longest wait is reached much earlier.
  return Math.min(limits.firstWait * 2 ** Math.min(failures - limits.free, 30), limits.longestWait);
}

/** Until when a source has to wait (ms). Undefined if it may try now. */
export function waitingUntil(state: Failures | undefined, limits: WaitLimits, now: number): number | undefined {
  const until = state === undefined ? 0 : state.lastFailureAt + waitAfter(standing(state, limits, now), limits);
  return until > now ? until : undefined;
}

/** How full a rate was, and when (ms). */
export type Level = { readonly level: number; readonly at: number };

/** How full the rate is at `now`: the stored level minus what has drained since. */
export function levelAt(before: Level | undefined, limits: RateLimits, now: number): number {
  if (before === undefined) return 0;
  const drained = (Math.max(0, now - before.at) * limits.perHour) / HOUR_MS;
  return Math.max(0, before.level - drained);
}

/** The level after adding `change`, which may be negative. The level is never below 0. */
export function levelWith(before: Level | undefined, change: number, limits: RateLimits, now: number): Level {
  return { level: Math.max(0, levelAt(before, limits, now) + change), at: now };
}

/** Until when there is no room for another failure (ms). Undefined if there is room now. */
export function fullUntil(before: Level | undefined, limits: RateLimits, now: number): number | undefined {
  const excess = levelAt(before, limits, now) + 1 - limits.burst;
  return excess > 0 ? now + Math.ceil((excess * HOUR_MS) / limits.perHour) : undefined;
}

/** When a level has drained to 0, ms. */
export function emptyAt(state: Level, limits: RateLimits): number {
  return state.at + Math.ceil((state.level * HOUR_MS) / limits.perHour);
}
