// Server certificates of an authority of the tests' own, with the names and the times that a test wants.

import { createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { der, derBits, derOid, derTime, TAG } from "../../../simulator/der.ts";

const SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
const COMMON_NAME = "2.5.4.3";
const BASIC_CONSTRAINTS = "2.5.29.19";
const ALTERNATIVE_NAMES = "2.5.29.17";
const DAY_MS = 86_400_000;

const authority = generateKeyPairSync("rsa", { modulusLength: 2048 });
const leaf = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = (label: string, bytes: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(bytes)
    .toString("base64")
    .match(/.{1,64}/g)
    ?.join("\n")}\n-----END ${label}-----\n`;
const name = (text: string): Uint8Array =>
  der(TAG.sequence, der(TAG.set, der(TAG.sequence, derOid(COMMON_NAME), der(TAG.utf8String, Buffer.from(text)))));

function signed(subject: string, key: Uint8Array, times: readonly [from: number, to: number], extension: Uint8Array) {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const algorithm = der(TAG.sequence, derOid(SHA256_WITH_RSA), der(TAG.null));
  const info = der(
    TAG.sequence,
    ...[der(0xa0, der(TAG.integer, Buffer.from([2]))), der(TAG.integer, serial), algorithm, name("Postern test CA")],
    ...[der(TAG.sequence, ...times.map(derTime)), name(subject), key, der(0xa3, der(TAG.sequence, extension))],
  );
  const signature = createSign("sha256").update(info).sign(authority.privateKey);
  return pem("CERTIFICATE", der(TAG.sequence, info, algorithm, derBits(signature)));
}

const spkiOf = ({ publicKey }: typeof leaf): Uint8Array => publicKey.export({ format: "der", type: "spki" });
const now = Date.now();

/** The authority's own certificate, PEM. */
export const testAuthority = signed(
  "Postern test CA",
  spkiOf(authority),
  [now - DAY_MS, now + 400 * DAY_MS],
  der(
    TAG.sequence,
    ...[derOid(BASIC_CONSTRAINTS), der(TAG.boolean, Buffer.from([0xff]))],
    der(TAG.octetString, der(TAG.sequence, der(TAG.boolean, Buffer.from([0xff])))),
  ),
);

/** A certificate and its key, PEM, for these names; it ends in so many days. */
export function serverCertificate(
  names: readonly string[],
  endsInDays = 90,
): { readonly cert: string; readonly key: string } {
  const alternatives = der(TAG.sequence, ...names.map((each) => der(0x82, Buffer.from(each))));
  const extension = der(TAG.sequence, derOid(ALTERNATIVE_NAMES), der(TAG.octetString, alternatives));
  const times = [now - 30 * DAY_MS, now + endsInDays * DAY_MS] as const;
  const cert = signed(names[0] ?? "", spkiOf(leaf), times, extension);
  return { cert, key: leaf.privateKey.export({ format: "pem", type: "pkcs8" }).toString() };
}
