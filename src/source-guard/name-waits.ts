// How long each name has to wait that was tried from this network, by each client. The waits grow as they do for
// strangers at a user's guard, and are the same for names of users and for names that belong to nobody. So the
// network's count depends only on what was typed, and somebody who observes it learns nothing about a name (S-22). They
// are in memory: an object that the platform moves forgets them, for all names alike. The durable counters behind them
// still work.

import {
  type Failures,
  fullUntil,
  type Level,
  levelWith,
  standing,
  waitingUntil,
  withFailure,
} from "../core/lockout/counter.ts";
import type { RateLimits, WaitLimits } from "../core/lockout/limits.ts";
import { BoundedMap } from "../core/text/bounded-map.ts";
import type { NameAndClient } from "../guards/network-question.ts";

/** For names and clients, bytes: some 5,000, each of two hashes and three numbers. */
const MAX_STATES_BYTES = 1_500_000;
/** For names whose revoked app passwords were tried, bytes. */
const MAX_RECOGNISED_BYTES = 500_000;
/** What a few numbers take, bytes. */
const NUMBERS_BYTES = 64;
/**
 * How many revoked app passwords, or app passwords of blocked devices, may be tried with one name. They are no guesses,
 * so a device that repeats its old one is never delayed. A flood of them is delayed for seconds.
 */
const RECOGNISED: RateLimits = { burst: 10, perHour: 600 };

/** How long an attempt may be under way, ms. After that it stays the failure that it was counted as. */
const NEWS_WITHIN_MS = 1_000;
/** For attempts that are under way, bytes: some 1,000 names and clients. */
const MAX_UNDER_WAY_BYTES = 500_000;
/** The memory for a promise with its end, bytes. */
const PROMISE_BYTES = 256;

/** Attempts that were counted and have not ended. `news`: resolves when one does. */
type UnderWay = {
  readonly attempts: number;
  readonly until: number;
  readonly news: Promise<void>;
  readonly tell: () => void;
};

/** `counted`: how much of the network's count is from this name since its last success. */
type State = Failures & { readonly counted: number };

export class NameWaits {
  readonly #limits: WaitLimits;
  readonly #states = new BoundedMap<State>(MAX_STATES_BYTES, () => NUMBERS_BYTES);
  readonly #underWay = new BoundedMap<UnderWay>(MAX_UNDER_WAY_BYTES, () => PROMISE_BYTES);
  readonly #recognised = new BoundedMap<Level>(MAX_RECOGNISED_BYTES, () => NUMBERS_BYTES);

  /** `limits`: those that a user's guard has for one stranger. */
  constructor(limits: WaitLimits) {
    this.#limits = limits;
  }

  /** Until when this client has to wait with this name (ms), if it has to. */
  until(who: NameAndClient, now: number): number | undefined {
    return (
      waitingUntil(this.#states.get(keyOf(who)), this.#limits, now) ??
      fullUntil(this.#recognised.get(who.name), RECOGNISED, now)
    );
  }

  /**
   * What an attempt waits for before it is refused. Attempts are counted as failures before they are looked at, but a
   * client that signs in over six connections at once has not failed. Undefined: enough attempts have really failed, or
   * this one need not wait.
   */
  undecided(who: NameAndClient, now: number): Promise<unknown> | undefined {
    const key = keyOf(who);
    const state = this.#states.get(key);
    const underWay = this.#underWay.get(key);
    if (underWay === undefined || underWay.until <= now) return undefined;
    if (waitingUntil(state, this.#limits, now) === undefined) return undefined;
    if (standing(state, this.#limits, now) - underWay.attempts >= this.#limits.free) return undefined;
    const late = scheduler.wait(NEWS_WITHIN_MS).then(() => {
      if (this.#underWay.get(key) === underWay) this.#underWay.delete(key);
    });
    return Promise.race([underWay.news, late]);
  }

  /** One failure more. */
  count(who: NameAndClient, now: number): void {
    this.#changeUnderWay(keyOf(who), 1, now);
    const before = this.#states.get(keyOf(who));
    const counted = (before?.counted ?? 0) + 1;
    this.#states.set(keyOf(who), { ...withFailure(before, this.#limits, now), counted });
  }

  #changeUnderWay(key: string, change: 1 | -1, now: number): void {
    const before = this.#underWay.get(key);
    const attempts = (before?.attempts ?? 0) + change;
    if (attempts <= 0) this.#underWay.delete(key);
    else {
      let tell = (): void => undefined;
      const news = new Promise<void>((resolve) => {
        tell = resolve;
      });
      this.#underWay.set(key, { attempts, until: now + NEWS_WITHIN_MS, news, tell });
    }
    before?.tell();
  }

  /** One attempt that was counted proved not to be a failure. */
  takeBack(who: NameAndClient, now: number): void {
    this.#changeUnderWay(keyOf(who), -1, now);
    const before = this.#states.get(keyOf(who));
    if (before === undefined) return;
    const failures = Math.max(0, standing(before, this.#limits, now) - 1);
    this.#states.set(keyOf(who), { ...before, failures, counted: Math.max(0, before.counted - 1) });
  }

  /** Somebody tried an app password that this user had once. */
  recognised({ name }: NameAndClient, now: number): void {
    this.#recognised.set(name, levelWith(this.#recognised.get(name), 1, RECOGNISED, now));
  }

  /** How much of the network's count is from this name, tried by this client, since its last success. */
  countedFor(who: NameAndClient): number {
    return this.#states.get(keyOf(who))?.counted ?? 0;
  }

  /** This client has signed in with this name. `itself`: with an attempt that was counted. */
  succeeded(who: NameAndClient, itself: boolean, now: number): void {
    this.#states.delete(keyOf(who));
    if (itself) this.#changeUnderWay(keyOf(who), -1, now);
    this.#recognised.delete(who.name);
  }

  /** Forgets everything, or what it has about these names. */
  clear(names?: readonly string[]): void {
    for (const key of this.#states.keys()) if (names?.includes(nameIn(key)) ?? true) this.#states.delete(key);
    for (const name of this.#recognised.keys()) if (names?.includes(name) ?? true) this.#recognised.delete(name);
  }
}

const keyOf = ({ name, client }: NameAndClient): string => `${name} ${client}`;
const nameIn = (key: string): string => key.split(" ")[0] ?? "";
