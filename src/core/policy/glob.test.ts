import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processorTime } from "../../../test/kit/cpu.ts";
import { runs } from "../../../test/kit/runs.ts";
import { globMatches, MAX_PATTERN_CHARS } from "./glob.ts";

describe("patterns", () => {
  it.each([
    ["AndroidLync", "androidlync", true],
    ["AndroidLync", "AndroidLync/6.25", false],
    ["Android", "An", false],
    ["*", "", true],
    ["**", "x", true],
    ["", "", true],
    ["", "x", false],
    ["?", "", false],
    ["?", "x", true],
    ["Android ?.*", "Android 8.0.0", true],
    ["Android ?.*", "Android 10.0", false],
    ["*lync*", "RTCC/7 UCWA/7 AndroidLync/6.25", true],
    ["*b*b", "abb", true],
    ["*b*b", "ab", false],
    ["a*c?e*g", "abcdcdefg", true],
    ["a*?", "a", false],
    ["[a-z]+.", "x.", false],
    ["(Skype for Business)", "(skype for business)", true],
    ["ÄÖ*", "äöü", true],
    ["?", "\u{1f4f1}", true],
    ["a??", "a\u{1f4f1}b", true],
  ])("%j on %j: %j", (pattern, text, expected) => {
    expect(globMatches(pattern, text)).toBe(expected);
  });

  it("and texts are looked at up to their bounds", () => {
    expect(globMatches("a".repeat(201), "a".repeat(200))).toBe(true);
    expect(globMatches("*a", `${"a".repeat(1_000)}b`)).toBe(true);
    expect(globMatches("*a", `${"a".repeat(999)}b`)).toBe(false);
  });

  it("match as the plain definition says", () => {
    const sign = fc.constantFrom("a", "b", "*", "?");
    const text = fc.array(fc.constantFrom("a", "b"), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 8 }), text, (pattern, letters) => {
        expect(globMatches(pattern.join(""), letters.join(""))).toBe(defined(pattern, letters));
      }),
      { numRuns: runs(2_000) },
    );
  });

  it("take no more time for a pattern made to take much", () => {
    const pattern = `${"*a".repeat(MAX_PATTERN_CHARS / 2 - 1)}*b`;
    const started = processorTime();
    for (let time = 0; time < 100; time++) expect(globMatches(pattern, "a".repeat(1_000))).toBe(false);
    // This takes 100 × 200 × 1000 steps at most. A matcher that tried every star again would never end.
    expect(processorTime() - started).toBeLessThan(5_000);
  });
});

/** The definition of a match, however many steps it takes. */
function defined(pattern: readonly string[], text: readonly string[]): boolean {
  const [sign, ...rest] = pattern;
  if (sign === undefined) return text.length === 0;
  if (sign === "*") return text.concat("").some((_, at) => defined(rest, text.slice(at)));
  return text.length > 0 && (sign === "?" || sign === text[0]) && defined(rest, text.slice(1));
}
