// What the tests of signed requests share: two devices with certificates, a clock, and a verifier that knows both.

import { generateKeyPairSync } from "node:crypto";
import { CertificateAuthority } from "../../simulator/certificate-authority.ts";
import { der, derBits, derOid, TAG } from "../../simulator/der.ts";
import { type DeviceKey, makeDeviceKey, type SignedRequest, signedMessage } from "../../simulator/signing-client.ts";
import { verifyTokenRequest } from "../../src/core/proof/verify.ts";

/** The time of the tests, ms. */
export const NOW = Date.UTC(2026, 10, 27, 9, 30);
export const HOST = "web.contoso.test";

const authority = new CertificateAuthority("Communications Server", NOW);

const certified = (key: DeviceKey, name: string) => ({
  key,
  certificate: Buffer.from(authority.issue(name, { publicKey: key.spki }, NOW).der).toString("base64"),
});

export const alice = certified(makeDeviceKey(), "alice@contoso.test");
export const mallory = certified(makeDeviceKey(), "mallory@contoso.test");

/** Base64 of a certificate by the pool for any SubjectPublicKeyInfo. */
export const certificateFor = (spki: Uint8Array, name = "alice@contoso.test"): string =>
  Buffer.from(authority.issue(name, { publicKey: spki }, NOW).der).toString("base64");

/** A message of Alice's, signed now. */
export const message = (more: Partial<SignedRequest> = {}) => signedMessage({ ...alice, now: NOW, ...more });

/** What the verifier says to a message. */
export const judge = (text: string | Uint8Array, now = NOW) =>
  verifyTokenRequest(typeof text === "string" ? new TextEncoder().encode(text) : text, { host: HOST, now });

/**
 * `text` with `from` replaced once. Throws when `from` is not there, so that a variant never equals the good message.
 */
export function edited(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, () => to);
  if (changed === text) throw new Error(`nothing to replace: ${from}`);
  return changed;
}

/** The SubjectPublicKeyInfo of an RSA key of so many bits. Nobody has its private key. */
export function madeUpKey(bits: number, exponent: readonly number[] = [1, 0, 1]): Uint8Array {
  const modulus = Buffer.alloc(bits / 8, 0xd5);
  const numbers = [Buffer.concat([Buffer.from([0]), modulus]), Buffer.from(exponent)];
  const key = der(TAG.sequence, ...numbers.map((number) => der(TAG.integer, number)));
  return der(TAG.sequence, der(TAG.sequence, derOid(RSA_ENCRYPTION), der(TAG.null)), derBits(key));
}

/** The SubjectPublicKeyInfo of a key on the curve P-256. */
export function curveKey(): Uint8Array {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return publicKey.export({ format: "der", type: "spki" });
}

const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
