// The two counters, as properties over all limits and histories. Also: how much an attacker can do who knows the limits
// exactly.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  emptyAt,
  type Failures,
  fullUntil,
  type Level,
  levelAt,
  levelWith,
  standing,
  waitAfter,
  waitingUntil,
  withFailure,
} from "./counter.ts";
import { DEFAULT_LIMITS, type RateLimits, type WaitLimits } from "./limits.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const NOW = 1_795_000_000_000;

const seconds = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * SECOND);
/** Limits as an operator may set them: every wait is shorter than the time after which a failure is forgotten. */
const waitLimits: fc.Arbitrary<WaitLimits> = fc
  .tuple(fc.integer({ min: 1, max: 30 }), seconds(1, 600), seconds(0, 7_200), seconds(1, 7_200))
  .map(([free, firstWait, more, beyond]) => {
    const longestWait = firstWait + more;
    return { free, firstWait, longestWait, forgetAfter: longestWait + beyond };
  });
const rateLimits: fc.Arbitrary<RateLimits> = fc.record({
  burst: fc.integer({ min: 1, max: 200 }),
  perHour: fc.integer({ min: 1, max: 1_000 }),
});
const failures = fc.integer({ min: 0, max: 5_000 });

describe("S-24: waits", () => {
  it("never shrink as failures grow, and are never longer than the longest", () => {
    fc.assert(
      fc.property(waitLimits, failures, (limits, count) => {
        const [wait, next] = [waitAfter(count, limits), waitAfter(count + 1, limits)];
        expect(next).toBeGreaterThanOrEqual(wait);
        expect(wait).toBeLessThanOrEqual(limits.longestWait);
        expect(wait > 0).toBe(count >= limits.free);
      }),
    );
  });

  it("double from the first to the longest", () => {
    const seen = [4, 5, 6, 7, 8, 9, 10, 11, 5_000, 1e9].map(
      (count) => waitAfter(count, DEFAULT_LIMITS.stranger) / SECOND,
    );
    expect(seen).toEqual([0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
    fc.assert(
      fc.property(waitLimits, failures, (limits, count) => {
        const wait = waitAfter(limits.free + count, limits);
        const next = waitAfter(limits.free + count + 1, limits);
        expect(next === 2 * wait || next === limits.longestWait).toBe(true);
      }),
    );
  });

  it("begin with the last failure and end exactly when they say", () => {
    fc.assert(
      fc.property(waitLimits, failures, fc.nat(2 * DAY), (limits, count, later) => {
        const state: Failures = { failures: count, lastFailureAt: NOW };
        const until = waitingUntil(state, limits, NOW + later);
        const wait = waitAfter(count, limits);
        expect(until).toBe(later < wait ? NOW + wait : undefined);
        if (until === undefined) return;
        expect(waitingUntil(state, limits, until - 1)).toBe(until);
        expect(waitingUntil(state, limits, until)).toBeUndefined();
      }),
    );
  });

  it("that lie in the past are none", () => {
    const five: Failures = { failures: 5, lastFailureAt: NOW };
    expect(waitingUntil(five, DEFAULT_LIMITS.stranger, NOW + 30 * SECOND - 1)).toBe(NOW + 30 * SECOND);
    expect(waitingUntil(five, DEFAULT_LIMITS.stranger, NOW + 30 * SECOND)).toBeUndefined();
    expect(waitingUntil(five, DEFAULT_LIMITS.stranger, NOW + HOUR - 1)).toBeUndefined();
    const four: Failures = { failures: 4, lastFailureAt: NOW };
    expect(waitingUntil(four, DEFAULT_LIMITS.stranger, NOW)).toBeUndefined();
    expect(waitingUntil(undefined, DEFAULT_LIMITS.stranger, NOW)).toBeUndefined();
  });

  it("are forgotten together with the failures, and not before", () => {
    fc.assert(
      fc.property(waitLimits, fc.integer({ min: 1, max: 5_000 }), fc.nat(DAY), (limits, count, later) => {
        const state: Failures = { failures: count, lastFailureAt: NOW };
        const forgotten = NOW + limits.forgetAfter;
        expect(standing(state, limits, forgotten - 1)).toBe(count);
        expect(standing(state, limits, forgotten + later)).toBe(0);
        expect(waitingUntil(state, limits, forgotten + later)).toBeUndefined();
        expect(withFailure(state, limits, forgotten - 1)).toEqual({
          failures: count + 1,
          lastFailureAt: forgotten - 1,
        });
        expect(withFailure(state, limits, forgotten)).toEqual({ failures: 1, lastFailureAt: forgotten });
      }),
    );
    expect(standing(undefined, DEFAULT_LIMITS.stranger, NOW)).toBe(0);
    expect(withFailure(undefined, DEFAULT_LIMITS.stranger, NOW)).toEqual({ failures: 1, lastFailureAt: NOW });
  });

  it("a clock that goes backwards neither forgives nor adds, and makes nobody wait longer than it went back", () => {
    fc.assert(
      fc.property(waitLimits, failures, fc.nat(DAY), (limits, count, back) => {
        const state: Failures = { failures: count, lastFailureAt: NOW };
        expect(standing(state, limits, NOW - back)).toBe(count);
        expect(withFailure(state, limits, NOW - back)).toEqual({ failures: count + 1, lastFailureAt: NOW - back });
        const until = waitingUntil(state, limits, NOW - back) ?? NOW - back;
        expect(until - (NOW - back)).toBeLessThanOrEqual(limits.longestWait + back);
      }),
    );
  });
});

/** The times at which an attacker tries who tries at the first allowed instant each time, ms from the start. */
function greedySource(limits: WaitLimits, duration: number): number[] {
  const tried: number[] = [];
  let state: Failures | undefined;
  for (let now = NOW; now <= NOW + duration; ) {
    const until = waitingUntil(state, limits, now);
    if (until === undefined) {
      state = withFailure(state, limits, now);
      tried.push(now - NOW);
    } else now = until;
  }
  return tried;
}

describe("S-20: what one source gets of one user", () => {
  // An attacker tries at the first allowed instant each time, for a time T. First come the free attempts at once. Then
  // comes one after each wait w1, w2, …, which doubles up to the longest. So there are free + n + floor((T - (w1 + … +
  // wn)) / longest) attempts, where n counts the waits that are shorter than the longest.
  const formula = ({ free, firstWait, longestWait }: WaitLimits, duration: number): number => {
    let [sum, doubling] = [0, 0];
    while (firstWait * 2 ** doubling < longestWait && sum + firstWait * 2 ** doubling <= duration) {
      sum += firstWait * 2 ** doubling++;
    }
    if (firstWait * 2 ** doubling < longestWait) return free + doubling;
    return free + doubling + Math.floor((duration - sum) / longestWait);
  };

  it("in 24 hours of trying at once: a stranger 104 attempts, a familiar place 1462", () => {
    expect(greedySource(DEFAULT_LIMITS.stranger, DAY)).toHaveLength(104);
    expect(greedySource(DEFAULT_LIMITS.familiar, DAY)).toHaveLength(1_462);
    expect(
      greedySource(DEFAULT_LIMITS.stranger, DAY)
        .slice(0, 9)
        .map((ms) => ms / SECOND),
    ).toEqual([0, 0, 0, 0, 0, 30, 90, 210, 450]);
  });

  it("is what the formula says, for all limits", () => {
    fc.assert(
      fc.property(waitLimits, seconds(1, 86_400), (limits, duration) => {
        expect(greedySource(limits, duration).length).toBe(formula(limits, duration));
      }),
    );
  });

  // Somebody who waits for `forgetAfter` gets the free attempts again. The best of all schedules is made of rounds: k
  // tries beyond the free ones, as early as each is allowed, and then a pause. best(T) = max over k of free + k +
  // best(T - (w1+…+wk) - forgetAfter).
  const best = ({ free, forgetAfter, ...limits }: WaitLimits, duration: number): number => {
    const known = new Map<number, number>();
    const within = (left: number): number => {
      let most = known.get(left) ?? 0;
      if (left < 0 || most > 0) return most;
      for (let [beyond, spent] = [0, 0]; spent <= left; beyond++) {
        most = Math.max(most, free + beyond + within(left - spent - forgetAfter));
        spent += waitAfter(free + beyond, { free, forgetAfter, ...limits });
      }
      known.set(left, most);
      return most;
    };
    return within(duration);
  };

  it("with the best of all schedules in 24 hours: a stranger 199, a familiar place no more than 1462", () => {
    expect(best(DEFAULT_LIMITS.stranger, DAY)).toBe(199);
    expect(best(DEFAULT_LIMITS.familiar, DAY)).toBe(1_462);
  });

  it("in the long run a stranger's best is to stop after the ninth failure: eight an hour", () => {
    const { free, forgetAfter } = DEFAULT_LIMITS.stranger;
    let spent = 0;
    const rounds = Array.from({ length: 100 }, (_, beyond) => {
      const tries = free + beyond;
      const perHour = (tries * HOUR) / (spent + forgetAfter);
      spent += waitAfter(tries, DEFAULT_LIMITS.stranger);
      return { tries, perHour };
    });
    expect(rounds.reduce((one, other) => (other.perHour > one.perHour ? other : one))).toEqual({
      tries: 9,
      perHour: 8,
    });
  });

  it("is never more than that, whatever the schedule", () => {
    const schedule = fc.array(fc.oneof(fc.constant(0), fc.nat(40 * SECOND), fc.nat(2 * HOUR)), { maxLength: 400 });
    // the formula takes the square of the number of waits in steps, so no wait here is shorter than half a minute
    const slowLimits: fc.Arbitrary<WaitLimits> = fc
      .tuple(fc.integer({ min: 1, max: 10 }), seconds(30, 600), seconds(0, 1_800), seconds(600, 7_200))
      .map(([free, firstWait, more, beyond]) => {
        const longestWait = firstWait + more;
        return { free, firstWait, longestWait, forgetAfter: longestWait + beyond };
      });
    fc.assert(
      fc.property(slowLimits, schedule, (limits, pauses) => {
        let now = NOW;
        let state: Failures | undefined;
        let [first, last, tried] = [NOW, NOW, 0];
        for (const pause of pauses) {
          now += pause;
          if (now - first > 6 * HOUR) break;
          if (waitingUntil(state, limits, now) !== undefined) continue;
          if (state === undefined) first = now;
          last = now;
          state = withFailure(state, limits, now);
          tried++;
        }
        expect(tried).toBeLessThanOrEqual(best(limits, last - first));
      }),
    );
  });
});

describe("a rate", () => {
  it("drains by itself, never below nothing, and is empty when it says", () => {
    fc.assert(
      fc.property(rateLimits, fc.nat(1_000), fc.nat(DAY), (limits, level, later) => {
        const state: Level = { level, at: NOW };
        const drained = (later * limits.perHour) / HOUR;
        expect(levelAt(state, limits, NOW + later)).toBeCloseTo(Math.max(0, level - drained), 6);
        expect(levelAt(state, limits, emptyAt(state, limits))).toBe(0);
        if (level > 0) expect(levelAt(state, limits, emptyAt(state, limits) - 1)).toBeGreaterThan(0);
      }),
    );
    expect(levelAt(undefined, DEFAULT_LIMITS.network, NOW)).toBe(0);
    expect(fullUntil(undefined, DEFAULT_LIMITS.network, NOW)).toBeUndefined();
  });

  it("has room again exactly when it says", () => {
    fc.assert(
      fc.property(rateLimits, fc.nat(1_000), (limits, level) => {
        const state: Level = { level, at: NOW };
        const until = fullUntil(state, limits, NOW);
        expect(until !== undefined).toBe(level > limits.burst - 1);
        if (until === undefined) return;
        expect(fullUntil(state, limits, until)).toBeUndefined();
        expect(fullUntil(state, limits, until - 1)).toBeDefined();
      }),
    );
  });

  it("takes back what it is told to, never below nothing", () => {
    fc.assert(
      fc.property(rateLimits, fc.nat(100), fc.nat(100), (limits, level, back) => {
        const { level: left, at } = levelWith({ level, at: NOW }, -back, limits, NOW);
        expect([left, at]).toEqual([Math.max(0, level - back), NOW]);
      }),
    );
  });

  it("a clock that goes backwards neither drains nor fills, and gives away no more than it repeats", () => {
    fc.assert(
      fc.property(rateLimits, fc.nat(500), fc.nat(DAY), (limits, level, back) => {
        const state: Level = { level, at: NOW };
        expect(levelAt(state, limits, NOW - back)).toBe(level);
        const kept = levelWith(state, 0, limits, NOW - back);
        expect(kept.level).toBe(level);
        const repeated = (back * limits.perHour) / HOUR;
        expect(levelAt(kept, limits, NOW)).toBeGreaterThanOrEqual(Math.max(0, level - repeated) - 1e-6);
      }),
    );
  });

  it("S-20: in no window does more get through than the burst and what drains in it, whatever the schedule", () => {
    const pauses = fc.array(fc.oneof(fc.constant(0), fc.nat(5 * SECOND), fc.nat(HOUR)), { maxLength: 600 });
    fc.assert(
      fc.property(rateLimits, pauses, (limits, schedule) => {
        const passed: number[] = [];
        let now = NOW;
        let state: Level | undefined;
        for (const pause of schedule) {
          now += pause;
          if (fullUntil(state, limits, now) !== undefined) continue;
          state = levelWith(state, 1, limits, now);
          passed.push(now);
        }
        for (const [at, from] of passed.entries()) {
          for (const [more, to] of passed.slice(at).entries()) {
            if (more + 1 > limits.burst + ((to - from) * limits.perHour) / HOUR + 1e-6) {
              expect.fail(`${more + 1} got through in ${to - from} ms`);
            }
          }
        }
        expect(passed.length > 0).toBe(schedule.length > 0);
      }),
    );
  });

  // burst at once, and one each hour/perHour: burst + floor(T * perHour / hour).
  it("S-20: trying at once for 24 hours gets 2500 through, which is what the formula says", () => {
    const greedy = (limits: RateLimits, duration: number): number => {
      let count = 0;
      let state: Level | undefined;
      for (let now = NOW; now <= NOW + duration; ) {
        const until = fullUntil(state, limits, now);
        if (until === undefined) {
          state = levelWith(state, 1, limits, now);
          count++;
        } else now = until;
      }
      return count;
    };
    const { burst, perHour } = DEFAULT_LIMITS.network;
    expect(burst + Math.floor((DAY * perHour) / HOUR)).toBe(2_500);
    expect(greedy(DEFAULT_LIMITS.network, DAY)).toBe(2_500);
    expect(greedy(DEFAULT_LIMITS.strangers, DAY)).toBe(2_500);
    fc.assert(
      fc.property(rateLimits, seconds(1, 36_000), (limits, duration) => {
        const most = limits.burst + (duration * limits.perHour) / HOUR;
        const count = greedy(limits, duration);
        expect(count).toBeLessThanOrEqual(most + 1e-6);
        // each of them waits for the next whole millisecond
        const lost = (count * limits.perHour) / HOUR;
        expect(count).toBeGreaterThan(most - 1 - lost - 1e-6);
      }),
    );
  });
});
