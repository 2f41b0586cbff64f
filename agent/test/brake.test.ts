// The brake: too many would be disabled at once.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cursorOf, heldIn, isTooMany } from "../src/sync/brake.ts";
import { Memory } from "../src/sync/memory.ts";
import { shownRound } from "../src/sync/show.ts";
import { BRAKE, Stand, statuses } from "./stand.ts";

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.start();
});
afterEach(() => stand.gateway.stop());

describe("S-55: the brake", () => {
  it.each([
    [2, 2, false],
    [3, 10, true],
    [3, 60, false],
    [4, 60, true],
    [20, 5_000, false],
    [21, 5_000, true],
  ])("%i of %i at once: stops is %s", (leaving, of, stops) => {
    expect(isTooMany(leaving, of, { brake: BRAKE })).toBe(stops);
  });

  const disable = (from: number, to: number): void => {
    for (let at = from; at < to; at++) stand.directory.person(`p${at}`, { userAccountControl: "514" });
  };

  it("holds those who would be disabled, lets everything else go on, and says so to the gateway", async () => {
    stand.many(100);
    await stand.sync();
    disable(0, 30);
    stand.directory.person("new");
    stand.directory.person("p99", { displayName: "Changed" });
    const held = await stand.sync();
    expect([held.held.length, statuses(held), held.inStep]).toEqual([30, ["changed", "created"], false]);
    expect(stand.gateway.report).toMatchObject({ inStep: false, brake: { wanted: 30, of: 100 } });
    expect(stand.gateway.report?.brake).toMatchObject({
      examples: expect.arrayContaining(["p0@contoso.test (disabled)"]),
    });
    expect(stand.log.filter(({ event }) => event === "brake")).toEqual([{ event: "brake", wanted: 30, of: 100 }]);
    await stand.sync();
    expect(stand.log.filter(({ event }) => event === "brake").length).toBe(1);
  });

  it("is released for exactly those who were shown, or fewer; also by another process", async () => {
    stand.many(100);
    await stand.sync();
    disable(0, 30);
    await stand.sync();
    stand.directory.person("p0", { userAccountControl: "512" });
    const done = await stand.sync({ full: true, confirmed: true }, new Memory());
    expect([done.held.length, statuses(done)]).toEqual([0, Array(29).fill("disabled")]);
    expect(stand.gateway.report).toMatchObject({ inStep: true, brake: null, cursor: null });
    // The agent that runs beside it remembers an older state, and finds out.
    expect((await stand.sync()).held).toEqual([]);
  });

  it("stops again when more would be disabled than were shown, and shows all of them", async () => {
    stand.many(100);
    await stand.sync();
    disable(0, 30);
    await stand.sync();
    disable(30, 40);
    await stand.sync(); // what was shown stays what was shown
    const [again, text] = [await stand.sync({ full: true, confirmed: true }), "40 of 100 people would be disabled"];
    expect([again.held.length, again.outcomes]).toEqual([40, []]);
    expect(shownRound(again, "confirm")).toContain(text);
    expect((await stand.sync({ full: true, confirmed: true })).held).toEqual([]);
  });

  it("cannot be released before anybody was shown", async () => {
    stand.many(100);
    await stand.sync();
    disable(0, 30);
    expect((await stand.sync({ full: true, confirmed: true })).held.length).toBe(30);
  });

  it("holds everybody when the directory has nobody, as with a wrong base or a right that is gone", async () => {
    stand.many(100);
    await stand.sync();
    stand.directory.entries.clear();
    const { held } = await stand.sync();
    expect([held.length, [...stand.gateway.people.values()].every(({ state }) => state === "in")]).toEqual([100, true]);
  });

  it("keeps what was shown in the cursor, within the gateway's bound", () => {
    const shown = new Set(Array.from({ length: 8_000 }, (_, at) => String(at).padStart(8, "m")));
    const cursor = cursorOf({ since: 5, shown });
    expect(cursor?.length).toBeLessThan(65_536);
    expect(heldIn(cursor)).toEqual({ since: 5, shown });
    for (const other of [null, "", "{}", '{"v":2}', '{"v":1,"since":"x"}']) expect(heldIn(other)).toBeUndefined();
  });
});
