import { expect, it } from "vitest";
import { UsedOrders } from "../src/replay.ts";

const START = Date.UTC(2026, 10, 25, 12);
const order = (id: string, at: number, life = 30) => ({
  id,
  issuedAt: Math.floor(at / 1000),
  expiresAt: Math.floor(at / 1000) + life,
});
const later = START + 60_000;

it("an order works once, for as long as it would be accepted", () => {
  const used = new UsedOrders(START);
  const one = order("one", later);
  expect(used.use(one, later).ok).toBe(true);
  for (const after of [0, 1, 30_000, 34_999]) {
    expect(used.use(one, later + after), `${after} ms`).toMatchObject({ reason: "replayed" });
  }
});

it("what is over is forgotten, even behind an order that lives longer", () => {
  const used = new UsedOrders(START);
  used.use(order("long", later, 60), later);
  used.use(order("short", later, 1), later);
  expect(used.size).toBe(2);
  used.use(order("next", later + 66_000), later + 66_000);
  expect(used.size).toBe(1);
});

it("S-3: a clock that is put back makes no forgotten order new", () => {
  const used = new UsedOrders(START);
  const one = order("one", later);
  expect(used.use(one, later).ok).toBe(true);
  expect(used.use(order("two", later + 90_000), later + 90_000).ok).toBe(true);
  expect(used.size).toBe(1);
  expect(used.use(one, later + 1_000)).toMatchObject({ reason: "replayed" });
  expect(used.use(order("three", later + 1_000), later + 1_000).ok).toBe(true);
});

it("S-37: a full memory takes no order, and room comes back with time", () => {
  const used = new UsedOrders(START, 3);
  for (const id of ["a", "b", "c"]) expect(used.use(order(id, later), later).ok).toBe(true);
  expect(used.use(order("d", later), later)).toMatchObject({ reason: "replay-memory-full" });
  expect(used.use(order("a", later), later)).toMatchObject({ reason: "replayed" });
  expect(used.use(order("e", later + 36_000), later + 36_000).ok).toBe(true);
});

it("an order that may have been used before the start is not taken", () => {
  const used = new UsedOrders(START);
  for (const at of [START - 30_000, START, START + 4_000]) {
    expect(used.use(order(`at ${at}`, at), START + 4_000)).toMatchObject({ reason: "just-started" });
    expect(used.settled(at)).toBe(false);
  }
  expect(used.use(order("after", START + 6_000), START + 6_001).ok).toBe(true);
  expect(used.settled(START + 6_001)).toBe(true);
});
