// App passwords. Postern generates them; users cannot choose them (S-13). An NT hash is one fast hash, so only the
// randomness of the password protects it. 24 characters of a 31-character alphabet are 118.9 bits. The alphabet is
// lower-case and has no i, l, o, 0 or 1, so a password can be read from one screen and typed on another. NTLM proves
// exactly what the user typed. People type a password with or without the hyphens, so both spellings are hashed.

import { ntHash } from "../ntlm/responses.ts";
import { ok, type Result, refuse } from "../result.ts";

/** The characters of an app password; their number must stay within 32 for the sampling below. */
export const APP_PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
/** Characters of an app password without its separators. */
export const APP_PASSWORD_LENGTH = 24;

const GROUP_LENGTH = 4;
const SEPARATOR = "-";

/** A new app password, six groups of four: `xxxx-xxxx-xxxx-xxxx-xxxx-xxxx`. Shown to its user once and kept nowhere. */
export const generateAppPassword = (): string => grouped(randomCharacters(APP_PASSWORD_LENGTH));

/** So many random characters of the alphabet. */
export function randomCharacters(length: number): string {
  let characters = "";
  while (characters.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // Five bits choose one of 32. The 32nd has no character and is drawn again, so no character is likelier than
      // another.
      characters += APP_PASSWORD_ALPHABET.charAt(byte & 31);
    }
  }
  return characters.slice(0, length);
}

/** The 24 characters of an app password, written with or without separators (hyphens or spaces). */
export function canonicalAppPassword(text: string): Result<string, "not-an-app-password"> {
  const characters = withoutSeparators(text);
  const wellFormed = characters.length === APP_PASSWORD_LENGTH && isOfAlphabet(characters);
  return wellFormed ? ok(characters) : refuse("not-an-app-password");
}

/** The text without hyphens and spaces. */
export const withoutSeparators = (text: string): string => text.replaceAll(/[-\s]/g, "");

/** Whether all characters are those of app passwords. */
export const isOfAlphabet = (characters: string): boolean =>
  [...characters].every((character) => APP_PASSWORD_ALPHABET.includes(character));

/**
 * The NT hashes (MS-NLMP 3.3.1, 16 bytes each) of both spellings of an app password: without separators, with them.
 * Throws for any text that is not an app password, because no other text may become a credential.
 */
export function ntHashesOf(password: string): [Uint8Array, Uint8Array] {
  const characters = canonicalAppPassword(password);
  if (!characters.ok) throw new TypeError("only a generated app password has stored hashes");
  return [ntHash(characters.value), ntHash(grouped(characters.value))];
}

/** The characters in groups of four, as people read them. */
export function grouped(characters: string): string {
  const groups: string[] = [];
  for (let at = 0; at < characters.length; at += GROUP_LENGTH) groups.push(characters.slice(at, at + GROUP_LENGTH));
  return groups.join(SEPARATOR);
}
