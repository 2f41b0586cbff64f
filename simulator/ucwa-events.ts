// The event channel of an application: a pending GET that waits until something happens or its time is over. A channel
// has one pending request. When a newer one comes, the older one gets the answer "replaced". So UCWA tells a client
// that it runs twice.

/** The result of a pending request. */
export type Polled =
  | { readonly kind: "events"; readonly events: readonly unknown[] }
  | { readonly kind: "nothing" | "replaced" | "closed" };

export class EventChannel {
  #queue: unknown[] = [];
  #waiting: ((outcome: Polled) => void) | undefined;

  /** Waits for events for at most `holdMs`. Resolves at once if some are queued. `gone` ends the wait early. */
  poll(holdMs: number, gone: AbortSignal): Promise<Polled> {
    this.#settle({ kind: "replaced" });
    if (this.#queue.length > 0) return Promise.resolve({ kind: "events", events: this.#take() });
    return new Promise((resolve) => {
      const finish = (outcome: Polled): void => {
        clearTimeout(timer);
        gone.removeEventListener("abort", leave);
        if (this.#waiting === finish) this.#waiting = undefined;
        resolve(outcome);
      };
      const leave = (): void => finish({ kind: "closed" });
      const timer = setTimeout(() => finish({ kind: "nothing" }), holdMs);
      gone.addEventListener("abort", leave, { once: true });
      this.#waiting = finish;
    });
  }

  /** Delivers an event to the waiting request, or keeps it for the next one. Returns whether a request was waiting. */
  push(event: unknown): boolean {
    this.#queue.push(event);
    if (!this.#waiting) return false;
    this.#settle({ kind: "events", events: this.#take() });
    return true;
  }

  close(): void {
    this.#settle({ kind: "closed" });
  }

  #settle(outcome: Polled): void {
    this.#waiting?.(outcome);
  }

  #take(): readonly unknown[] {
    const events = this.#queue;
    this.#queue = [];
    return events;
  }
}
