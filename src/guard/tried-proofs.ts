// What was put forward for which name from a network, as keyed fingerprints (`proofFingerprint`). The same once more is the
// same mistake, and counts once, whether anybody has the name or not (S-24, S-22). What a guard has found wrong twice is
// refused from memory for a minute, without asking anybody: a client that hammers costs one request each time. Only what
// stays wrong until the client changes something is remembered as wrong: not the password of a disabled user, nor one of a
// device that is blocked, nor an attempt at which something of Postern's own failed.

import { REPEAT_WINDOW_MS } from "../lockout/limits.ts";
import { putLast } from "./bounded-map.ts";

/** For how long something is refused from memory, ms: no longer than an administrator minds who has just added the name. */
export const WRONG_FOR_MS = 60_000;
/** How often something is looked at before it is refused from memory. */
const LOOKED_AT = 2;
/** Fingerprints remembered: some 250 bytes each, so 1.3 MB. */
const MAX_TRIED = 5_000;

type Tried = { readonly tries: number; readonly until: number; readonly wrongUntil: number };

export class TriedProofs {
  readonly #tried = new Map<string, Tried>();

  /** `new`: counts. `again`: was counted. `wrong`: was looked at, and is still as wrong. */
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
    putLast(this.#tried, key, { tries: tries + 1, until, wrongUntil }, MAX_TRIED);
  }

  /** It was found wrong, and will be until the client changes something. Returns whether it is a repetition. */
  wrong(name: string, proof: string | undefined, now: number): boolean {
    const tried = proof === undefined ? undefined : this.#tried.get(keyOf(name, proof));
    if (proof === undefined || tried === undefined || tried.tries < LOOKED_AT) return false;
    this.#tried.set(keyOf(name, proof), { ...tried, wrongUntil: now + WRONG_FOR_MS });
    return true;
  }

  /** It was no mistake. */
  forget(name: string, proof: string | undefined): void {
    if (proof !== undefined) this.#tried.delete(keyOf(name, proof));
  }

  /** Forgets all, or all of these names. */
  clear(names?: readonly string[]): void {
    for (const key of this.#tried.keys()) {
      if (names?.includes(key.split(" ")[0] ?? "") ?? true) this.#tried.delete(key);
    }
  }
}

const keyOf = (name: string, proof: string): string => `${name} ${proof}`;
