// The passphrase of the portal: the one secret that a person chooses. It counts only together with a code. The Worker
// stretches it, so that a guess costs time and memory, and the user's guard keeps what a sealing key makes of that. So
// a copy of the guard's storage alone lets nobody guess. Pure.

import { createHash, createHmac, scryptSync, timingSafeEqual } from "node:crypto";
import type { Keyring, SealingKey } from "../crypto/keyring.ts";
import { ok, type Result, refuse } from "../result.ts";

/** NIST SP 800-63B-4, 3.1.1.2: length is what counts, and no rules of composition. In characters. */
export const MIN_PASSPHRASE_CHARS = 12;
export const MAX_PASSPHRASE_CHARS = 128;

/** Bytes of a stretched passphrase. */
export const STRETCHED_BYTES = 32;
/** scrypt with 16 MiB (RFC 7914). A Worker has 128 MiB, and what is kept needs the sealing key besides. */
const SCRYPT = { N: 16_384, r: 8, p: 1, maxmem: 33_554_432 };
/** Fewer different characters than this are a pattern, such as `121212121212`. */
const MIN_DIFFERENT_CHARS = 5;
/** A part of a name that is shorter says little about whose name it is. */
const MIN_NAME_CHARS = 4;

/** Why a passphrase is not taken. `contains-name`: a name of its owner is in it. */
export type PassphraseFault = "too-short" | "too-long" | "too-common" | "contains-name" | "unreadable";

/**
 * Reads a passphrase that somebody wants to use from now on. `names`: what everybody knows of the person, such as the
 * account and the part of the address before the `@`.
 */
export function readNewPassphrase(text: string, names: readonly string[]): Result<string, PassphraseFault> {
  if (text.length > 4 * MAX_PASSPHRASE_CHARS) return refuse("too-long");
  const passphrase = normalised(text);
  const { length } = [...passphrase];
  if (length < MIN_PASSPHRASE_CHARS) return refuse("too-short");
  if (length > MAX_PASSPHRASE_CHARS) return refuse("too-long");
  if (/\p{Cc}/u.test(passphrase)) return refuse("unreadable");
  const folded = passphrase.toLowerCase();
  if (new Set(folded).size < MIN_DIFFERENT_CHARS || isCommon(folded)) return refuse("too-common");
  const own = names.map((name) => normalised(name).toLowerCase()).filter((name) => name.length >= MIN_NAME_CHARS);
  return own.some((name) => folded.includes(name)) ? refuse("contains-name") : ok(passphrase);
}

/**
 * Stretches a passphrase that somebody typed. `whose`: the user's id, or the typed name when nobody has it. It takes
 * the same time for any text.
 */
export function stretchPassphrase(text: string, whose: string): Uint8Array {
  const salt = createHash("sha256").update("postern passphrase\0").update(whose).digest();
  const bounded = normalised(text.slice(0, 4 * MAX_PASSPHRASE_CHARS));
  return new Uint8Array(scryptSync(bounded, salt, STRETCHED_BYTES, SCRYPT));
}

/** What a guard keeps of a stretched passphrase of that user: the key's id, a dot, and an HMAC in base64url. */
export const passphraseMark = (keyring: Keyring, userId: string, stretched: Uint8Array): string =>
  markBy(keyring.current, userId, stretched);

/** `older`: right, and made with an older key, so it is to be made again. `unknown-key`: its key is not there. */
export type PassphraseVerdict = "right" | "older" | "wrong" | "unknown-key";

/** Compares with what is kept. Undefined is compared, too, and is always wrong. */
export function checkPassphrase(
  keyring: Keyring,
  userId: string,
  { kept, stretched }: { readonly kept: string | undefined; readonly stretched: Uint8Array },
): PassphraseVerdict {
  const key = keyring.byId.get((kept ?? keyring.current.id).split(".")[0] ?? "");
  const made = Buffer.from(markBy(key ?? keyring.current, userId, stretched));
  const compared = Buffer.from(kept ?? "");
  const equal = compared.length === made.length && timingSafeEqual(compared, made);
  if (key === undefined) return "unknown-key";
  if (!equal) return "wrong";
  return key === keyring.current ? "right" : "older";
}

function markBy(key: SealingKey, userId: string, stretched: Uint8Array): string {
  const mac = createHmac("sha256", key.subkey("portal-passphrase")).update(`${userId}\0`).update(stretched);
  return `${key.id}.${mac.digest("base64url")}`;
}

/** The same passphrase from any keyboard: Unicode NFKC. */
const normalised = (text: string): string => text.normalize("NFKC");

/** Made of nothing but a common word, digits and a few marks at its ends, or a row of the keyboard. */
function isCommon(folded: string): boolean {
  const letters = folded.replaceAll(/[^\p{L}]/gu, "");
  return COMMON.some((word) => letters === word || letters === word + word) || ROWS.some((row) => row.includes(folded));
}

/** The words that people put into passwords first, in the languages of the pages. */
const COMMON = [
  ...["password", "passwort", "kennwort", "passphrase", "letmein", "welcome", "willkommen", "qwerty", "qwertz"],
  ...["qwertyuiop", "qwertzuiop", "iloveyou", "ichliebedich", "administrator", "admin", "changeme", "secret"],
  ...["geheim", "hallo", "hello", "sunshine", "football", "fussball", "princess", "dragon", "monkey", "superman"],
  ...["skype", "lync", "skypeforbusiness", "microsoft", "sommer", "summer", "winter", "frühling", "spring", "herbst"],
  ...["login", "master", "test", "abc", "passw", "correcthorsebatterystaple"],
];
const ROWS = [
  "012345678901234567890123456789",
  "098765432109876543210987654321",
  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
  "qwertyuiopasdfghjklzxcvbnm",
  "qwertzuiopasdfghjklyxcvbnm",
  "1q2w3e4r5t6y7u8i9o0p",
  "1q2w3e4r5t6z7u8i9o0p",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
];
