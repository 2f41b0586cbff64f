import { describe, expect, it } from "vitest";
import { isPrintable, printable } from "./printable.ts";

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
