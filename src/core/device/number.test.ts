import { describe, expect, it } from "vitest";
import { deviceNumber } from "./number.ts";

/** Ids as Postern makes them, `d_` and 16 characters, from a generator with a fixed seed. */
function ids(count: number): string[] {
  let seed = 1;
  const character = (): string => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed >>> 27).toString(32);
  };
  return Array.from({ length: count }, () => `d_${Array.from({ length: 16 }, character).join("")}`);
}

describe("S-62: the number of a device", () => {
  it("stays what it is: it stands in mail that was sent", () => {
    expect(["d_phonephonephone1", "d_phonephonephone2"].map(deviceNumber)).toEqual(["5659", "3278"]);
  });

  it("is four digits, and devices are spread over all numbers", () => {
    const numbers = ids(5_000).map(deviceNumber);
    expect(numbers.every((number) => /^\d{4}$/.test(number))).toBe(true);
    expect(numbers.some((number) => number.startsWith("0"))).toBe(true);
    // Of 5,000 draws among 10,000 numbers, some 3,935 are different.
    expect(new Set(numbers).size).toBeGreaterThan(3_800);
  });
});
