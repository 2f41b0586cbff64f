// The keys with which the token service signs: `STS_KEYS`. An entry is a private RSA key (PKCS#8) and its certificate,
// each in base64, with a dot between. The first key signs. The certificates of all of them are in the metadata, so that
// the pool knows the next key before it signs. Sources: RFC 5208 5, RFC 8017 A.1.2, RFC 5280 4.1.

import { createHash } from "node:crypto";
import type { CryptoKey } from "jose";
import { DER_OCTET_STRING, DER_SEQUENCE, type DerElement, onlyDer, readDer, writeDer } from "../ntlm/der.ts";
import { fromBase64 } from "../proof/base64.ts";
import { lifeOf, sameKey } from "../proof/issued-certificate.ts";
import { fieldsOfCertificate, type PublicKey, readPublicKey } from "../proof/public-key.ts";
import { ok, type Result, refuse } from "../result.ts";
import { words } from "../text/words.ts";

/** A key that can sign, with its certificate. */
export type TokenKey = {
  /** Base64 of the DER, in one line. */
  readonly certificate: string;
  /** SHA-1 of the DER in upper-case hex, as Windows shows it. */
  readonly thumbprint: string;
  /** When the certificate begins to be good, ms. */
  readonly notBefore: number;
  /** The end of the certificate, ms. */
  readonly notAfter: number;
  /** The private key. It signs and cannot be exported. */
  readonly key: CryptoKey;
};

/** An entry of `STS_KEYS` whose two halves belong together. */
export type WrittenTokenKey = Omit<TokenKey, "key"> & {
  readonly pkcs8: Uint8Array;
  /** The SubjectPublicKeyInfo of the certificate. */
  readonly spki: Uint8Array;
};

export type TokenKeysFault =
  | "no-key"
  | "too-many-keys"
  /** An entry is not two values in base64 with a dot between. */
  | "not-an-entry"
  /** The first half is no RSA key in PKCS#8. */
  | "bad-private-key"
  /** The numbers of the private key do not belong together: a character was lost or changed. */
  | "damaged-key"
  /** The second half is no certificate of an RSA key. */
  | "bad-certificate"
  /** Shorter than 2048 bits, or so long that every signature would be slow. */
  | "key-size"
  /** The certificate is for another key. */
  | "not-a-pair"
  | "key-twice";

/** Two are there while keys change; four leave room for two that were given back. */
const MAX_KEYS = 4;
/** A key of 4096 bits has some 2,400 bytes. */
const MAX_BYTES = 4_096;
const MIN_BITS = 2_048;
const DER_INTEGER = 0x02;
const DER_BIT_STRING = 0x03;

