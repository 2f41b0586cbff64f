// The pool's own certificate authority. At CertProv, a signed-in user sends a PKCS#10 request (RFC 2986) and gets a
// real X.509 certificate (RFC 5280). With it, the client signs in by TLS-DSK or at WebTicketService.svc/Cert for up to
// 180 days. The simulator makes its CA key at the start. openssl and NSS can read its certificates.

import {
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import { type DerElement, der, derBits, derOid, derTime, readDer, TAG } from "./der.ts";

const OID = {
  commonName: "2.5.4.3",
  sha1WithRsa: "1.2.840.113549.1.1.5",
  sha256WithRsa: "1.2.840.113549.1.1.11",
  basicConstraints: "2.5.29.19",
} as const;

/** 4320 h, the default of Set-CsWebServiceConfiguration -DefaultValidityPeriodHours. */
const CERTIFICATE_LIFETIME_MS = 180 * 24 * 3_600_000;

const HOUR_MS = 3_600_000;

/** A certificate request after its own signature has been checked. */
export interface CertificateRequest {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/** Reads and verifies a PKCS#10 request. Undefined if it is malformed, or not signed by the key that it names. */
export function readCertificateRequest(bytes: Uint8Array): CertificateRequest | undefined {
  const [info, algorithm, signature] = childrenOf(readDer(bytes)?.[0]);
  const [, , publicKey] = childrenOf(info);
  const digest = digestOf(algorithm);
  if (!info || !publicKey || !signature || digest === undefined) return undefined;
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey.raw), format: "der", type: "spki" });
    const valid = createVerify(digest).update(info.raw).verify(key, signature.content.subarray(1));
    return valid ? { publicKey: publicKey.raw } : undefined;
  } catch {
    // node:crypto throws on a key it cannot read: a malformed request.
    return undefined;
  }
}

const childrenOf = (element: DerElement | undefined): readonly DerElement[] =>
  (element && readDer(element.content)) ?? [];

function digestOf(algorithm: DerElement | undefined): string | undefined {
  const oid = childrenOf(algorithm)[0]?.raw;
  if (!oid) return undefined;
  if (Buffer.compare(oid, derOid(OID.sha256WithRsa)) === 0) return "sha256";
  return Buffer.compare(oid, derOid(OID.sha1WithRsa)) === 0 ? "sha1" : undefined;
}

/** Makes the key of an authority: RSA, 2048 bits. */
export const newAuthorityKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 });

/** A certificate authority, with a key of its own unless it gets one. */
export class CertificateAuthority {
  readonly #privateKey: KeyObject;
  readonly #name: string;
  /** The self-signed certificate, DER. */
  readonly certificate: Uint8Array;
  /** The pool's store: the owner of each valid certificate, by serial number. */
  readonly #store = new Map<string, string>();

  constructor(name: string, now: number, { privateKey, publicKey } = newAuthorityKey()) {
    this.#privateKey = privateKey;
    this.#name = name;
    const spki = publicKey.export({ format: "der", type: "spki" });
    this.certificate = this.#sign(name, spki, now, now + 20 * CERTIFICATE_LIFETIME_MS, [basicConstraintsCa()]).der;
  }

  /** The key that signs certificates; the pool signs its assertions with it as well. */
  get signingKey(): KeyObject {
    return this.#privateKey;
  }

  /** Issues a certificate for `subject` (a SIP address without scheme, as Lync writes it). */
  issue(subject: string, request: CertificateRequest, now: number): { der: Uint8Array; serial: string } {
    const issued = this.#sign(subject, request.publicKey, now - HOUR_MS, now + CERTIFICATE_LIFETIME_MS, []);
    this.#store.set(issued.serial, subject);
    return issued;
  }

  /** Removes all certificates of a subject from the store, as Revoke-CsClientCertificate does. Returns how many. */
  revoke(subject: string): number {
    const serials = [...this.#store].filter(([, owner]) => owner === subject).map(([serial]) => serial);
    for (const serial of serials) this.#store.delete(serial);
    return serials.length;
  }

  /** Reads a certificate that is in the store and valid at `now`; undefined for any other. */
  recognise(certificate: Uint8Array, now: number): X509Certificate | undefined {
    try {
      const x509 = new X509Certificate(certificate);
      const current = Date.parse(x509.validFrom) <= now && now < Date.parse(x509.validTo);
      if (!this.#store.has(x509.serialNumber.toLowerCase())) return undefined;
      return current && x509.verify(createPublicKey(this.#privateKey)) ? x509 : undefined;
    } catch {
      return undefined;
    }
  }

  #sign(subject: string, spki: Uint8Array, from: number, to: number, extensions: readonly Uint8Array[]) {
    // A leading 0x40..0x7f keeps the integer positive and of full length.
    const serial = randomBytes(16);
    serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
    const algorithm = der(TAG.sequence, derOid(OID.sha256WithRsa), der(TAG.null));
    const certificateInfo = der(
      TAG.sequence,
      der(0xa0, der(TAG.integer, Buffer.from([2]))),
      der(TAG.integer, serial),
      algorithm,
      distinguishedName(this.#name),
      der(TAG.sequence, derTime(from), derTime(to)),
      distinguishedName(subject),
      spki,
      ...(extensions.length > 0 ? [der(0xa3, der(TAG.sequence, ...extensions))] : []),
    );
    const signature = createSign("sha256").update(certificateInfo).sign(this.#privateKey);
    return {
      der: der(TAG.sequence, certificateInfo, algorithm, derBits(signature)),
      serial: serial.toString("hex"),
    };
  }
}

const distinguishedName = (commonName: string): Uint8Array =>
  der(
    TAG.sequence,
    der(TAG.set, der(TAG.sequence, derOid(OID.commonName), der(TAG.utf8String, Buffer.from(commonName)))),
  );

const basicConstraintsCa = (): Uint8Array =>
  der(
    TAG.sequence,
    derOid(OID.basicConstraints),
    der(TAG.boolean, Buffer.from([0xff])),
    der(TAG.octetString, der(TAG.sequence, der(TAG.boolean, Buffer.from([0xff])))),
  );
