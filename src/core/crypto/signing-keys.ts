// The Ed25519 keys with which Postern signs its orders to connectors. A connector knows only the public half and cannot
// sign an order, so an attacker who takes over one connector cannot give orders to another.

import { type CryptoKey, calculateJwkThumbprint, type JWK } from "jose";
import { ok, type Result } from "../result.ts";
import { type KeyListFault, readKeyList } from "./key-list.ts";

/** RFC 8410, 7: a PKCS#8 Ed25519 key is this and the seed. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
/** Hex digits of the thumbprint that make a key's id. */
const KEY_ID_DIGITS = 16;

/** A key that can sign. */
export type SigningKey = { readonly id: string; readonly key: CryptoKey; readonly publicJwk: PublicJwk };

/** The public key, as a connector gets it. */
export type PublicJwk = { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string };

/** Reads `SIGN_ON_KEYS`, a {@link readKeyList list of keys}: their private halves. */
export function parseSigningKeys(text: string): Result<readonly Uint8Array[], KeyListFault> {
  const keys = readKeyList(text);
  return keys.ok ? ok(keys.value.map(({ bytes }) => bytes)) : keys;
}

/** A private key, ready to sign; it cannot be exported again. */
export async function signingKey(seed: Uint8Array): Promise<SigningKey> {
  const pkcs8 = Buffer.concat([PKCS8_HEAD, seed]);
  // Only an exported key shows its public half, so the key is imported twice.
  const exportable = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x = "" } = (await crypto.subtle.exportKey("jwk", exportable)) as JWK;
  const publicJwk = { kty: "OKP", crv: "Ed25519", x } as const;
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  return { id: await keyIdOf(publicJwk), key, publicJwk };
}

/** The id under which both sides know a key: the first 16 hex digits of its thumbprint (RFC 7638, SHA-256). */
export async function keyIdOf(publicJwk: PublicJwk): Promise<string> {
  const thumbprint = await calculateJwkThumbprint(publicJwk, "sha256");
  return Buffer.from(thumbprint, "base64url").toString("hex").slice(0, KEY_ID_DIGITS);
}
