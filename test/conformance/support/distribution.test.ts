// The statistic of the timing test: what it must notice and what it must not.

import { describe, expect, it } from "vitest";
import { auc, chance, separations } from "./distribution.ts";

/** Samples without chance: `size` of them, spread evenly from `from` to `from + 20`, with a tail. */
const spread = (size: number, from: number): number[] =>
  Array.from({ length: size }, (_, i) => from + (20 * i) / size + (i % 50 === 0 ? 400 : 0));

describe("the area under the curve", () => {
  it("is a half for the same, one for the later, zero for the earlier, and knows ties", () => {
    expect(auc([1, 2, 3], [1, 2, 3])).toBe(0.5);
    expect(auc([1, 2, 3], [4, 5])).toBe(1);
    expect(auc([4, 5], [1, 2, 3])).toBe(0);
    expect(auc([1, 1, 1], [1, 1])).toBe(0.5);
    expect(auc([1, 2], [1, 3])).toBe(0.625);
  });

  it("notices two milliseconds in twenty, and not a difference that is none, tail or not", () => {
    const size = 2_000;
    const [first] = separations({ a: spread(size, 300), b: spread(size, 302), c: spread(size, 300) });
    expect(first?.distance).toBeGreaterThan(chance(size));
    const [same] = separations({ a: spread(size, 300), c: spread(size, 300).toReversed() });
    expect(same?.distance).toBeLessThan(0.001);
  });

  it("asks more of few samples than of many", () => {
    expect(chance(2_000)).toBeCloseTo(0.0365, 3);
    expect(chance(50)).toBeGreaterThan(0.2);
  });
});
