// No refusal of a credential leaves sooner than another (S-22). Finding the reason takes different times: it may need a
// database, an object far away, or nothing. So the answer waits for the next whole multiple of the floor. The time
// counts from when the request could be judged: after its head, or, if the body is judged too, after the end of the
// body. If it always counted from the head, a client could send its body late. It would thereby choose how much of a
// multiple is left, and see whether finding the reason took longer than that. Waiting costs no CPU time, and a person
// at a password prompt does not notice it.

import { bodyReadAt } from "../core/http/body.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Added at random, ms. The clock ticks in whole milliseconds, and the fraction that is left when the wait begins would
 * tell a little about the work before.
 */
const JITTER_MS = 16;

/** Resolves at the next multiple of the floor after the request could be judged, or a little later. */
export async function heldBack(
  exchange: Pick<Exchange, "request" | "now" | "config"> & Partial<Pick<Exchange, "stages">>,
): Promise<void> {
  const floor = exchange.config.refusalFloorMs;
  if (floor === 0) return;
  const passed = Math.max(0, Date.now() - (bodyReadAt(exchange.request) ?? exchange.now));
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  const wait = () => scheduler.wait(floor - (passed % floor) + (random / 2 ** 32) * JITTER_MS);
  await (exchange.stages?.timed("floor", wait) ?? wait());
}
