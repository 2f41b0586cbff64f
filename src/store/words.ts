// What somebody types to find users or devices, as ranges of the words that triggers keep (migrations/). SQLite's
// `lower` folds ASCII alone, so a word beyond ASCII is kept in the case in which it was written. It is asked for in
// every case in which people write a name. (Full-text search would do this better, but D1 exports no database that has
// it: cloudflare/workers-sdk#9519.)

import { type AnyColumn, and, or, type SQL, sql } from "drizzle-orm";

/** Words of one search; each narrows it. D1 takes a hundred parameters a statement, and a word may need eighteen. */
const MAX_WORDS = 4;
/** The longest word of a search, in UTF-16 code units. */
const MAX_WORD_CHARS = 256;
/** Sorts after every text that begins with the same characters. */
const LAST = "\u{10ffff}";

/** The words of a search, each in lower case as SQLite's `lower` makes it, in each case that it may be kept in. */
export function searchedWords(text: string): string[][] {
  const words = text.normalize("NFKC").split(/\s+/u).filter(Boolean).slice(0, MAX_WORDS);
  return words.map((word) => casesOf(word.slice(0, MAX_WORD_CHARS)));
}

/** A text as SQLite's `lower` may have made it of any of the cases in which people write it. */
export function casesOf(text: string): string[] {
  const [lower, upper] = [text.toLowerCase(), text.toUpperCase()];
  const [first = ""] = upper;
  const title = first + lower.slice(first.length);
  return [...new Set([text, lower, upper, title].map(asciiLower))];
}

const asciiLower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The condition that a column's text begins with one of these. An index on the column serves it. */
export function beginsWith(column: AnyColumn | SQL, beginnings: readonly string[]): SQL | undefined {
  return or(...beginnings.map((text) => and(sql`${column} >= ${text}`, sql`${column} < ${text + LAST}`)));
}
