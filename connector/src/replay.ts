// Each order works once. The connector remembers its id until the order has expired. If the memory is full, the
// connector accepts no further order (fail closed). The memory ends with the process. So the connector also refuses an
// order that may have been used before the process started.

import { CLOCK_SKEW_S, type Order } from "./order.ts";
import { ok, type Result, refuse } from "./result.ts";

/** Room for more than 1,000 orders a second, for the longest life of an order. */
const MAX_REMEMBERED = 100_000;

/** The orders that were used lately. */
export class UsedOrders {
  readonly #until = new Map<string, number>();
  readonly #startedAt: number;
  readonly #most: number;
  /**
   * The latest expiry of the orders that were forgotten, ms. If the clock is set back, such an order would be good
   * again, so it is refused by this.
   */
  #forgottenUntil = 0;

  /** `startedAt` in ms. */
  constructor(startedAt: number, most = MAX_REMEMBERED) {
    this.#startedAt = startedAt;
    this.#most = most;
  }

  /**
   * Whether the connector accepts orders yet. Shortly after the start it does not, because an order from a clock that
   * runs ahead may have been used before.
   */
  settled(now: number): boolean {
    return now > this.#startedAt + CLOCK_SKEW_S * 1000 + 1000;
  }

  get size(): number {
    return this.#until.size;
  }

  /** Uses an order up, or says why it cannot be used. `now` in ms. */
  use(order: Pick<Order, "id" | "issuedAt" | "expiresAt">, now: number): Result<true> {
    if (order.issuedAt * 1000 < this.#startedAt + CLOCK_SKEW_S * 1000) return refuse("just-started");
    // The map is nearly sorted by expiry. An id behind one with a later expiry is forgotten a little late.
    for (const [id, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(id);
      this.#forgottenUntil = Math.max(this.#forgottenUntil, until);
    }
    const until = (order.expiresAt + CLOCK_SKEW_S) * 1000;
    if (this.#until.has(order.id)) return refuse("replayed");
    if (until <= this.#forgottenUntil) return refuse("replayed", "or this machine's clock was put back");
    if (this.#until.size >= this.#most) return refuse("replay-memory-full");
    this.#until.set(order.id, until);
    return ok(true);
  }
}
