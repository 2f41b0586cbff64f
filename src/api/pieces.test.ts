import { expect, it } from "vitest";
import { inPieces } from "./pieces.ts";

it("S-76: pieces keep the order, and are bounded by rows and by characters; a longer row is alone", () => {
  expect(inPieces([], 2, 10)).toEqual([]);
  expect(inPieces([1, 2, 3, 4, 5], 2, 10)).toEqual([[1, 2], [3, 4], [5]]);
  const long = "x".repeat(20);
  expect(inPieces(["a", long, "b", "c", "d", "e"], 9, 10)).toEqual([["a"], [long], ["b", "c", "d"], ["e"]]);
});
