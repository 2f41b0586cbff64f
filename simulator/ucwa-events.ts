// The event channel of an application: a pending GET that waits until something happens or its time is over. A channel
// has one pending request. When a newer one comes, the older one gets the answer "replaced". So UCWA tells a client
// that it runs twice. Of two with the same `ack`, the one with the higher `priority` stays.
//
// Events are acknowledged by the next `ack`. Until then they are told again to whoever asks with the old one, because
// nobody knows whether an answer was read.

/** The result of a pending request. */
export type Polled =
  | { readonly kind: "events"; readonly events: readonly unknown[] }
  | { readonly kind: "nothing" | "replaced" | "closed" | "resync" };

/** A pending request. `priority`: 0 if it says none. `gone` ends its wait early. */
export type PendingGet = {
  readonly ack: number;
  readonly priority: number;
  readonly holdMs: number;
  readonly gone: AbortSignal;
};

export class EventChannel {
  /** What happened and nobody was told. */
  #queue: unknown[] = [];
  /** What was told, and to which `ack`. The next `ack` acknowledges it. */
  #told: { readonly ack: number; readonly events: readonly unknown[] } = { ack: 0, events: [] };
  #waiting: { readonly asked: PendingGet; readonly finish: (outcome: Polled) => void } | undefined;

  /** Waits for events. Resolves at once if there are some that this client has not acknowledged. */
  poll(asked: PendingGet): Promise<Polled> {
    const { ack, holdMs, gone } = asked;
    const older = this.#waiting?.asked;
    if (older?.ack === ack && older.priority > asked.priority) return Promise.resolve({ kind: "replaced" });
    this.#settle({ kind: "replaced" });
    if (ack < this.#told.ack || ack > this.#told.ack + 1) return Promise.resolve({ kind: "resync" });
    if (ack === this.#told.ack) this.#queue.unshift(...this.#told.events);
    this.#told = { ack, events: [] };
    if (this.#queue.length > 0) return Promise.resolve({ kind: "events", events: this.#tell(ack) });
    return new Promise((resolve) => {
      const finish = (outcome: Polled): void => {
        clearTimeout(timer);
        gone.removeEventListener("abort", leave);
        if (this.#waiting?.finish === finish) this.#waiting = undefined;
        resolve(outcome);
      };
      const leave = (): void => finish({ kind: "closed" });
      const timer = setTimeout(() => finish({ kind: "nothing" }), holdMs);
      gone.addEventListener("abort", leave, { once: true });
      this.#waiting = { asked, finish };
    });
  }

  /** The `ack` that the last answer of this channel is told to. `resync` leads there. */
  get unacknowledged(): number {
    return this.#told.ack;
  }

  /** Delivers an event to the waiting request, or keeps it for the next one. Returns whether a request was waiting. */
  push(event: unknown): boolean {
    this.#queue.push(event);
    if (!this.#waiting) return false;
    this.#settle({ kind: "events", events: this.#tell(this.#waiting.asked.ack) });
    return true;
  }

  close(): void {
    this.#settle({ kind: "closed" });
  }

  #settle(outcome: Polled): void {
    this.#waiting?.finish(outcome);
  }

  #tell(ack: number): readonly unknown[] {
    const events = this.#queue;
    this.#queue = [];
    this.#told = { ack, events };
    return events;
  }
}
