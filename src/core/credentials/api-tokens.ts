// Tokens of the API: `pt_`, an id of 16 characters, and a secret of 43, which are 32 random bytes in base64url. Nobody
// can guess a secret of 256 bits, so its SHA-256 alone is kept: a slow hash would protect nothing. Pure.

import { createHash, timingSafeEqual } from "node:crypto";

/** RFC 4648 base32 in lower case, as in all ids. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const ID_CHARS = 16;
const SECRET_BYTES = 32;
const TOKEN = /^pt_([a-z2-7]{16})_([A-Za-z0-9_-]{43})$/;

/** A token as its owner gets it, and what of it is kept. */
export type NewApiToken = {
  /** `t_` and the 16 characters in the token. */
  readonly id: string;
  /** Shown once. */
  readonly token: string;
  /** SHA-256 of the secret, in hex. */
  readonly hash: string;
};

/** A token that was presented, in its two parts. */
export type PresentedToken = { readonly id: string; readonly hash: string };

/** Makes a token of 48 random bytes. */
export function apiTokenOf(random: Uint8Array): NewApiToken {
  const name = Array.from(random.subarray(0, ID_CHARS), (byte) => ALPHABET.charAt(byte & 31)).join("");
  const secret = Buffer.from(random.subarray(ID_CHARS, ID_CHARS + SECRET_BYTES)).toString("base64url");
  return { id: `t_${name}`, token: `pt_${name}_${secret}`, hash: hashOf(secret) };
}

/** The parts of a text that looks like a token; undefined for any other text. */
export function readApiToken(text: string): PresentedToken | undefined {
  const [, name, secret] = TOKEN.exec(text) ?? [];
  return name === undefined || secret === undefined ? undefined : { id: `t_${name}`, hash: hashOf(secret) };
}

/** Whether two hashes are the same, in a time that tells nothing of either. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");
