// Which proofs were tried with which name from a network, as keyed fingerprints (`proofFingerprint`). The same proof
// once more is the same mistake and counts once, whether or not the name belongs to somebody (S-24, S-22). A proof that
// was found wrong twice is refused from memory for a minute, and no other guard is asked: a client that hammers costs
// one request each time. Only what stays wrong until the client changes something is remembered as wrong. The password
// of a disabled user is not, nor that of a blocked device, nor an attempt at which Postern itself failed. While a
// repetition is looked at, others that come at the same time wait for its result, so that a hundred at once cost what a
// hundred in turn do.

import { REPEAT_WINDOW_MS } from "../core/lockout/limits.ts";
import { BoundedMap } from "../core/text/bounded-map.ts";

/**
 * How long a proof is refused from memory, ms: so short that an administrator who has just added the name does not
 * mind.
 */
export const WRONG_FOR_MS = 60_000;
/** How often a proof is looked at before it is refused from memory. */
const LOOKED_AT = 2;
/** How long others wait while a repetition is looked at, ms. After that they are looked at themselves. */
const NEWS_WITHIN_MS = 1_000;
/** Bytes, for fingerprints: some 5,000. */
const MAX_TRIED_BYTES = 1_500_000;
/** Bytes, for repetitions that are being looked at: some 1,000. */
const MAX_PENDING_BYTES = 500_000;
/** The memory for a few numbers, and for a promise with its end, bytes. */
const NUMBERS_BYTES = 64;
const PROMISE_BYTES = 256;

type Tried = { readonly tries: number; readonly until: number; readonly wrongUntil: number };
/** A repetition that is being looked at. */
type Pending = { readonly until: number; readonly ended: Promise<void>; readonly end: () => void };

export class TriedProofs {
  readonly #tried = new BoundedMap<Tried>(MAX_TRIED_BYTES, () => NUMBERS_BYTES);
  readonly #pending = new BoundedMap<Pending>(MAX_PENDING_BYTES, () => PROMISE_BYTES);

  /**
   * The promise for which the next attempt with the same proof has to wait. It resolves when the one that is being
   * looked at has ended, or after a while.
   */
  pending(name: string, proof: string | undefined, now: number): Promise<unknown> | undefined {
    const pending = proof === undefined ? undefined : this.#pending.get(keyOf(name, proof));
    if (pending === undefined || pending.until <= now) return undefined;
    return Promise.race([pending.ended, scheduler.wait(NEWS_WITHIN_MS)]);
  }

  /** `new`: counts. `again`: was counted already. `wrong`: was looked at, and is still wrong for the same reason. */
  look(name: string, proof: string | undefined, now: number): "new" | "again" | "wrong" {
    const tried = proof === undefined ? undefined : this.#tried.get(keyOf(name, proof));
    if (tried === undefined || tried.until <= now) return "new";
    return tried.wrongUntil > now ? "wrong" : "again";
  }

  /** It was tried. */
  note(name: string, proof: string | undefined, now: number): void {
    if (proof === undefined) return;
    const key = keyOf(name, proof);
    const before = this.#tried.get(key);
    const standing = before !== undefined && before.until > now ? before : undefined;
    const { tries, until, wrongUntil } = standing ?? { tries: 0, until: now + REPEAT_WINDOW_MS, wrongUntil: 0 };
    this.#tried.set(key, { tries: tries + 1, until, wrongUntil });
    if (tries + 1 < LOOKED_AT || (this.#pending.get(key)?.until ?? 0) > now) return;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#pending.set(key, { until: now + NEWS_WITHIN_MS, ended, end });
  }

  /** The attempt that was looked at has ended, in whatever way. */
  ended(name: string, proof: string | undefined): void {
    if (proof === undefined) return;
    const key = keyOf(name, proof);
    this.#pending.get(key)?.end();
    this.#pending.delete(key);
  }

  /**
   * The proof was found wrong, and stays wrong until the client changes something. Returns whether it is a repetition.
   */
  wrong(name: string, proof: string | undefined, now: number): boolean {
    const tried = proof === undefined ? undefined : this.#tried.get(keyOf(name, proof));
    if (proof === undefined || tried === undefined || tried.tries < LOOKED_AT) return false;
    this.#tried.set(keyOf(name, proof), { ...tried, wrongUntil: now + WRONG_FOR_MS });
    return true;
  }

  /** The attempt was no mistake. */
  forget(name: string, proof: string | undefined): void {
    if (proof !== undefined) this.#tried.delete(keyOf(name, proof));
  }

  /** Forgets everything, or what it has about these names. */
  clear(names?: readonly string[]): void {
    for (const key of this.#tried.keys()) {
      if (names?.includes(key.split(" ")[0] ?? "") ?? true) this.#tried.delete(key);
    }
  }
}

const keyOf = (name: string, proof: string): string => `${name} ${proof}`;
