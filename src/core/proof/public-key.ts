// Step 4: from a token to its RSA key. Postern knows a key by the SHA-256 of its SubjectPublicKeyInfo, byte for byte as
// the certificate has it. It trusts nothing else in a certificate that a client sends. It does not check the
// certificate's own signature either: somebody who can sign with a remembered key has that key. Source: RFC 5280 4.1,
// RFC 3279 2.3.1, RFC 8017 A.1.1.

import { createHash } from "node:crypto";
import { DER_OID, DER_SEQUENCE, type DerElement, onlyDer, readDer } from "../ntlm/der.ts";
import { ok, type Result, refuse } from "../result.ts";
import { fromBase64 } from "./base64.ts";
import { attributeOf, type Element, textIn } from "./element.ts";
import type { KeyFault } from "./faults.ts";
import { BASE64_BINARY, MAX_CERTIFICATE_BYTES, MAX_KEY_BITS, MIN_KEY_BITS, WSU_NS, X509_V3 } from "./names.ts";

const DER_INTEGER = 0x02;
const DER_BIT_STRING = 0x03;
const DER_NULL = 0x05;
/** The tag `[0]` of the version of a certificate. */
const DER_VERSION = 0xa0;
/** The object identifier of rsaEncryption, 1.2.840.113549.1.1.1. */
const RSA_ENCRYPTION = "2a864886f70d010101";

/** The object identifier of a common name, 2.5.4.3. */
const COMMON_NAME = "550403";
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** The tags of UTF8String, and of PrintableString and IA5String. The last two are ASCII. */
const UTF8_TEXT: ReadonlySet<number> = new Set([0x0c, 0x13, 0x16]);

/** An RSA key that Postern accepts. */
export type PublicKey = {
  /** SHA-256 of `spki`, in hex. */
  readonly hash: string;
  /** The SubjectPublicKeyInfo in DER, byte for byte as it was sent. */
  readonly spki: Uint8Array;
  /** In hex without leading zeros. However a key is encoded, its modulus and exponent come out the same. */
  readonly modulus: string;
  readonly exponent: string;
};

/** What a client's certificate says. */
export type CertifiedKey = {
  readonly key: PublicKey;
  /** The common name of the subject. It is only a hint whose key this may be. */
  readonly name: string | undefined;
};

/** Reads the key of a `BinarySecurityToken`, which must be one certificate (X509TP 3.1). */
export function keyInToken(token: Element): Result<CertifiedKey, KeyFault> {
  const type = attributeOf(token, "", "ValueType");
  const encoding = attributeOf(token, "", "EncodingType") ?? BASE64_BINARY;
  if (type !== X509_V3 || encoding !== BASE64_BINARY) return refuse("token-type");
  const named = token.attributes.every(({ namespace, local }) =>
    namespace === "" ? local === "ValueType" || local === "EncodingType" : namespace === WSU_NS && local === "Id",
  );
  if (!named) return refuse("token-type");
  const certificate = fromBase64(textIn(token), MAX_CERTIFICATE_BYTES);
  const fields = certificate && fieldsOfCertificate(certificate);
  if (fields === undefined) return refuse("bad-certificate");
  const key = readPublicKey(fields.spki.whole);
  return key.ok ? ok({ key: key.value, name: commonNameIn(fields.subject) }) : key;
}

/** The fields of a certificate that Postern reads. Undefined: the bytes are not exactly one certificate. */
export function fieldsOfCertificate(
  der: Uint8Array,
): { readonly validity: DerElement; readonly subject: DerElement; readonly spki: DerElement } | undefined {
  const [info, algorithm, signature, more] = elementsOf(der, DER_SEQUENCE);
  if (info?.tag !== DER_SEQUENCE || algorithm?.tag !== DER_SEQUENCE) return undefined;
  if (signature?.tag !== DER_BIT_STRING || more !== undefined) return undefined;
  const fields = readDer(info.content) ?? [];
  const [serial, signedBy, issuer, validity, subject, spki] = fields[0]?.tag === DER_VERSION ? fields.slice(1) : fields;
  const sequences = [signedBy, issuer, validity, subject, spki];
  if (serial?.tag !== DER_INTEGER || !sequences.every((each) => each?.tag === DER_SEQUENCE)) return undefined;
  if (validity === undefined || subject === undefined || spki === undefined) return undefined;
  return { validity, subject, spki };
}

/** The only common name of a subject (RFC 5280 4.1.2.4, X.520 6.2.2). */
function commonNameIn(subject: DerElement): string | undefined {
  const attributes = (readDer(subject.content) ?? []).flatMap((set) => readDer(set.content) ?? []);
  const names = attributes
    .map((attribute) => readDer(attribute.content) ?? [])
    .filter(([type]) => type?.tag === DER_OID && hex(type.content) === COMMON_NAME);
  const value = names[0]?.[1];
  if (names.length !== 1 || value === undefined || !UTF8_TEXT.has(value.tag)) return undefined;
  try {
    return utf8.decode(value.content);
  } catch {
    return undefined;
  }
}

/** Reads a SubjectPublicKeyInfo. */
export function readPublicKey(spki: Uint8Array): Result<PublicKey, KeyFault> {
  const [algorithm, bits, more] = elementsOf(spki, DER_SEQUENCE);
  if (algorithm?.tag !== DER_SEQUENCE || bits?.tag !== DER_BIT_STRING || more !== undefined)
    return refuse("bad-certificate");
  const [oid, parameters, another] = readDer(algorithm.content) ?? [];
  const isRsa = oid?.tag === DER_OID && hex(oid.content) === RSA_ENCRYPTION;
  if (!isRsa || parameters?.tag !== DER_NULL || parameters.content.length > 0 || another !== undefined) {
    return refuse("not-rsa");
  }
  if (bits.content[0] !== 0) return refuse("bad-certificate"); // the bit string has whole bytes
  const numbers = elementsOf(bits.content.subarray(1), DER_SEQUENCE);
  const [modulus, exponent] = numbers.map(positive);
  if (numbers.length !== 2 || modulus === undefined || exponent === undefined) return refuse("bad-certificate");
  const size = bitsIn(modulus);
  if (size < MIN_KEY_BITS || size > MAX_KEY_BITS) return refuse("key-size");
  // The exponent must be odd and have 3 to 32 bits. With 1, every message would be its own signature. A long one makes
  // verification slow.
  if (exponent.length > 4 || bitsIn(exponent) < 2 || ((exponent.at(-1) ?? 0) & 1) === 0) return refuse("key-exponent");
  const hash = createHash("sha256").update(spki).digest("hex");
  return ok({ hash, spki, modulus: hex(modulus), exponent: hex(exponent) });
}

/** The elements inside the one constructed value in `der`. Empty when `der` is something else. */
export const elementsOf = (der: Uint8Array, tag: number): readonly DerElement[] =>
  readDer(onlyDer(der, tag) ?? EMPTY) ?? [];

const EMPTY = new Uint8Array();

/** The bytes of a positive INTEGER, without the leading zero that keeps it positive. */
function positive({ tag, content }: DerElement): Uint8Array | undefined {
  const [first = 0xff, second = 0] = content;
  if (tag !== DER_INTEGER || first > 0x7f || (first === 0 && second < 0x80)) return undefined;
  return first === 0 ? content.subarray(1) : content;
}

const bitsIn = (number: Uint8Array): number => number.length * 8 - Math.clz32(number[0] ?? 0) + 24;

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
