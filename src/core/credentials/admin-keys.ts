// Everybody who has one of ADMIN_KEYS may use the admin API. A key is 32 random bytes, so nobody can guess it. So
// nobody who sends a key ever has to wait. Postern keeps only the digest of a key. All digests have the same length and
// are compared in constant time. A digest that leaks from memory opens nothing. Pure.

import { createHash, timingSafeEqual } from "node:crypto";
import { type KeyListFault, readKeyList } from "../crypto/key-list.ts";
import { ok, type Result, refuse } from "../result.ts";

/** A key that opens the admin API. */
export type AdminKey = {
  /**
   * The first eight hex digits of the SHA-256 of the key's text. The log names the key by it without revealing the key.
   */
  readonly id: string;
  /** SHA-256 of the key's text. */
  readonly digest: Uint8Array;
};

/**
 * Which key a request presented. A `wrong` key, or any other text that cannot be a key, counts as a failed attempt
 * (S-25).
 */
export type Presented =
  | { readonly kind: "none" }
  | { readonly kind: "wrong" }
  | { readonly kind: "right"; readonly keyId: string };

/** What stands behind `Bearer` in the value of an `Authorization` header; undefined for any other value. */
export const bearerOf = (authorization: string): string | undefined => BEARER.exec(authorization)?.[1];

/** The case of the scheme's name does not matter (RFC 9110, 11.1). */
const BEARER = /^bearer +(\S+) *$/i;
const ID_CHARS = 8;

/** Reads `ADMIN_KEYS`: a {@link readKeyList list of keys}. Each key opens the admin API. */
export function parseAdminKeys(text: string): Result<readonly AdminKey[], KeyListFault> {
  const listed = readKeyList(text);
  if (!listed.ok) return listed;
  const keys = listed.value.map((key) => {
    const digest = digestOf(key.text);
    return { id: digest.toString("hex").slice(0, ID_CHARS), digest };
  });
  return new Set(keys.map(({ id }) => id)).size < keys.length ? refuse("key-twice") : ok(keys);
}

/**
 * Which key is in the value of an `Authorization` header, if any. The value is always compared with every key, even
 * after a match.
 */
export function presentedKey(keys: readonly AdminKey[], authorization: string | null): Presented {
  if (authorization === null) return { kind: "none" };
  const digest = digestOf(bearerOf(authorization) ?? "");
  let right: AdminKey | undefined;
  for (const key of keys) {
    if (timingSafeEqual(key.digest, digest)) right = key;
  }
  return right === undefined ? { kind: "wrong" } : { kind: "right", keyId: right.id };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
