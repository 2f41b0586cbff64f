// Postern's public keys. A key's id is computed from the key itself (RFC 7638), so a key cannot have another key's id.
// There are two keys at most: the key that signs, and the next key while an administrator changes keys.

import { type CryptoKey, calculateJwkThumbprint, importJWK } from "jose";
import type { Faults } from "./settings.ts";

/** The keys by their ids. An id is the first 16 hex digits of the SHA-256 thumbprint. */
export type Keys = ReadonlyMap<string, CryptoKey>;

const MAX_KEYS = 2;
const WHERE = '`npm run postern -- keys new --connector` prints it, under "public"';

/** Reads public JWKs. If one has a fault, adds the fault and returns undefined. */
export async function readKeys(list: readonly unknown[], faults: Faults): Promise<Keys | undefined> {
  const keys = new Map<string, CryptoKey>();
  const before = faults.length;
  if (list.length === 0) faults.push(`keys is empty. Put Postern's public key there: ${WHERE}.`);
  if (list.length > MAX_KEYS)
    faults.push(`keys has more than ${MAX_KEYS} entries. Keep the key that signs and the next one.`);
  for (const jwk of list) {
    if (isPrivate(jwk)) {
      faults.push(
        "keys has a private key (d), which must never leave Postern's Worker. Make a new pair, and put the public half here.",
      );
      continue;
    }
    const key = await importPublic(jwk);
    if (key === undefined) faults.push(`keys has an entry that is not a public Ed25519 JWK. ${WHERE}.`);
    else keys.set(key.id, key.key);
  }
  return faults.length > before ? undefined : keys;
}

/** The id of a public key, which an order has in `kid`. */
export async function keyIdOf(jwk: {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
}): Promise<string> {
  const thumbprint = await calculateJwkThumbprint(jwk, "sha256");
  return Buffer.from(thumbprint, "base64url").toString("hex").slice(0, 16);
}

const isPrivate = (jwk: unknown): boolean => typeof jwk === "object" && jwk !== null && "d" in jwk;

async function importPublic(jwk: unknown): Promise<{ readonly id: string; readonly key: CryptoKey } | undefined> {
  const { kty, crv, x } = { ...(jwk as Record<string, unknown> | null) };
  if (kty !== "OKP" || crv !== "Ed25519" || typeof x !== "string" || !/^[A-Za-z0-9_-]{43}$/.test(x)) return undefined;
  try {
    const key = await importJWK({ kty, crv, x }, "EdDSA");
    return key instanceof Uint8Array ? undefined : { id: await keyIdOf({ kty, crv, x }), key };
  } catch {
    return undefined;
  }
}
