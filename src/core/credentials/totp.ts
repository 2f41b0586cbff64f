// The codes of an authenticator app (TOTP, RFC 6238): SHA-1, six digits, a new one every 30 s. Every such app can do
// that. A code says which time step it belongs to, and the caller has to see to it that no step is used twice: the
// library does not remember. Pure.

import { createHmac, timingSafeEqual } from "node:crypto";
import { HOTP, Secret, TOTP } from "otpauth/bare";
import type { Keyring } from "../crypto/keyring.ts";
import { type OpenFault, open, seal } from "../crypto/seal.ts";
import type { Result } from "../result.ts";
import { stepsAt } from "./code-steps.ts";

/** Random bytes of a secret: 160 bits, as RFC 4226 (4, R6) recommends. */
const SECRET_BYTES = 20;

const PERIOD_S = 30;
const DIGITS = 6;
const CODE = /^\d{6}$/;
/** As long as a code, and never one. */
const NO_CODE = " ".repeat(DIGITS);
/** The library then brings no hash functions of its own. */
const SHA1 = {
  algorithm: "SHA1",
  hmac: (_algorithm: string, key: Uint8Array, message: Uint8Array): Uint8Array =>
    createHmac("sha1", key).update(message).digest(),
};

/** A new random secret. */
export const newTotpSecret = (): Uint8Array => crypto.getRandomValues(new Uint8Array(SECRET_BYTES));

/** A code, and the time step to which it belongs. */
export type TotpCode = { readonly step: number; readonly code: string };

/** The code of one time step. */
export const totpCode = (secret: Uint8Array, step: number): string =>
  HOTP.generate({ secret: new Secret({ buffer: secret.slice().buffer }), digits: DIGITS, counter: step, ...SHA1 });

/** The codes that may be good at `now` (ms), that of the present step first. */
export const totpCodesAt = (secret: Uint8Array, now: number): readonly TotpCode[] =>
  stepsAt(now).map((step) => ({ step, code: totpCode(secret, step) }));

/** The step of a code that was typed. Undefined: no code is that one. Looks at all of them. */
export function stepOfCode(codes: readonly TotpCode[], typed: string): number | undefined {
  const given = Buffer.from(CODE.test(typed) ? typed : NO_CODE);
  let found: number | undefined;
  for (const { step, code } of codes) if (timingSafeEqual(Buffer.from(code), given)) found ??= step;
  return found;
}

/** A code as somebody typed it, without blanks. Undefined: it cannot be one. */
export function readTotpCode(text: string): string | undefined {
  const code = text.slice(0, 4 * DIGITS).replaceAll(/\s/g, "");
  return CODE.test(code) ? code : undefined;
}

/** What an authenticator app reads from a QR code, `otpauth://…`. It has the secret: never in an address or a log. */
export function totpUri(secret: Uint8Array, { issuer, label }: { readonly issuer: string; readonly label: string }) {
  const of = new Secret({ buffer: secret.slice().buffer });
  return new TOTP({ issuer, label, secret: of, digits: DIGITS, period: PERIOD_S, ...SHA1 }).toString();
}

/** The secret as text, for people who cannot scan: base32 in groups of four. */
export const totpText = (secret: Uint8Array): string =>
  new Secret({ buffer: secret.slice().buffer }).base32.replaceAll(/(.{4})(?=.)/g, "$1 ");

/** Seals a secret for one user; base64url. */
export const sealTotpSecret = (keyring: Keyring, userId: string, secret: Uint8Array): string =>
  Buffer.from(seal(keyring, "portal-totp", placeOf(userId), secret)).toString("base64url");

/** Opens what {@link sealTotpSecret} made for the same user. */
export const openTotpSecret = (keyring: Keyring, userId: string, sealed: string): Result<Uint8Array, OpenFault> =>
  open(keyring, "portal-totp", placeOf(userId), Buffer.from(sealed, "base64url"));

const placeOf = (userId: string): string => `portal|totp|${userId}`;
