// A secret that consists of several keys: base64 of 32 bytes each, separated by white space or commas. Their order has
// a meaning.

import { ok, type Result, refuse } from "../result.ts";
import { words } from "../text/words.ts";

/** Bytes of a key, the same for all kinds: AES-256, Ed25519 and the keys of the admin API. */
export const KEY_BYTES = 32;

/** A key as it was written, and its bytes. */
export type ListedKey = { readonly text: string; readonly bytes: Uint8Array };

export type KeyListFault = "no-key" | "not-32-bytes-base64" | "key-twice";

/** Base64 of 32 bytes. */
const KEY = /^[A-Za-z0-9+/]{43}=$/;

/** Reads the keys of a secret, one at least. Two spellings of the same bytes are one key. */
export function readKeyList(text: string): Result<readonly ListedKey[], KeyListFault> {
  const keys = words(text, false).map((word) => ({ text: word, bytes: Buffer.from(word, "base64") }));
  if (keys.length === 0) return refuse("no-key");
  if (!keys.every((key) => KEY.test(key.text))) return refuse("not-32-bytes-base64");
  return new Set(keys.map(({ bytes }) => bytes.toString("hex"))).size < keys.length ? refuse("key-twice") : ok(keys);
}
