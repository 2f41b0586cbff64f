// Remembers what a client has tried before. A phone with an old password tries it again and again by itself. That is
// one mistake and not an attack (S-24). Postern keeps a few keyed fingerprints for each source. A fingerprint reveals
// nothing without the key. In NTLM both sides salt the proof, so nobody can tell whether two wrong proofs come from the
// same password. There, Postern can only recognise an app password that was revoked.

import { createHmac } from "node:crypto";
import type { Keyring } from "../crypto/keyring.ts";

/** A fingerprint and until when it counts as known (ms). */
export type Repeats = readonly (readonly [fingerprint: string, until: number])[];

/** How many fingerprints are kept for one source. */
const MAX_REPEATS = 4;
/** How many characters of a fingerprint are kept. They are enough that no two are equal. */
const FINGERPRINT_CHARS = 22;

/**
 * The fingerprint of what was tried, with the current key. `parts` are joined so that different lists always differ.
 */
export function fingerprintOf(keyring: Keyring, ...parts: readonly (string | Uint8Array)[]): string {
  const mac = createHmac("sha256", keyring.current.subkey("attempt"));
  for (const part of parts) {
    const bytes = Buffer.from(part);
    mac.update(`${bytes.length}:`).update(bytes);
  }
  return mac.digest("base64url").slice(0, FINGERPRINT_CHARS);
}

export function isRepeat(repeats: Repeats, fingerprint: string, now: number): boolean {
  return repeats.some(([known, until]) => known === fingerprint && until > now);
}

/** The fingerprints with one more and without expired ones; if there are too many, the oldest are dropped. */
export function withRepeat(repeats: Repeats, fingerprint: string, until: number, now: number): Repeats {
  const others = repeats.filter(([known, end]) => known !== fingerprint && end > now);
  return [...others, [fingerprint, until] as const].slice(-MAX_REPEATS);
}

/** Reads the list that {@link JSON.stringify} wrote. Any other text gives an empty list. */
export function parseRepeats(text: string): Repeats {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Repeats[number] {
  return Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "number";
}
