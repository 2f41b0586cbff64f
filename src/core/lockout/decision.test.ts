// Which attempts are refused without checking the password, as properties. Strangers do not affect a familiar place
// (S-21). One strange network does not affect another until all together have failed too often. No refusal lasts longer
// than it says.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Failures, type Level, levelWith, standing, waitingUntil, withFailure } from "./counter.ts";
import { type LockoutState, networkWait, waitFor } from "./decision.ts";
import { DEFAULT_LIMITS, type Limits, MAX_NETWORKS_OF_SITE, MAX_STRANGE_NETWORKS } from "./limits.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const NOW = 1_795_000_000_000;
const LIMITS = DEFAULT_LIMITS;

const failures = fc.record({ failures: fc.nat(40), lastFailureAt: fc.nat(2 * HOUR).map((ago) => NOW - ago) });
const level = fc.record({ level: fc.double({ min: 0, max: 12_000, noNaN: true }), at: fc.constant(NOW) });
const networks = fc.oneof(fc.nat(200), fc.integer({ min: MAX_STRANGE_NETWORKS - 2, max: MAX_STRANGE_NETWORKS + 2 }));
const maybe = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: undefined });
const strangersPart = fc.record({
  stranger: maybe(failures),
  site: maybe(failures),
  strangers: maybe(level),
  strangeNetworks: networks,
});
const standings: fc.Arbitrary<LockoutState> = fc
  .tuple(strangersPart, maybe(failures))
  .map(([part, familiar]) => ({ ...part, familiar }));

const fullLevel: Level = { level: LIMITS.strangers.burst, at: NOW };
const fresh: LockoutState = {
  familiar: undefined,
  stranger: undefined,
  site: undefined,
  strangers: undefined,
  strangeNetworks: 0,
};

describe("S-21: a familiar place", () => {
  it("has its own budget: nothing that strangers can bring about decides", () => {
    fc.assert(
      fc.property(failures, strangersPart, strangersPart, (familiar, one, other) => {
        expect(waitFor({ familiar, ...one }, LIMITS, NOW)).toEqual(waitFor({ familiar, ...other }, LIMITS, NOW));
      }),
    );
  });

  it("waits for its own failures only, and not as long as a stranger would", () => {
    fc.assert(
      fc.property(failures, strangersPart, (familiar, part) => {
        const wait = waitFor({ familiar, ...part }, LIMITS, NOW);
        expect(wait?.until).toBe(waitingUntil(familiar, LIMITS.familiar, NOW));
        if (wait === undefined) return;
        expect(wait.reason).toBe("waiting");
        expect(wait.until - NOW).toBeLessThanOrEqual(LIMITS.familiar.longestWait);
      }),
    );
  });
});

/** Which place fails, and when: familiar place 0 or 1, or a strange network by its number. */
type Attempt = { readonly who: "familiar" | "stranger"; readonly place: number; readonly pause: number };

/**
 * Runs a whole history through a user's counters, kept as the guard keeps them. Returns the outcome of each attempt.
 */
function play(history: readonly Attempt[], limits: Limits): string[] {
  const familiar = new Map<number, Failures>();
  const strange = new Map<number, Failures>();
  let strangers: Level | undefined;
  let now = NOW;
  return history.map(({ who, place, pause }) => {
    now += pause;
    const known: Failures = familiar.get(place) ?? { failures: 0, lastFailureAt: 0 };
    const wait = waitFor(
      {
        familiar: who === "familiar" ? known : undefined,
        stranger: strange.get(place),
        site: undefined,
        strangers,
        strangeNetworks: [...strange.values()].filter((each) => standing(each, limits.stranger, now) > 0).length,
      },
      limits,
      now,
    );
    if (wait !== undefined) return `${wait.reason} until ${wait.until}`;
    if (who === "familiar") familiar.set(place, withFailure(known, limits.familiar, now));
    else {
      strange.set(place, withFailure(strange.get(place), limits.stranger, now));
      strangers = levelWith(strangers, 1, limits.strangers, now);
    }
    return "looked at";
  });
}

