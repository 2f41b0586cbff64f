// The primitives of NTLM except HMAC-MD5 (hmac-md5.ts): MD4, MD5 and RC4 from node:crypto, which workerd provides
// natively and synchronously. They are old, and broken for other uses. The protocol leaves no choice. The strength of a
// sign-in comes from the more than 112 random bits of an app password.

import { createCipheriv, createHash } from "node:crypto";

/** MD4 (RFC 1320). In Node it needs `--openssl-legacy-provider`. */
export const md4 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("md4").update(bytes).digest());

/** MD5 (RFC 1321) of several parts, joined. */
export function md5(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** An RC4 stream. Each call goes on where the last one stopped. It encrypts and decrypts in the same way. */
export type Rc4Stream = (bytes: Uint8Array) => Uint8Array;

/** Starts an RC4 stream. In Node it needs `--openssl-legacy-provider`. */
export function rc4(key: Uint8Array): Rc4Stream {
  const cipher = createCipheriv("rc4", key, null);
  return (bytes) => new Uint8Array(cipher.update(bytes));
}
