// The code of an invitation: 128 random bits that a person gets as a link, as a QR code, or on paper. It has 28
// characters of Crockford's base32, in groups of four, so that it can be read out and typed: no i, l, o or u. The last
// 12 bits are a checksum. A mistyped code is recognised by it, without asking anybody, and is no guess. What is kept of
// a code is made with a key, so nobody finds the code from it, nor makes one that fits (S-56). Pure.

import { createHash, createHmac } from "node:crypto";
import type { SealingKey } from "../crypto/keyring.ts";
import { ok, type Result, refuse } from "../result.ts";

/** Random bytes of a code: 128 bits. */
export const INVITATION_BYTES = 16;

/** https://www.crockford.com/base32.html, lower case. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** Letters that people read or type in place of a digit. */
const MISREAD: Readonly<Record<string, string>> = { o: "0", i: "1", l: "1" };
const CODE_CHARS = 28;
const GROUP_CHARS = 4;
const BITS_OF_A_CHAR = 5;
const CHECKSUM_BITS = 12;
/** The base32 alphabet of row ids (store/ids.ts). */
const ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const ID_CHARS = 16;

/** Writes {@link INVITATION_BYTES} random bytes as a code: seven groups of four characters. */
export function invitationCodeOf(secret: Uint8Array): string {
  const bytes = secret.subarray(0, INVITATION_BYTES);
  let rest = (BigInt(`0x${Buffer.from(bytes).toString("hex")}`) << BigInt(CHECKSUM_BITS)) | checksumOf(bytes);
  let code = "";
  for (let at = 0; at < CODE_CHARS; at++) {
    code = ALPHABET.charAt(Number(rest & 31n)) + code;
    rest >>= BigInt(BITS_OF_A_CHAR);
  }
  return code.match(new RegExp(`.{${GROUP_CHARS}}`, "g"))?.join("-") ?? code;
}

/** The secret of a code, in whatever case and with or without separators. `not-a-code`: somebody mistyped it. */
export function readInvitationCode(text: string): Result<Uint8Array, "not-a-code"> {
  if (text.length > 4 * CODE_CHARS) return refuse("not-a-code");
  let value = 0n;
  let length = 0;
  for (const typed of text.toLowerCase().replaceAll(/[-\s.]/g, "")) {
    const digit = ALPHABET.indexOf(MISREAD[typed] ?? typed);
    if (digit < 0) return refuse("not-a-code");
    value = (value << BigInt(BITS_OF_A_CHAR)) | BigInt(digit);
    length += 1;
  }
  if (length !== CODE_CHARS) return refuse("not-a-code");
  const hex = (value >> BigInt(CHECKSUM_BITS)).toString(16).padStart(2 * INVITATION_BYTES, "0");
  const secret = Buffer.from(hex, "hex");
  const checksum = value & ((1n << BigInt(CHECKSUM_BITS)) - 1n);
  return checksum === checksumOf(secret) ? ok(new Uint8Array(secret)) : refuse("not-a-code");
}

/** What is kept of a code under one sealing key. `id`: the row's id, `i_…`. `hash`: hex, in the user's guard alone. */
export function invitationMarks(key: SealingKey, secret: Uint8Array): { readonly id: string; readonly hash: string } {
  const mark = (what: string): Buffer =>
    createHmac("sha256", key.subkey("invitation")).update(`${what}\0`).update(secret).digest();
  const id = Array.from(mark("id").subarray(0, ID_CHARS), (byte) => ID_ALPHABET.charAt(byte & 31)).join("");
  return { id: `i_${id}`, hash: mark("hash").toString("hex") };
}

function checksumOf(secret: Uint8Array): bigint {
  const digest = createHash("sha256").update("postern invitation\0").update(secret).digest();
  return BigInt(digest.readUInt16BE(0) >> (16 - CHECKSUM_BITS));
}
