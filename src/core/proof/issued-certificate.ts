// Finds out which key a pool has certified. It reads the two messages of `GetAndPublishCert`: the client's request with
// its PKCS#10, and the Front-End's answer with the certificate. Postern remembers the key for the device that is named.
// When a message has another shape, it is still relayed unchanged, and no key is remembered. Sources: MS-OCAUTHWS 3.2;
// SIPE, `sipe-svc.c`; RFC 2986 4.

import { readXml } from "../lync/xml.ts";
import { DER_SEQUENCE, type DerElement, readDer } from "../ntlm/der.ts";
import { ok, type Result, refuse } from "../result.ts";
import { fromBase64 } from "./base64.ts";
import { MAX_CERTIFICATE_BYTES, WSSE_NS, X509_V3 } from "./names.ts";
import { elementsOf, fieldsOfCertificate, type PublicKey, readPublicKey } from "./public-key.ts";

/** The value type of a request for a certificate, in every spelling that clients use. */
const PKCS10 = /#PKCS10$/;
const AUTH_WEB_SERVICES_NS = "http://schemas.microsoft.com/OCS/AuthWebServices/";
const DER_INTEGER = 0x02;
const DER_UTC_TIME = 0x17;
const DER_GENERALIZED_TIME = 0x18;

/** A certificate that a Front-End issued. */
export type IssuedCertificate = {
  readonly key: PublicKey;
  /** The end of its validity, ms. */
  readonly endsAt: number;
};

/**
 * Why no key was found. `not-read`: there is not exactly one token of this kind, or Postern cannot read it.
 * `cannot-prove`: the key is not RSA of an accepted size, so Postern would refuse its signatures too.
 */
export type CertificateFault = "not-read" | "cannot-prove";

/** The certificate in the answer to `GetAndPublishCert`. No text makes this throw. */
export function readIssuedCertificate(answer: string): Result<IssuedCertificate, CertificateFault> {
  const der = tokenIn(answer, "GetAndPublishCertResponse", (type) => type === X509_V3);
  const fields = der && fieldsOfCertificate(der);
  const endsAt = fields && endOf(fields.validity);
  if (fields === undefined || endsAt === undefined) return refuse("not-read");
  const key = readPublicKey(fields.spki.whole);
  return key.ok ? ok({ key: key.value, endsAt }) : refuse("cannot-prove");
}

/** The key for which a `GetAndPublishCert` asks a certificate. No text makes this throw. */
export function readRequestedKey(request: string): Result<PublicKey, CertificateFault> {
  const der = tokenIn(request, "GetAndPublishCert", (type) => PKCS10.test(type));
  const [info, algorithm, signature, more] = der === undefined ? [] : elementsOf(der, DER_SEQUENCE);
  if (info?.tag !== DER_SEQUENCE || algorithm === undefined || signature === undefined || more !== undefined) {
    return refuse("not-read");
  }
  const [version, subject, spki] = readDer(info.content) ?? [];
  if (version?.tag !== DER_INTEGER || subject?.tag !== DER_SEQUENCE || spki?.tag !== DER_SEQUENCE) {
    return refuse("not-read");
  }
  const key = readPublicKey(spki.whole);
  return key.ok ? key : refuse("cannot-prove");
}

/** Whether two keys are the same key. A Front-End may encode a key in another way than the client. */
export const sameKey = (one: PublicKey, other: PublicKey): boolean =>
  one.modulus === other.modulus && one.exponent === other.exponent;

/** The bytes of the only BinarySecurityToken of that type, inside the only operation of the body. */
function tokenIn(xml: string, operation: string, isType: (valueType: string) => boolean): Uint8Array | undefined {
  const path: string[] = [];
  let operations = 0;
  let tokens = 0;
  let text: string | undefined;
  let inToken = false;
  const read = readXml<never>(xml, () => ({
    open: (tag) => {
      path.push(tag.local);
      if (path[1] !== "Body") return;
      const isOperation = path.length === 3 && tag.local === operation && tag.uri === AUTH_WEB_SERVICES_NS;
      if (isOperation) operations++;
      if (path[2] !== operation || tag.local !== "BinarySecurityToken" || tag.uri !== WSSE_NS) return;
      if (!isType(tag.attributes.ValueType?.value ?? "")) return;
      tokens++;
      inToken = true;
      text = "";
    },
    text: (piece) => {
      if (inToken) text += piece;
    },
    close: () => {
      if (path.pop() === "BinarySecurityToken") inToken = false;
    },
  }));
  return read.ok && operations === 1 && tokens === 1 ? fromBase64(text, MAX_CERTIFICATE_BYTES) : undefined;
}

/** The end of a certificate's validity (RFC 5280 4.1.2.5), ms. */
export const endOf = (validity: DerElement): number | undefined => lifeOf(validity)?.notAfter;

/** Both ends of a certificate's validity (RFC 5280 4.1.2.5), ms. */
export function lifeOf(validity: DerElement): { readonly notBefore: number; readonly notAfter: number } | undefined {
  const [first, last, more] = readDer(validity.content) ?? [];
  if (first === undefined || last === undefined || more !== undefined) return undefined;
  const [notBefore, notAfter] = [instantOf(first), instantOf(last)];
  return notBefore === undefined || notAfter === undefined ? undefined : { notBefore, notAfter };
}

function instantOf(time: DerElement): number | undefined {
  const digits = String.fromCharCode(...time.content);
  const match = /^(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
  if (match === null) return undefined;
  const [, century, year = "", month, day, hours, minutes, seconds] = match;
  const isUtc = time.tag === DER_UTC_TIME && century === undefined;
  if (!isUtc && (time.tag !== DER_GENERALIZED_TIME || century === undefined)) return undefined;
  // A UTCTime has two digits for the year. From 50 on, the year is one of the 1900s.
  const fullYear = `${century ?? (year >= "50" ? "19" : "20")}${year}`;
  const instant = Date.parse(`${fullYear}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}
