// Reads what the organisation's authority answered. Whatever is not exactly an answer is silence: nothing is guessed.

import { ok, type Result, refuse } from "../result.ts";
import type { AuthorityAnswer } from "./says.ts";

/** The longest answer that is read, bytes. Twenty words of forty characters take less than 1 KB. */
export const MAX_ANSWER_BYTES = 4_096;
export const MAX_WORDS = 20;
export const MAX_WORD_CHARS = 40;

/**
 * How long an answer may hold, seconds. Shorter than the first would cost a question every few moments for each device
 * in use; an answer older than a day says little about a device.
 */
export const HOLDS_AT_LEAST_SECONDS = 300;
export const HOLDS_AT_MOST_SECONDS = 86_400;

/** The word with which a rule matches silence. An authority that knows nothing of a device gives no words instead. */
const RESERVED = "unknown";
const WORD = /^[a-z0-9][a-z0-9._=-]*$/;

/** Whether it is a word that an authority may give. In lower case. */
export const isAuthorityWord = (text: string): boolean =>
  text.length <= MAX_WORD_CHARS && WORD.test(text) && text !== RESERVED;

/**
 * Reads the text of an answer that arrived at `now` (ms): `{"words": ["compliant"], "holdsForSeconds": 3600}`. Without
 * `holdsForSeconds` it holds for a day. A time outside the bounds becomes the nearer bound. Other members are ignored.
 */
export function readAnswer(text: string, now: number): Result<AuthorityAnswer, "malformed"> {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return refuse("malformed");
  }
  if (typeof said !== "object" || said === null || Array.isArray(said)) return refuse("malformed");
  const { words, holdsForSeconds = HOLDS_AT_MOST_SECONDS } = said as Readonly<Record<string, unknown>>;
  if (!Array.isArray(words) || words.length > MAX_WORDS) return refuse("malformed");
  if (typeof holdsForSeconds !== "number" || !(holdsForSeconds >= 0)) return refuse("malformed");
  const read = words.map((word: unknown) => (typeof word === "string" ? word.toLowerCase() : ""));
  if (!read.every(isAuthorityWord)) return refuse("malformed");
  const seconds = Math.min(Math.max(holdsForSeconds, HOLDS_AT_LEAST_SECONDS), HOLDS_AT_MOST_SECONDS);
  return ok({ words: [...new Set(read)].toSorted(), askedAt: now, until: now + Math.floor(seconds * 1_000) });
}
