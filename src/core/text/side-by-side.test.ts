// Many at the same time: the bound, the order, one key at a time, and what a failure stops.

import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { sideBySide, sideBySideByKey } from "./side-by-side.ts";

/** Counts what is under way, in all and of each key. The first items take longest. */
function counting() {
  const under = new Map<string, number>();
  const most = new Map<string, number>();
  const begun: number[] = [];
  const step = (key: string, by: number): void => {
    under.set(key, (under.get(key) ?? 0) + by);
    most.set(key, Math.max(most.get(key) ?? 0, under.get(key) ?? 0));
  };
  const act = async (item: number, key = "any"): Promise<number> => {
    begun.push(item);
    for (const each of new Set(["all", key])) step(each, 1);
    for (let turns = 20 - item; turns > 0; turns--) await turn();
    for (const each of new Set(["all", key])) step(each, -1);
    return item * 2;
  };
  return { act, begun, most };
}
const TWENTY = Array.from({ length: 20 }, (_, at) => at);

it("never does more at the same time than it may, and answers in the order of the items", async () => {
  const { act, most } = counting();
  expect(await sideBySide(TWENTY, 3, (item) => act(item))).toEqual(TWENTY.map((item) => item * 2));
  expect(most.get("all")).toBe(3);
  expect(await sideBySide([], 3, (item: number) => act(item))).toEqual([]);
});

it("does items of one key one after another, in their order", async () => {
  const { act, begun, most } = counting();
  const keyOf = (item: number) => (item < 4 ? undefined : `k${item % 2}`);
  const results = await sideBySideByKey(TWENTY, { most: 8, keyOf }, (item) => act(item, keyOf(item)));
  expect(results).toEqual(TWENTY.map((item) => item * 2));
  expect([most.get("k0"), most.get("k1"), most.get("all")]).toEqual([1, 1, 6]);
  const even = TWENTY.filter((item) => keyOf(item) === "k0");
  expect(begun.filter((item) => keyOf(item) === "k0")).toEqual(even);
});

it("begins nothing more after a failure, and ends what is under way before it throws", async () => {
  const ended: number[] = [];
  const failing = sideBySide(TWENTY, 3, async (item) => {
    if (item === 1) throw new Error("the second");
    for (let turns = 0; turns < 5; turns++) await turn();
    ended.push(item);
  });
  await expect(failing).rejects.toThrow("the second");
  expect(ended).toEqual([0, 2]);
});