/** RSASSA-PKCS1-v1_5 with SHA-256: what `rsa-sha256` means in an XML signature (RFC 6931 2.3.2). */
const RSA_SHA256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** Reads `STS_KEYS`: entries separated by white space or commas, the one that signs first. */
export function parseTokenKeys(text: string): Result<readonly WrittenTokenKey[], TokenKeysFault> {
  const entries = words(text, false);
  if (entries.length === 0) return refuse("no-key");
  if (entries.length > MAX_KEYS) return refuse("too-many-keys");
  const keys: WrittenTokenKey[] = [];
  for (const entry of entries) {
    const key = parseEntry(entry);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return new Set(keys.map(({ spki }) => Buffer.from(spki).toString("hex"))).size < keys.length
    ? refuse("key-twice")
    : ok(keys);
}

function parseEntry(entry: string): Result<WrittenTokenKey, TokenKeysFault> {
  const halves = entry.split(".").map((half) => fromBase64(half, MAX_BYTES));
  const [pkcs8, der, more] = halves;
  if (halves.length !== 2 || pkcs8 === undefined || der === undefined || more !== undefined) {
    return refuse("not-an-entry");
  }
  const own = publicHalfOf(pkcs8);
  if (own === undefined) return refuse("bad-private-key");
  const fields = fieldsOfCertificate(der);
  const life = fields && lifeOf(fields.validity);
  if (fields === undefined || life === undefined) return refuse("bad-certificate");
  const [ofKey, certified] = [readPublicKey(own), readPublicKey(fields.spki.whole)];
  if (!ofKey.ok) return refuse(ofKey.reason === "key-size" ? "key-size" : "bad-private-key");
  if (!certified.ok) return refuse(certified.reason === "key-size" ? "key-size" : "bad-certificate");
  if (!sameKey(ofKey.value, certified.value)) return refuse("not-a-pair");
  if (bitsOf(ofKey.value) < MIN_BITS) return refuse("key-size");
  if (!belongTogether(numbersOf(pkcs8))) return refuse("damaged-key");
  const thumbprint = createHash("sha1").update(der).digest("hex").toUpperCase();
  const certificate = Buffer.from(der).toString("base64");
  return ok({ certificate, thumbprint, ...life, pkcs8, spki: fields.spki.whole });
}

/** The SubjectPublicKeyInfo that belongs to a private key. Undefined: the bytes are no PKCS#8 of an RSA key. */
function publicHalfOf(pkcs8: Uint8Array): Uint8Array | undefined {
  const [version, algorithm] = readDer(onlyDer(pkcs8, DER_SEQUENCE) ?? EMPTY) ?? [];
  if (version?.tag !== DER_INTEGER || algorithm?.tag !== DER_SEQUENCE) return undefined;
  const numbers = numbersOf(pkcs8);
  const [zero, modulus, exponent] = numbers;
  if (numbers.length !== 9 || numbers.some(({ tag }) => tag !== DER_INTEGER)) return undefined;
  if (zero?.content.length !== 1 || zero.content[0] !== 0 || modulus === undefined || exponent === undefined) {
    return undefined;
  }
  const pair = writeDer(DER_SEQUENCE, modulus.whole, exponent.whole);
  return writeDer(DER_SEQUENCE, algorithm.whole, writeDer(DER_BIT_STRING, Uint8Array.of(0), pair));
}

const EMPTY = new Uint8Array();

/** RFC 8017 A.1.2: the version and eight numbers. Empty: the bytes are no PKCS#8. */
function numbersOf(pkcs8: Uint8Array): readonly DerElement[] {
  const [, , key] = readDer(onlyDer(pkcs8, DER_SEQUENCE) ?? EMPTY) ?? [];
  return key?.tag === DER_OCTET_STRING ? (readDer(onlyDer(key.content, DER_SEQUENCE) ?? EMPTY) ?? []) : [];
}

/**
 * Whether the numbers of a private key are those of one key (RFC 8017 3.2). A key whose public half is right can be
 * damaged behind it, and every signature would be wrong.
 */
function belongTogether(numbers: readonly DerElement[]): boolean {
  const [, n = 0n, e = 0n, d = 0n, p = 0n, q = 0n, dP = 0n, dQ = 0n, qInv = 0n] = numbers.map(({ content }) =>
    BigInt(`0x${Buffer.from(content).toString("hex") || "0"}`),
  );
  if (p < 3n || q < 3n || p * q !== n) return false;
  const isInverse = (of: bigint, mod: bigint): boolean => (e * of) % mod === 1n;
  const exponents = isInverse(d, p - 1n) && isInverse(d, q - 1n) && dP === d % (p - 1n) && dQ === d % (q - 1n);
  return exponents && qInv < p && (qInv * q) % p === 1n;
}

const bitsOf = ({ modulus }: PublicKey): number => BigInt(`0x${modulus}`).toString(2).length;

/**
 * The key, ready to sign. Throws where the private half is damaged, which only signing shows: a trial signature must be
 * good by the certificate.
 */
export async function tokenKey({ pkcs8, spki, ...known }: WrittenTokenKey): Promise<TokenKey> {
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, RSA_SHA256, false, ["sign"]);
  const certified = await crypto.subtle.importKey("spki", spki, RSA_SHA256, false, ["verify"]);
  const trial = await crypto.subtle.sign(RSA_SHA256.name, key, spki);
  if (!(await crypto.subtle.verify(RSA_SHA256.name, certified, trial, spki))) {
    throw new Error("a private key of STS_KEYS does not sign for its certificate");
  }
  return { ...known, key };
}

/** Whether the key may sign at this time: its certificate has begun and has not ended. */
export const signsAt = ({ notBefore, notAfter }: Pick<TokenKey, "notBefore" | "notAfter">, now: number): boolean =>
  notBefore <= now && now < notAfter;

/** The signature over those bytes. */
export const signBytes = async (key: TokenKey, bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.sign(RSA_SHA256.name, key.key, bytes));
