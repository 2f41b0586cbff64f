import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInRange, readVersion, readVersionRange } from "./version-range.ts";

function inRange(range: string, text: string): boolean {
  const [read, version] = [readVersionRange(range), readVersion(text)];
  if (!read.ok || version === undefined) expect.fail(`${range}, ${text}`);
  return isInRange(read.value, version);
}

describe("ranges of versions", () => {
  it.each([
    ["<6.20", "6.9.1", true],
    ["<6.20", "6.20", false],
    [">=6.25 <7", "6.25.0.27", true],
    [">=6.25 <7", "7.0", false],
    [">=6.25 <7", "6.24.99", false],
    ["=6.25", "6.25.0.0", true],
    ["=6.25", "6.25.0.27", false],
    [">6.25", "6.25.0.27", true],
    ["<=6.25", "6.25.0.27", false],
    ["  >1   <3 ", "2", true],
    [">16.0.13426.20233", "16.0.13426.20234", true],
    [">08", "8", false],
    // Each comparison at equality.
    ["<6.25", "6.25.0", false],
    ["<=6.25", "6.25.0", true],
    ["=6.25", "6.25.0", true],
    [">=6.25", "6.25.0", true],
    [">6.25", "6.25.0", false],
  ])("%j holds %j: %j", (range, version, expected) => {
    expect(inRange(range, version)).toBe(expected);
  });

  it.each([
    "",
    "6.x",
    "v6",
    "6..2",
    ".6",
    "6.",
    "-1",
    "6.25 beta",
    "1234567890",
    "1.2.3.4.5.6.7.8.9",
    "1".repeat(10_000),
  ])("%j is no version", (text) => {
    expect(readVersion(text)).toBeUndefined();
  });

  it.each([
    "",
    " ",
    "6.25",
    "=>6",
    ">",
    "> 6",
    ">=6,<7",
    "~6",
    "^6",
    "6 - 7",
    "*",
    ">=6.x",
    "<6.20;",
    "<6\n>5",
    ">6 x",
  ])("%j is no range", (range) => {
    expect(readVersionRange(range)).toEqual({ ok: false, reason: "not-a-comparison" });
  });

  it("a version has at most eight numbers of nine digits", () => {
    const longest = Array(8).fill("123456789");
    expect(readVersion(longest.join("."))).toEqual(Array(8).fill(123_456_789));
  });

  it("has at most four comparisons", () => {
    expect(readVersionRange(">1 >2 >3 >4").ok).toBe(true);
    expect(readVersionRange(">1 >2 >3 >4 >5")).toEqual({ ok: false, reason: "too-many-comparisons" });
  });

  it("orders any two versions one way", () => {
    const version = fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }).map((numbers) => numbers.join("."));
    fc.assert(
      fc.property(version, version, (a, b) => {
        const holding = ["<", "=", ">"].filter((operator) => inRange(`${operator}${b}`, a));
        expect(holding.length).toBe(1);
        expect(inRange(`<=${b}`, a)).toBe(!inRange(`>${b}`, a));
        expect(inRange(`>=${b}`, a)).toBe(!inRange(`<${b}`, a));
        expect(inRange(`<${a}`, b)).toBe(inRange(`>${b}`, a));
      }),
    );
  });
});
