// Asks many guards, but not all of them at once.

import { sideBySide } from "../core/text/side-by-side.ts";

const CALLS_AT_ONCE = 50;

/** Calls `act` for each, some at once, and keeps the order. */
export const inTurns = <T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> =>
  sideBySide(items, CALLS_AT_ONCE, act);
