// The Ed25519 keys that sign what Postern asks of its connectors. A connector knows the public half and can make no order
// itself, so a connector that is taken over cannot speak for Postern to another one.

import { type CryptoKey, calculateJwkThumbprint, type JWK } from "jose";
import { ok, type Result, refuse } from "../result.ts";
import { words } from "../words.ts";

/** Bytes of an Ed25519 private key (RFC 8032, 5.1.5). */
const SEED_BYTES = 32;
/** RFC 8410, 7: a PKCS#8 Ed25519 key is this and the seed. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
/** Hex digits of the thumbprint that make a key's id. */
const KEY_ID_DIGITS = 16;

/** A key that can sign. */
export type SigningKey = { readonly id: string; readonly key: CryptoKey; readonly publicJwk: PublicJwk };

/** What a connector is given. */
export type PublicJwk = { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string };

export type SigningKeysFault = "no-key" | "not-32-bytes-base64" | "key-twice";

/** Reads `SIGN_ON_KEYS`: base64 keys of 32 bytes, separated by white space or commas. */
export function parseSigningKeys(text: string): Result<readonly Uint8Array[], SigningKeysFault> {
  const keys = words(text, false);
  if (keys.length === 0) return refuse("no-key");
  if (new Set(keys).size < keys.length) return refuse("key-twice");
  const seeds = keys.map((word) => Buffer.from(word, "base64"));
  const whole = seeds.every((seed, at) => seed.length === SEED_BYTES && seed.toString("base64") === keys[at]);
  return whole ? ok(seeds) : refuse("not-32-bytes-base64");
}

/** A private key, ready to sign; it cannot be exported again. */
export async function signingKey(seed: Uint8Array): Promise<SigningKey> {
  const pkcs8 = Buffer.concat([PKCS8_HEAD, seed]);
  // The public half is only to be had by exporting, so the key is imported twice.
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
