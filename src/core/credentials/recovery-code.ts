// Recovery codes: ten codes on paper, each of which stands in once for the code of an authenticator app that was lost.
// A code has ten characters of Crockford's base32, 50 random bits, shown as `XXXXX-XXXXX`. What is kept of it is made
// with a key, so a copy of the guard's storage alone lets nobody find one. Pure.

import { createHmac } from "node:crypto";
import type { Keyring, SealingKey } from "../crypto/keyring.ts";

/** How many codes a set has. */
export const RECOVERY_CODES = 10;

/** https://www.crockford.com/base32.html */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Letters that people read or type in place of a digit. */
const MISREAD: Readonly<Record<string, string>> = { O: "0", I: "1", L: "1" };
const CODE_CHARS = 10;
const GROUP_CHARS = 5;

/** A new set, as it is shown and printed. No two of it are equal. */
export function newRecoveryCodes(): readonly string[] {
  const codes = new Set<string>();
  while (codes.size < RECOVERY_CODES) {
    const random = crypto.getRandomValues(new Uint8Array(CODE_CHARS));
    const code = Array.from(random, (byte) => ALPHABET.charAt(byte & 31)).join("");
    codes.add(`${code.slice(0, GROUP_CHARS)}-${code.slice(GROUP_CHARS)}`);
  }
  return [...codes];
}

/** The ten characters of a code, in whatever case and with or without separators. Undefined: it cannot be one. */
export function readRecoveryCode(text: string): string | undefined {
  const typed = text
    .slice(0, 4 * CODE_CHARS)
    .toUpperCase()
    .replaceAll(/[-\s.]/g, "");
  const code = Array.from(typed, (each) => MISREAD[each] ?? each).join("");
  return code.length === CODE_CHARS && [...code].every((each) => ALPHABET.includes(each)) ? code : undefined;
}

/** What a guard keeps of a code of that user: the key's id, a dot, and an HMAC in base64url. `code`: as it was read. */
export const recoveryMark = (keyring: Keyring, userId: string, code: string): string =>
  markBy(keyring.current, userId, code);

/** What may be kept of a code: one mark for each sealing key. */
export const recoveryMarks = (keyring: Keyring, userId: string, code: string): readonly string[] =>
  [...keyring.byId.values()].map((key) => markBy(key, userId, code));

function markBy(key: SealingKey, userId: string, code: string): string {
  const mac = createHmac("sha256", key.subkey("portal-recovery")).update(`${userId}\0`).update(code);
  return `${key.id}.${mac.digest("base64url")}`;
}
