// Draws keys for a gateway at random.

import { KEY_BYTES } from "../src/core/crypto/key-list.ts";

/** A new entry for `SEALING_KEYS` or `ADMIN_KEYS`: 32 random bytes in base64. */
export function newSealingKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES))).toString("base64");
}
