// No refusal of a credential leaves sooner than another (S-22). What it took to find the reason differs: a database, an
// object far away, nothing at all. So the answer waits for the next whole multiple of the floor after the request was there
// to be judged: after its head, or after the end of its body where the body is judged, too. Otherwise whoever sends a body
// late would choose how much of a multiple is left for finding the reason, and could see on which side of its end that falls.
// Waiting costs no CPU, and a person at a password prompt does not notice.

import { bodyReadAt } from "../core/http/body.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Added at random, ms: the clock ticks in whole ones, and what is left of one when the wait begins says a little of what went
 * before.
 */
const JITTER_MS = 16;

/** Resolves at the next multiple of the floor after the request could be judged, or a little later. */
export async function heldBack(exchange: Pick<Exchange, "request" | "now" | "config">): Promise<void> {
  const floor = exchange.config.refusalFloorMs;
  if (floor === 0) return;
  const passed = Math.max(0, Date.now() - (bodyReadAt(exchange.request) ?? exchange.now));
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  await scheduler.wait(floor - (passed % floor) + (random / 2 ** 32) * JITTER_MS);
}
