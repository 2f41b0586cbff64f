// S-54: what counts as an answer of the authority. Everything else is silence.

import { describe, expect, it } from "vitest";
import { HOLDS_AT_LEAST_SECONDS, HOLDS_AT_MOST_SECONDS, isAuthorityWord, readAnswer } from "./answer.ts";

const NOW = 1_000_000;
const read = (value: unknown) => readAnswer(typeof value === "string" ? value : JSON.stringify(value), NOW);

describe("S-54: an answer of the authority", () => {
  it("has its words in lower case, sorted, each once, and a time until which it holds", () => {
    expect(read({ words: ["Managed", "compliant", "managed"], holdsForSeconds: 600, more: {} })).toEqual({
      ok: true,
      value: { words: ["compliant", "managed"], askedAt: NOW, until: NOW + 600_000 },
    });
  });

  it.each([
    [undefined, HOLDS_AT_MOST_SECONDS],
    [0, HOLDS_AT_LEAST_SECONDS],
    [299.9, HOLDS_AT_LEAST_SECONDS],
    [3_600, 3_600],
    [1e300, HOLDS_AT_MOST_SECONDS],
  ])("that says %j seconds holds for %i", (holdsForSeconds, seconds) => {
    expect(read({ words: [], holdsForSeconds })).toMatchObject({ value: { until: NOW + seconds * 1_000 } });
  });

  it.each([
    ...["", "nonsense", "[]", "null", '"lost"', "{}", '{"words":"lost"}', '{"words":{}}', '{"words":[1]}'],
    ...['{"words":[""]}', '{"words":["unknown"]}', '{"words":["UNKNOWN"]}', '{"words":["two words"]}'],
    ...['{"words":["l\\u006fst\\u202e"]}', `{"words":["${"x".repeat(41)}"]}`, '{"words":[null]}'],
    JSON.stringify({ words: Array.from({ length: 21 }, (_, at) => `w${at}`) }),
    ...['{"words":[],"holdsForSeconds":-1}', '{"words":[],"holdsForSeconds":"600"}'],
    ...['{"words":[],"holdsForSeconds":null}', '{"words":["lost"]', '{"words":["lost"]} x'],
  ])("is not %s", (text) => {
    expect(read(text)).toEqual({ ok: false, reason: "malformed" });
  });

  it("may have twenty words of forty characters", () => {
    const words = Array.from({ length: 20 }, (_, at) => `${at}`.padStart(40, "w"));
    expect(read({ words })).toMatchObject({ ok: true, value: { words: words.toSorted() } });
    expect(isAuthorityWord("site=b_1.x")).toBe(true);
  });
});
