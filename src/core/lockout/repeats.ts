// What a client has tried before. A phone with an old password tries it again and again by itself; that is one mistake,
// not an attack (S-24). Postern keeps a few keyed fingerprints for each source. A fingerprint reveals nothing without
// the key. Both sides salt an NTLM proof, so nobody can tell whether two wrong proofs come from the same password. With
// NTLM, Postern can only recognise a password that it has revoked itself.

import { createHmac } from "node:crypto";
import type { Keyring } from "../crypto/keyring.ts";

/** A fingerprint and until when it counts as known (ms). */
export type Repeats = readonly (readonly [fingerprint: string, until: number])[];

/** Fingerprints kept for one source. */
const MAX_REPEATS = 4;
/** Of a fingerprint's 32 bytes: enough not to meet another. */
const FINGERPRINT_CHARS = 22;

/** What was tried, under the current key. `parts` are joined so that no two lists give one text. */
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

/** Reads the list that {@link JSON.stringify} wrote; any other text gives an empty list. */
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
