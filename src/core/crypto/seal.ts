// Sealing: AES-256-GCM under a subkey for each purpose. The associated data binds the value to the place where it
// belongs. Layout: key id (4) | nonce (12) | ciphertext | tag (16).

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { ok, type Result, refuse } from "../result.ts";
import { KEY_ID_BYTES, type Keyring, type Purpose } from "./keyring.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What sealing adds to the length of a value. */
export const SEAL_OVERHEAD_BYTES = KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/**
 * `unknown-key`: sealed under a key that is not configured (S-15). `broken`: altered, foreign, or bound to another
 * place.
 */
export type OpenFault = "unknown-key" | "broken";

/**
 * Seals `plaintext` for one purpose and one place (`associated`). Synchronous, so a Durable Object may decide in one
 * step.
 */
export function seal(keyring: Keyring, purpose: Purpose, associated: string, plaintext: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyring.current.subkey(purpose), nonce);
  cipher.setAAD(Buffer.from(associated, "utf8"));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return new Uint8Array(
    Buffer.concat([Buffer.from(keyring.current.id, "hex"), nonce, ciphertext, cipher.getAuthTag()]),
  );
}

/** Opens what {@link seal} made, or says why not. */
export function open(
  keyring: Keyring,
  purpose: Purpose,
  associated: string,
  sealed: Uint8Array,
): Result<Uint8Array, OpenFault> {
  if (sealed.length < SEAL_OVERHEAD_BYTES) return refuse("broken");
  const key = keyring.byId.get(Buffer.from(sealed.subarray(0, KEY_ID_BYTES)).toString("hex"));
  if (key === undefined) return refuse("unknown-key");
  const nonce = sealed.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
  const ciphertext = sealed.subarray(KEY_ID_BYTES + NONCE_BYTES, sealed.length - TAG_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", key.subkey(purpose), nonce);
  decipher.setAAD(Buffer.from(associated, "utf8"));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    const plaintext = decipher.update(ciphertext); // all of it: GCM is a stream mode
    decipher.final();
    return ok(new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length));
  } catch {
    return refuse("broken");
  }
}
