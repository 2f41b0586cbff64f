// The line before the connector, with a clock that the test sets.

import { beforeEach, describe, expect, it } from "vitest";
import { type Clock, SignOnLine } from "./sign-on-line.ts";

const LIMITS = { atOnce: 2, waiting: 5, ofOneUser: 3, waitMs: 10_000 };

let time = 0;
let timers: { at: number; readonly every?: number; readonly act: () => void }[] = [];
const clock: Clock = {
  now: () => time,
  wait: (ms) => new Promise((act) => void timers.push({ at: time + ms, act })),
  every: (ms, act) => {
    const timer = { at: time + ms, every: ms, act };
    timers.push(timer);
    return () => {
      timers = timers.filter((each) => each !== timer);
    };
  },
};

/** Lets time pass in small steps, so that timers fire in between. */
async function pass(ms: number): Promise<void> {
  for (const end = time + ms; time < end; ) {
    time += 10;
    const due = timers.filter(({ at }) => at <= time);
    timers = timers.filter((each) => each.at > time || each.every !== undefined);
    for (const timer of due) {
      timer.at += timer.every ?? 0;
      timer.act();
    }
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

type Visit = { readonly who: string; turn?: (() => void) | undefined; shed?: true };

function visit(line: SignOnLine, who: string): Visit {
  const visitor: Visit = { who };
  void line.turn(who).then((turn) => {
    if (turn === undefined) visitor.shed = true;
    else visitor.turn = turn;
  });
  return visitor;
}

const served = (visits: readonly Visit[]): string[] => visits.filter(({ turn }) => turn).map(({ who }) => who);
const shed = (visits: readonly Visit[]): string[] => visits.filter((each) => each.shed).map(({ who }) => who);

let line: SignOnLine;
beforeEach(() => {
  time = 0;
  timers = [];
  line = new SignOnLine(LIMITS, clock);
});

describe("S-37: the line in front of the sign-on", () => {
  it("is no line for who finds a free turn", async () => {
    const visits = [visit(line, "a"), visit(line, "b")];
    for (let i = 0; i < 5; i++) await Promise.resolve();
    expect(served(visits)).toEqual(["a", "b"]);
  });

  it("gives so many turns at a time, and the next in the order of their coming", async () => {
    const visits = ["a", "b", "c", "d", "e"].map((who) => visit(line, who));
    await pass(100);
    expect(served(visits)).toEqual(["a", "b"]);
    visits[0]?.turn?.();
    await pass(100);
    expect(served(visits)).toEqual(["a", "b", "c"]);
    visits[1]?.turn?.();
    visits[2]?.turn?.();
    await pass(100);
    expect(served(visits)).toEqual(["a", "b", "c", "d", "e"]);
    expect(shed(visits)).toEqual([]);
  });

  it("tells at once who finds it full, and after the longest wait who got no turn", async () => {
    const visits = Array.from({ length: 9 }, (_, i) => visit(line, `u${i}`));
    await pass(10);
    expect(shed(visits)).toEqual(["u7", "u8"]);
    await pass(LIMITS.waitMs + 100);
    expect(served(visits)).toEqual(["u0", "u1"]);
    expect(shed(visits)).toHaveLength(7);
  });

  it("tells at once who would wait for too long, and lets everybody in again when it has emptied", async () => {
    const slow = [visit(line, "a"), visit(line, "b")];
    await pass(100);
    for (let i = 0; i < 4; i++) await pass(20_000); // two users of the line have had it for more than a minute
    for (const { turn } of slow) turn?.();
    const next = [visit(line, "c"), visit(line, "d"), visit(line, "e")];
    await pass(10);
    expect([served(next), shed(next)]).toEqual([["c", "d"], ["e"]]);
    for (const { turn } of next) turn?.();
    for (let i = 0; i < 20; i++) {
      const quick = visit(line, "f");
      await pass(10);
      quick.turn?.();
    }
    const later = ["g", "h", "i"].map((who) => visit(line, who));
    await pass(100);
    expect([served(later), shed(later)]).toEqual([["g", "h"], []]);
  });

  it("gives one user a few places, so that nobody with a right password holds up the others", async () => {
    const visits = [...Array.from({ length: 20 }, () => visit(line, "greedy")), visit(line, "b"), visit(line, "c")];
    await pass(100);
    expect(shed(visits)).toHaveLength(17);
    visits[0]?.turn?.();
    visits[1]?.turn?.();
    await pass(100);
    visits[2]?.turn?.();
    await pass(100);
    expect(served(visits).slice(-2)).toEqual(["b", "c"]);
  });

  it("forgets who went away in a turn or in the line, because their requests run no further", async () => {
    const gone = [visit(line, "a"), visit(line, "b"), visit(line, "c")];
    await pass(100);
    expect(served(gone)).toEqual(["a", "b"]);
    timers = []; // the runtime has ended all three requests
    const [d, e, f] = ["d", "e", "f"].map((who) => visit(line, who));
    await pass(7_000);
    expect(d?.turn).toBeUndefined();
    await pass(2_500);
    expect([d?.turn, e?.turn, f?.turn].map((turn) => turn !== undefined)).toEqual([true, true, false]);
  });

  it("keeps the turn of a request that takes long and is there", async () => {
    const visits = [visit(line, "a"), visit(line, "b")];
    await pass(60_000);
    const third = visit(line, "c");
    await pass(5_000);
    expect([served(visits), third.turn]).toEqual([["a", "b"], undefined]);
  });
});
