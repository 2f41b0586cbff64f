// S-44: everything that outsiders can make grow has a bound in bytes.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedMap, bytesOfText, ownCopy } from "./bounded-map.ts";

describe("S-44: a map with a budget of bytes", () => {
  it("stays within it, whatever is put in, and counts what it has", () => {
    const step = fc.oneof(
      fc.record({ put: fc.string({ maxLength: 300, unit: "binary" }), value: fc.string({ maxLength: 300 }) }),
      fc.record({ take: fc.string({ maxLength: 2 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new BoundedMap<string>(2_000, bytesOfText);
        const last = new Map<string, string>();
        for (const each of steps) {
          if ("put" in each) {
            map.set(each.put, each.value);
            last.set(each.put, each.value);
          } else {
            map.delete(each.take);
            last.delete(each.take);
          }
          expect(map.bytes).toBeLessThanOrEqual(2_000);
        }
        for (const [key, value] of last) expect([undefined, value]).toContain(map.get(key));
        for (const key of last.keys()) map.delete(key);
        expect([map.bytes, map.size]).toEqual([0, 0]);
      }),
    );
  });

  it("lets the oldest go first, and what was put in again is new", () => {
    const map = new BoundedMap<number>(3 * 129);
    for (const key of ["a", "b", "c", "a", "d"]) map.set(key, 0);
    expect(["a", "b", "c", "d"].filter((key) => map.has(key))).toEqual(["a", "c", "d"]);
  });

  it("does not keep what alone is larger, nor lose anything for it", () => {
    const map = new BoundedMap<number>(1_000);
    map.set("small", 1);
    map.set("x".repeat(1_000), 2);
    expect([map.size, map.get("small")]).toEqual([1, 1]);
  });

  it("takes 500 keys of 120 KB as it takes any: within the budget", () => {
    const map = new BoundedMap<number>(256 * 1024);
    for (let i = 0; i < 500; i++) map.set(`${i}${"x".repeat(120 * 1024)}`, i);
    expect(map.size).toBe(2);
    expect(map.bytes).toBeLessThanOrEqual(256 * 1024);
  });
});

it("a copy is the same text, lone surrogates and all", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(ownCopy(text)).toBe(text);
    }),
  );
  expect(ownCopy("\ud800a\udc00")).toBe("\ud800a\udc00");
});

it("lets an entry that was touched stay longest, and counts it once", () => {
  const map = new BoundedMap<number>(3 * 140);
  for (const key of ["a", "b", "c"]) map.set(key, 1);
  const before = map.bytes;
  map.touch("a");
  map.touch("not there");
  expect([map.bytes, map.size, map.get("a")]).toEqual([before, 3, 1]);
  map.set("d", 1);
  expect([...map.keys()]).toEqual(["c", "a", "d"]);
});
