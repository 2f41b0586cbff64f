// Makes a key for the token service: RSA with 2048 bits, and a certificate that it signs itself. The certificate is as
// short as one can be, because a secret of Cloudflare holds 5 KiB, and two keys must fit while they change. Sources: RFC
// 5280 4.1, RFC 5208 5.

import { generateKeyPair } from "jose";
import { writeDer } from "../src/core/ntlm/der.ts";

const NAME = "Postern STS";
/** How long the certificate is good. */
const YEARS = 2;
const DAY_MS = 86_400_000;
const BITS = 2_048;

const SEQUENCE = 0x30;
const hex = (text: string): Uint8Array => Buffer.from(text, "hex");
/** The algorithm sha256WithRSAEncryption, 1.2.840.113549.1.1.11. */
const SHA256_WITH_RSA = writeDer(SEQUENCE, hex("06092a864886f70d01010b"), hex("0500"));
/** Version 3 (RFC 5280 4.1.2.1). */
const VERSION = hex("a003020102");
/** A subject with a common name, 2.5.4.3. */
const SUBJECT = writeDer(
  SEQUENCE,
  writeDer(0x31, writeDer(SEQUENCE, hex("0603550403"), writeDer(0x0c, Buffer.from(NAME)))),
);

/** An entry of `STS_KEYS`, and the end of its certificate, ms. `now`: ms. */
export async function newTokenKey(
  now: number,
  years = YEARS,
): Promise<{ readonly entry: string; readonly notAfter: number }> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { modulusLength: BITS, extractable: true });
  const pkcs8 = new Uint8Array((await crypto.subtle.exportKey("pkcs8", privateKey)) as ArrayBuffer);
  const spki = new Uint8Array((await crypto.subtle.exportKey("spki", publicKey)) as ArrayBuffer);
  // Whole seconds, and a day earlier: the clock of who reads it may be behind.
  const notAfter = Math.floor(now / 1_000) * 1_000 + Math.round(years * 365.25) * DAY_MS;
  const info = writeDer(
    SEQUENCE,
    VERSION,
    serialNumber(),
    SHA256_WITH_RSA,
    SUBJECT,
    writeDer(SEQUENCE, timeOf(now - DAY_MS), timeOf(notAfter)),
    SUBJECT,
    spki,
  );
  const signature = new Uint8Array(await crypto.subtle.sign("RSASSA-PKCS1-v1_5", privateKey, info));
  const certificate = writeDer(SEQUENCE, info, SHA256_WITH_RSA, writeDer(0x03, Uint8Array.of(0), signature));
  const entry = [pkcs8, certificate].map((der) => Buffer.from(der).toString("base64")).join(".");
  return { entry, notAfter };
}

/** A positive number of eight random bytes, which DER writes in no other way. */
function serialNumber(): Uint8Array {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return writeDer(0x02, bytes);
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 4.1.2.5). */
function timeOf(ms: number): Uint8Array {
  const digits = `${new Date(ms).toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`;
  return digits < "2050" ? writeDer(0x17, Buffer.from(digits.slice(2))) : writeDer(0x18, Buffer.from(digits));
}
