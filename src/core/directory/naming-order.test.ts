// Names that people pass on: whoever gets one gets it when it is free, and nobody loses one to somebody else.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LONG_RUNS } from "../../../test/kit/runs.ts";
import { type NameOwner, type NamingWish, namingOrder } from "./naming-order.ts";

const owned = (of: Readonly<Record<string, string>>): Map<string, NameOwner> =>
  new Map(
    Object.entries(of).map(([key, userId]) => [key, { userId: userId.replace("*", ""), alias: userId.endsWith("*") }]),
  );
const wish = (id: number, userId: string | undefined, ...keys: string[]): NamingWish => ({ id, userId, keys });

/** Carries the order out, and fails where a name is not free. Returns who has what, parked people left out. */
function carriedOut(wishes: readonly NamingWish[], owners: ReadonlyMap<string, NameOwner>) {
  const { steps, clashes } = namingOrder(wishes, owners);
  const has = new Map(owners);
  const parked = new Set<number>();
  for (const step of steps) {
    const freed: string[] = [];
    for (const { id, kind } of step) {
      const one = wishes.find((each) => each.id === id);
      if (one === undefined) throw new Error("nobody wished this");
      if (kind === "park") parked.add(id);
      else parked.delete(id);
      const keeps = kind === "park" ? [] : one.keys;
      for (const [key, { userId, alias }] of has)
        if (userId === one.userId && !alias && !keeps.includes(key)) freed.push(key);
      for (const key of keeps) {
        const owner = has.get(key);
        if (owner !== undefined && owner.userId !== one.userId) throw new Error(`${key} is not free`);
        has.set(key, { userId: one.userId ?? `new${id}`, alias: owner?.alias ?? false });
      }
    }
    for (const key of freed) has.delete(key);
  }
  expect([...parked]).toEqual([]);
  return { has: Object.fromEntries([...has].map(([key, { userId }]) => [key, userId])), clashes };
}

describe("S-10 S-55: the order in which names are given", () => {
  it.each([
    ["a name that is free", [wish(0, undefined, "a")], {}, { a: "new0" }],
    ["a name that is given up", [wish(0, "u2", "a"), wish(1, "u1", "b")], { a: "u1" }, { a: "u2", b: "u1" }],
    ["a name for somebody new", [wish(0, undefined, "a"), wish(1, "u1", "b")], { a: "u1" }, { a: "new0", b: "u1" }],
    ["two who swap", [wish(0, "u1", "b"), wish(1, "u2", "a")], { a: "u1", b: "u2" }, { a: "u2", b: "u1" }],
    [
      "three in a circle, and one who waits for them",
      [wish(9, "u4", "c"), wish(0, "u1", "b"), wish(1, "u2", "d"), wish(2, "u3", "a")],
      { a: "u1", b: "u2", c: "u3" },
      { a: "u3", b: "u1", c: "u4", d: "u2" },
    ],
  ])("%s", (_, wishes, owners, then) => {
    expect(carriedOut(wishes, owned(owners))).toEqual({ has: then, clashes: [] });
  });

  it.each([
    ["somebody keeps it", [wish(0, undefined, "a")], { a: "u1" }, [{ id: 0, key: "a" }]],
    ["an alias keeps it", [wish(0, "u2", "a"), wish(1, "u1", "b")], { a: "u1*" }, [{ id: 0, key: "a" }]],
    ["two want it", [wish(0, undefined, "a", "b"), wish(1, undefined, "c", "a")], {}, [{ id: 1, key: "a" }]],
    ["a user of the directory wants it too", [wish(0, undefined, "a"), wish(1, "u1", "a")], {}, [{ id: 0, key: "a" }]],
    [
      "its owner cannot give it up",
      [wish(0, "u1", "x", "b"), wish(1, "u2", "a")],
      { a: "u1", x: "u9" },
      [
        { id: 0, key: "x" },
        { id: 1, key: "a" },
      ],
    ],
  ])("is a clash when %s", (_, wishes, owners, clashes) => {
    expect(carriedOut(wishes, owned(owners)).clashes).toEqual(clashes);
  });

  it("gives everybody the names when all names only change hands", () => {
    const size = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(
        size.chain((n) => fc.tuple(fc.shuffledSubarray([...Array(n).keys()], { minLength: n }), fc.nat({ max: n }))),
        ([order, newcomers]) => {
          const owners = owned(Object.fromEntries(order.slice(newcomers).map((_, at) => [`k${at}`, `u${at}`])));
          const wishes = order.map((to, at) => wish(at, owners.has(`k${at}`) ? `u${at}` : undefined, `k${to}`));
          const { has, clashes } = carriedOut(wishes, owners);
          expect(clashes).toEqual([]);
          for (const [at, to] of order.entries())
            expect(has[`k${to}`]).toBe(owners.has(`k${at}`) ? `u${at}` : `new${at}`);
        },
      ),
      { numRuns: LONG_RUNS ? 2_000 : 200 },
    );
  });

  it("ends, and takes no name that is not free, whatever is wished", () => {
    const key = fc.constantFrom(..."abcdef");
    const wishes = fc.array(
      fc.tuple(fc.constantFrom("u1", "u2", "u3", "u4", undefined), fc.uniqueArray(key, { minLength: 1, maxLength: 3 })),
      { maxLength: 8 },
    );
    const owners = fc.dictionary(key, fc.constantFrom("u1", "u2", "u3", "u4", "u5", "u1*", "u2*"));
    fc.assert(
      fc.property(wishes, owners, (all, has) => {
        const users = new Set<string>();
        const once = all.filter(([userId]) => userId === undefined || (!users.has(userId) && users.add(userId)));
        const every = once.map(([userId, keys], id) => wish(id, userId, ...keys));
        const { clashes } = carriedOut(every, owned(has));
        expect(new Set(clashes.map(({ id }) => id)).size).toBe(clashes.length);
      }),
      { numRuns: LONG_RUNS ? 5_000 : 500 },
    );
  });
});