const history = fc.array(
  fc.record({
    who: fc.constantFrom("familiar" as const, "stranger" as const, "stranger" as const),
    place: fc.nat(5),
    pause: fc.oneof(fc.constant(0), fc.constant(0), fc.nat(2 * SECOND), fc.nat(HOUR)),
  }),
  { maxLength: 300 },
);
/** These limits are so small that random histories reach them. */
const SMALL: Limits = { ...LIMITS, strangers: { burst: 8, perHour: 8 } };

describe("over random histories", () => {
  it("S-21: the same happens to a familiar place whether strangers try or not", () => {
    fc.assert(
      fc.property(history, fc.nat(5), (attempts, mine) => {
        const isMine = ({ who, place }: Attempt): boolean => who === "familiar" && place === mine;
        let skipped = 0;
        // The attempts that are left out keep their pauses.
        const alone = attempts.flatMap((attempt) => {
          if (!isMine(attempt)) {
            skipped += attempt.pause;
            return [];
          }
          const pause = attempt.pause + skipped;
          skipped = 0;
          return [{ ...attempt, pause }];
        });
        const together = play(attempts, SMALL).filter((_, at) =>
          isMine(attempts[at] ?? { who: "stranger", place: 0, pause: 0 }),
        );
        expect(together).toEqual(play(alone, SMALL));
      }),
    );
  });

  it("S-21: a network that has not failed is looked at, whatever all others did", () => {
    fc.assert(
      fc.property(history, (attempts) => {
        expect(play([...attempts, { who: "stranger", place: 99, pause: 0 }], SMALL).at(-1)).toBe("looked at");
      }),
    );
  });

  it("S-20: strange networks together get a burst, a rate, and one first try each", () => {
    fc.assert(
      fc.property(history, (attempts) => {
        const lookedAt = play(attempts, SMALL).flatMap((end, at) =>
          end === "looked at" && attempts[at]?.who === "stranger" ? [attempts[at]] : [],
        );
        const hours = attempts.reduce((sum, { pause }) => sum + pause, 0) / HOUR;
        // A network is clean once an hour, when it is forgotten.
        const firstTries = new Set(lookedAt.map(({ place }) => place)).size * (Math.floor(hours) + 1);
        expect(lookedAt.length).toBeLessThanOrEqual(SMALL.strangers.burst * (1 + hours) + firstTries + 1e-6);
      }),
    );
  });
});

describe("a strange network", () => {
  it("is looked at while it has failed less than the free number of times and there is room", () => {
    const at = (count: number): LockoutState => ({ ...fresh, stranger: { failures: count, lastFailureAt: NOW } });
    expect([0, 1, 4].map((count) => waitFor(at(count), LIMITS, NOW))).toEqual([undefined, undefined, undefined]);
    expect(waitFor(at(5), LIMITS, NOW)).toEqual({ reason: "waiting", until: NOW + 30 * SECOND });
    expect(waitFor(fresh, LIMITS, NOW)).toBeUndefined();
  });

  it("that has failed waits when all together have failed too often; one that has not, does not", () => {
    const failed = { failures: 1, lastFailureAt: NOW };
    const state: LockoutState = { ...fresh, stranger: failed, strangers: fullLevel, strangeNetworks: 100 };
    expect(waitFor(state, LIMITS, NOW)).toEqual({ reason: "strangers-waiting", until: NOW + 36 * SECOND });
    expect(waitFor({ ...state, stranger: undefined }, LIMITS, NOW)).toBeUndefined();
    const forgotten = { failures: 30, lastFailureAt: NOW - HOUR };
    expect(waitFor({ ...state, stranger: forgotten }, LIMITS, NOW)).toBeUndefined();
  });

  it("that has not failed waits too, once more networks have than a guard remembers", () => {
    const state: LockoutState = { ...fresh, strangers: fullLevel, strangeNetworks: MAX_STRANGE_NETWORKS - 1 };
    expect(waitFor(state, LIMITS, NOW)).toBeUndefined();
    const crowded = { ...state, strangeNetworks: MAX_STRANGE_NETWORKS };
    expect(waitFor(crowded, LIMITS, NOW)).toEqual({ reason: "strangers-waiting", until: NOW + 36 * SECOND });
    expect(waitFor({ ...crowded, familiar: { failures: 0, lastFailureAt: 0 } }, LIMITS, NOW)).toBeUndefined();
    expect(waitFor({ ...crowded, strangers: undefined }, LIMITS, NOW)).toBeUndefined();
  });
});

