// S-22: a refusal leaves at a multiple of the floor after its request came, however long it took to find the reason.

import { afterEach, expect, it, vi } from "vitest";
import { configWith } from "../../test/kit/config.ts";
import type { Config } from "../config/config.ts";
import { readText } from "../core/http/body.ts";
import { heldBack } from "./refusal-floor.ts";

const NOW = 1_795_000_000_000;
const configOf = (refusalFloorMs: number): Config => ({ ...configWith(async () => new Response()), refusalFloorMs });

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** How long a refusal is held back when it took so long to find, ms. */
async function heldFor(took: number, floor: number): Promise<number> {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW + took });
  const wait = vi.spyOn(scheduler, "wait").mockResolvedValue(undefined);
  await heldBack({ request: new Request("https://web.contoso.test/"), now: NOW, config: configOf(floor) });
  const held = wait.mock.calls.reduce((sum, [ms]) => sum + ms, 0);
  wait.mockRestore();
  return held;
}

it("S-22: is held back until the next multiple, and a few ms at random, never less than that and never by nothing", async () => {
  for (const floor of [1, 50, 300, 5_000]) {
    for (const took of [0, 1, floor - 1, floor, floor + 1, 2 * floor - 1, 2 * floor, 7 * floor + 3]) {
      const atRandom = (await heldFor(took, floor)) - (floor - (took % floor));
      expect(atRandom, `${took} of ${floor}`).toBeGreaterThanOrEqual(0);
      expect(atRandom, `${took} of ${floor}`).toBeLessThan(20);
    }
  }
});

it("S-22: counts from the end of the body where a body was read, however late it came", async () => {
  const [headAt, endAt, floor, took] = [NOW, NOW + 262, 300, 40];
  const request = new Request("https://web.contoso.test/", { method: "POST", body: "a password" });
  vi.useFakeTimers({ toFake: ["Date"], now: endAt });
  await readText(request, 100);
  vi.setSystemTime(endAt + took);
  const wait = vi.spyOn(scheduler, "wait").mockResolvedValue(undefined);
  await heldBack({ request, now: headAt, config: configOf(floor) });
  const [held = 0] = wait.mock.calls[0] ?? [];
  expect(held).toBeGreaterThanOrEqual(floor - took);
  expect(held).toBeLessThan(floor - took + 20);
});

it("with a floor of nothing is not held back", async () => {
  expect(await heldFor(7, 0)).toBe(0);
});

it("is really held back, in real time", async () => {
  const began = Date.now();
  await heldBack({ request: new Request("https://web.contoso.test/"), now: began, config: configOf(60) });
  expect(Date.now() - began).toBeGreaterThanOrEqual(59); // both times are rounded down to whole milliseconds
});
