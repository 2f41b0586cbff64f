// App passwords that ask for a code (S-64). What the client sends as its password is the app password with the code of
// this half minute behind it. A client computes one MD4 over all of it, so the hash is another one each time, and
// Postern has to know the app password itself to compute it. It is therefore sealed itself, not its hashes
// (sealed-hash.ts). People type it at each sign-in, so it is short: 16 characters of the 31 are 79.3 bits.
// docs/design/0026-app-password-with-a-code.md has the mathematics.

import { ntHash } from "../ntlm/responses.ts";
import { grouped, isOfAlphabet, randomCharacters, withoutSeparators } from "./app-password.ts";

/** Characters of an app password that asks for a code, without its separators and without the code. */
export const CODE_PASSWORD_LENGTH = 16;
/** Digits of a code (RFC 6238). */
const CODE_DIGITS = 6;

/** A new one, four groups of four: `xxxx-xxxx-xxxx-xxxx`. Shown to its user once. */
export const generateCodePassword = (): string => grouped(randomCharacters(CODE_PASSWORD_LENGTH));

/** Its 16 characters. Throws for any other text, because no other text may become a credential. */
export function charactersOfCodePassword(password: string): string {
  const characters = withoutSeparators(password);
  if (characters.length !== CODE_PASSWORD_LENGTH || !isOfAlphabet(characters)) {
    throw new TypeError("only a generated app password is stored");
  }
  return characters;
}

/**
 * The NT hashes of an app password with a code behind it, in each spelling that people type: without hyphens, with
 * hyphens, and with one more hyphen before the code.
 */
export const hashesWithCode = (characters: string, code: string): readonly Uint8Array[] =>
  [characters + code, grouped(characters) + code, `${grouped(characters)}-${code}`].map(ntHash);

/** The NT hashes of both spellings without a code. They open nothing. With them a forgotten code is recognised. */
export const hashesWithoutCode = (characters: string): readonly Uint8Array[] =>
  [characters, grouped(characters)].map(ntHash);

/**
 * Reads a password that came in the clear. Undefined: it has not the form of an app password with a code. `whole`: both
 * together without separators. `bare`: the app password alone.
 */
export function readTypedWithCode(text: string): { readonly whole: string; readonly bare: string } | undefined {
  const whole = withoutSeparators(text);
  const [bare, code] = [whole.slice(0, CODE_PASSWORD_LENGTH), whole.slice(CODE_PASSWORD_LENGTH)];
  if (bare.length !== CODE_PASSWORD_LENGTH || !isOfAlphabet(bare)) return undefined;
  return code === "" || (code.length === CODE_DIGITS && /^\d+$/.test(code)) ? { whole, bare } : undefined;
}