describe("S-21: an IPv6 /48", () => {
  const site = (count: number) => ({ failures: count, lastFailureAt: NOW - 10 * SECOND });
  const state: LockoutState = { ...fresh, strangers: fullLevel, strangeNetworks: 100 };

  it("has four of its networks looked at while strangers are held off, and no more", () => {
    expect(waitFor({ ...state, site: site(MAX_NETWORKS_OF_SITE - 1) }, LIMITS, NOW)).toBeUndefined();
    expect(waitFor({ ...state, site: site(MAX_NETWORKS_OF_SITE) }, LIMITS, NOW)).toMatchObject({
      reason: "strangers-waiting",
    });
    const forgotten = { failures: 40, lastFailureAt: NOW - HOUR };
    expect(waitFor({ ...state, site: forgotten }, LIMITS, NOW)).toBeUndefined();
  });

  it("waits until the later of its own failure and its site's is forgotten", () => {
    const strangers: Level = { level: 10_000, at: NOW };
    const failedAt = (own: number, ofSite: number): LockoutState => ({
      ...{ ...state, strangers },
      stranger: { failures: 1, lastFailureAt: NOW - own },
      site: { failures: MAX_NETWORKS_OF_SITE, lastFailureAt: NOW - ofSite },
    });
    const until = NOW - 10 * SECOND + HOUR;
    expect(waitFor(failedAt(10 * SECOND, 40 * SECOND), LIMITS, NOW)?.until).toBe(until);
    expect(waitFor(failedAt(40 * SECOND, 10 * SECOND), LIMITS, NOW)?.until).toBe(until);
  });

  it("has all of them looked at while strangers are not", () => {
    expect(waitFor({ ...fresh, site: site(60_000) }, LIMITS, NOW)).toBeUndefined();
  });
});

describe("a refusal without a look", () => {
  // A network's guard goes by what users' guards told it (SourceGuard). It must never refuse longer than the user's
  // guard would.
  it("is in force until the time it gives, and no longer for the same reason", () => {
    fc.assert(
      fc.property(standings, (state) => {
        const wait = waitFor(state, LIMITS, NOW);
        if (wait === undefined) return;
        expect(wait.until).toBeGreaterThan(NOW);
        expect(waitFor(state, LIMITS, wait.until - 1)).toBeDefined();
        if (state.strangeNetworks >= MAX_STRANGE_NETWORKS) return; // the rows tell how many are left then
        expect(waitFor(state, LIMITS, wait.until)?.reason).not.toBe(wait.reason);
      }),
    );
  });

  it("S-21: is never longer than what is forgotten, however many strangers there are", () => {
    const strangers: Level = { level: 10_000, at: NOW }; // each clean network counts once: 99 hours of the rate
    const mistyped = { failures: 1, lastFailureAt: NOW - 10 * SECOND };
    for (const strangeNetworks of [200, MAX_STRANGE_NETWORKS]) {
      const wait = waitFor({ ...fresh, stranger: mistyped, strangers, strangeNetworks }, LIMITS, NOW);
      expect(wait).toEqual({ reason: "strangers-waiting", until: NOW - 10 * SECOND + HOUR });
    }
    fc.assert(
      fc.property(standings, (state) => {
        const until = waitFor(state, LIMITS, NOW)?.until ?? NOW;
        expect(until - NOW).toBeLessThanOrEqual(LIMITS.stranger.forgetAfter);
      }),
    );
  });
});

describe("S-23: a network", () => {
  it("waits when it has failed too often, exactly until there is room; a familiar user passes", () => {
    fc.assert(
      fc.property(maybe(level), (state) => {
        const wait = networkWait(state, false, LIMITS.network, NOW);
        expect(wait !== undefined).toBe((state?.level ?? 0) > LIMITS.network.burst - 1);
        expect(networkWait(state, true, LIMITS.network, NOW)).toBeUndefined();
        if (wait === undefined) return;
        expect(wait.reason).toBe("network-waiting");
        expect(networkWait(state, false, LIMITS.network, wait.until - 1)).toBeDefined();
        expect(networkWait(state, false, LIMITS.network, wait.until)).toBeUndefined();
      }),
    );
  });
});
