// No refusal of a credential leaves sooner than another (S-22). What it took to find the reason differs: a database, an
// object far away, nothing at all. So the answer waits for the next whole multiple of the floor after the request came.
// Waiting costs no CPU, and a person at a password prompt does not notice.

import type { Exchange } from "./exchange.ts";

/** Resolves at the next multiple of the floor after the exchange began. */
export async function heldBack(exchange: Pick<Exchange, "now" | "config">): Promise<void> {
  const floor = exchange.config.refusalFloorMs;
  if (floor === 0) return;
  const passed = Date.now() - exchange.now;
  await scheduler.wait(floor - (passed % floor));
}
