import { describe, expect, it } from "vitest";
import { displayable, isDisplayable, isPrintable, printable } from "./printable.ts";

describe("a text from outside", () => {
  it.each([
    ["\r\n", "a line end"],
    ["\u001b", "escape"],
    ["\u202e", "right-to-left override"],
    ["\u2028", "line separator"],
    ["\u200b", "zero width space"],
    ["\ud83d", "half a pair"],
  ])("S-39: %j is not printable (%s), and is replaced", (character) => {
    expect(isPrintable(`a${character}b`)).toBe(false);
    expect(isPrintable(printable(`a${character}b`, 10))).toBe(true);
  });

  it("is cut, also within a pair, and asked twice answers twice the same", () => {
    expect(printable("ab\u{1f600}", 3)).toBe("ab\u{fffd}");
    expect([isPrintable("Zoë \u{1f600}"), isPrintable("Zoë \u{1f600}")]).toEqual([true, true]);
    expect([isPrintable("\0"), isPrintable("\0")]).toEqual([false, false]);
  });
});

describe("a name that people read", () => {
  it.each([
    ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "Persian: a non-joiner between two letters"],
    ["\u0915\u094d\u200d\u0937", "Hindi: a joiner behind a virama"],
    ["Ana \u{1f469}\u{1f3fd}\u200d\u{1f680} Silva", "an emoji of several"],
    ["\u2764\ufe0f\u200d\u{1f525}", "an emoji with a variation selector"],
  ])("keeps its joiners: %j (%s)", (name) => {
    expect([isDisplayable(name), displayable(name, 256), isPrintable(name)]).toEqual([true, name, false]);
  });

  it.each([
    ["\u200d", "nothing but a joiner"],
    ["a\u200db", "a joiner where Latin has none"],
    ["\u06cc\u200c\u200cb", "two of them"],
    ["\u06cc \u200cb", "one behind a space"],
    ["\u06cc\u202eb", "right-to-left override"],
    ["\u06cc\u2066b", "an isolate"],
    ["\u06cc\u200fb", "a mark of direction"],
    ["\u06cc\u200bb", "zero width space"],
    ["\ud83db", "half a pair"],
  ])("S-39: has nothing else that hides: %j (%s)", (name) => {
    expect(isDisplayable(name)).toBe(false);
    expect(displayable(name, 256)).toContain("\u{fffd}");
    expect(isDisplayable(displayable(name, 256))).toBe(true);
  });
});
