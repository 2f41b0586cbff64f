// What the sync remembers between two rounds, so that it asks the gateway nothing twice. Nothing of it is needed: after
// a restart the sync reads the gateway again.

import type { Outcome } from "./gateway.ts";
import { type Change, fingerprint, type Known } from "./plan.ts";

/** How soon a row is sent again that the gateway could not carry out, ms. */
const AGAIN_AFTER_MS = 10 * 60_000;

type Answered = { readonly said: string; readonly known: string; readonly at: number; readonly outcome: Outcome };

export class Memory {
  #known: Map<string, Known> | undefined;
  /** When the gateway was read, ms. */
  #readAt = 0;
  readonly #answered = new Map<string, Answered>();

  /** Whom Postern has; undefined: it must be read first. */
  known(now: number, forMs: number): ReadonlyMap<string, Known> | undefined {
    return now - this.#readAt < forMs ? this.#known : undefined;
  }

  read(known: Map<string, Known>, now: number): void {
    this.#known = known;
    this.#readAt = now;
  }

  /** Something went wrong, or somebody else may have changed it: the gateway is read next time. */
  forget(): void {
    this.#known = undefined;
  }

  /**
   * The outcome of the same row, when the gateway's side is the same too: sending it would change nothing. A conflict
   * is sent again after some minutes, because the other person's name may be free by then.
   */
  outcomeOf(change: Change, now: number): Outcome | undefined {
    const answered = this.#answered.get(change.row.key);
    if (answered === undefined || answered.said !== fingerprint(change)) return undefined;
    if (answered.known !== this.#sideOf(change.row.key)) return undefined;
    const lasts = answered.outcome.status === "unchanged" || now - answered.at < AGAIN_AFTER_MS;
    return lasts ? answered.outcome : undefined;
  }

  /** Remembers what became of a row. */
  note(outcome: Outcome, now: number): void {
    const { change, status, code } = outcome;
    const { key, state, person } = change.row;
    if (status === "failed" || code !== undefined) {
      if (status === "conflict") this.#remember(outcome, now);
      else this.forget();
      return;
    }
    if (status === "unchanged") {
      this.#remember(outcome, now);
      return;
    }
    const before = this.#known?.get(key);
    this.#answered.delete(key);
    if (before !== undefined) {
      // The gateway said that it is done; `held` is known to it alone, and is read with the rest.
      this.#known?.set(key, { ...before, ...person, state, told: true, disabled: state !== "in" || before.held });
    } else if (person !== undefined && this.#known !== undefined) {
      const isNew = { key, state, held: false, disabled: false, told: true, userId: "" };
      this.#known.set(key, { ...isNew, ...person });
      if (status === "adopted") this.forget();
    }
  }

  #remember(outcome: Outcome, at: number): void {
    const { key } = outcome.change.row;
    this.#answered.set(key, { said: fingerprint(outcome.change), known: this.#sideOf(key), at, outcome });
  }

  #sideOf(key: string): string {
    return JSON.stringify(this.#known?.get(key) ?? null);
  }
}
