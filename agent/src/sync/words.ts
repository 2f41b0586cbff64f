// Makes the words that rules match on: one word of at most 64 characters, without white space. Pure.

import { WORD_SHAPE } from "../config/directory.ts";

const MAX_WORD_CHARS = 64;

/** What text comes to as a word: NFKC, with a hyphen for each run of white space and of characters that nobody sees. */
export function wordOf(text: string): string | undefined {
  const word = text
    .normalize("NFKC")
    .replace(/[\p{C}\p{Z}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return word !== "" && isWord(word) ? word : undefined;
}

/**
 * `name=value` for a value of an attribute; undefined for an empty value, and for one that is too long. A cut word
 * could be another value's word, so nothing is cut.
 */
export function attributeWord(name: string, value: string): string | undefined {
  const word = wordOf(value);
  return word === undefined ? undefined : wordOf(`${name}=${word}`);
}

/** The name of a group, as its distinguished name begins: `Postern Laptops` of `CN=Postern Laptops,OU=…` (RFC 4514). */
export function groupName(dn: string): string {
  const [, name = ""] = /^[^=]+=((?:\\.|[^,\\])*)/.exec(dn) ?? [];
  return name.replace(/(?:\\[0-9a-fA-F]{2})+|\\(.)/g, (all, plain: string | undefined) =>
    plain === undefined || /^\\[0-9a-fA-F]{2}/.test(all)
      ? Buffer.from(all.replaceAll("\\", ""), "hex").toString("utf8")
      : plain,
  );
}

const isWord = (word: string): boolean => WORD_SHAPE.test(word) && word.length <= MAX_WORD_CHARS;
