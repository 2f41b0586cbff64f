import { expect, it } from "vitest";
import { ProvingNetworks } from "./proving-networks.ts";

const [HOME, HOTEL] = ["198.51.100.7", "203.0.113.9"];
const MINUTE = 60_000;

it("S-41: a network without failures costs no call of its guard, one with a failure does for ten minutes", () => {
  const networks = new ProvingNetworks();
  for (const now of [0, 1, 2]) {
    expect(networks.mustReserve(HOME, now)).toBe(false);
    networks.succeeded(HOME, now);
  }
  expect(networks.mustReserve(HOME, 3)).toBe(false);
  networks.failed(HOME, 4);
  expect(networks.mustReserve(HOME, 9 * MINUTE)).toBe(true);
  networks.succeeded(HOME, 9 * MINUTE); // the success of a request that was under way before
  expect(networks.mustReserve(HOME, 9 * MINUTE)).toBe(true);
  expect(networks.mustReserve(HOTEL, 9 * MINUTE)).toBe(false);
  expect(networks.mustReserve(HOME, 10 * MINUTE + 4)).toBe(false);
});

it("S-41: while one is under way, others of its network are counted, but not for long", () => {
  const networks = new ProvingNetworks();
  expect([networks.mustReserve(HOME, 0), networks.mustReserve(HOME, 1)]).toEqual([false, true]);
  expect(networks.mustReserve(HOME, 5_000)).toBe(false); // its request broke off, so nobody knows how it ended
});

it("tells a network's guard of each key once a day", () => {
  const networks = new ProvingNetworks();
  const tells = (network: string, key: string, now: number) => networks.tells(network, key, now);
  expect([tells(HOME, "aa", 0), tells(HOME, "aa", 1), tells(HOTEL, "aa", 2), tells(HOME, "bb", 3)]).toEqual([
    ...[true, false, true, true],
  ]);
  expect(tells(HOME, "aa", 24 * 60 * MINUTE)).toBe(true);
});

it("S-44: takes no more room than it has, from however many networks", () => {
  const networks = new ProvingNetworks();
  for (let i = 0; i < 20_000; i++) {
    networks.failed(`10.${i >> 8}.${i & 255}.1`, i);
    networks.tells(`10.${i >> 8}.${i & 255}.1`, "aa".repeat(32), i);
  }
  expect(networks.bytes).toBeLessThanOrEqual(768 * 1024);
});
