// Each order works once. Its id is remembered until the order could no longer be accepted; a full memory accepts nothing more
// (fail closed). The memory dies with the process, so an order that may have been used before the start is not taken either.

import { CLOCK_SKEW_S, type Order } from "./order.ts";
import { ok, type Result, refuse } from "./result.ts";

/** More than 1,000 orders a second over the longest life an order can have. */
const MAX_REMEMBERED = 100_000;

/** The orders seen lately. */
export class UsedOrders {
  readonly #until = new Map<string, number>();
  readonly #startedAt: number;
  readonly #most: number;
  /**
   * The latest expiry, ms, of the orders that are no longer remembered. Such an order could only become good again if
   * the clock were set back.
   */
  #forgottenUntil = 0;

  /** `startedAt` in ms. */
  constructor(startedAt: number, most = MAX_REMEMBERED) {
    this.#startedAt = startedAt;
    this.#most = most;
  }

  /** Whether orders are taken yet: one issued by a clock that is ahead may be older than it says. */
  settled(now: number): boolean {
    return now > this.#startedAt + CLOCK_SKEW_S * 1000 + 1000;
  }

  get size(): number {
    return this.#until.size;
  }

  /** Uses an order up; `now` in ms. */
  use(order: Pick<Order, "id" | "issuedAt" | "expiresAt">, now: number): Result<true> {
    if (order.issuedAt * 1000 < this.#startedAt + CLOCK_SKEW_S * 1000) return refuse("just-started");
    // Nearly in the order of their ends: the few behind a longer-lived one wait for it.
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
