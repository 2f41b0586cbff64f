// What a network's guard holds against each name that was tried from there, by each client: the same growing waits as a
// user's guard has for strangers, for names that exist and for names that nobody has. So what the network's count comes to
// depends on what was typed and on nothing else, and whoever reads it off learns nothing about a name (S-22). In memory: an
// object that the platform moves forgets it, for all names alike, and the durable counters behind it still hold.

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
 * Revoked app passwords, and those of blocked devices, that one name may be tried with. They are no guesses, and a device that
 * tries its old one by itself is never held up; a flood of them is, for seconds.
 */
const RECOGNISED: RateLimits = { burst: 10, perHour: 600 };

/** How long an attempt may be under way before it is taken for the failure it was counted as, ms. */
const NEWS_WITHIN_MS = 1_000;
/** For attempts that are under way, bytes: some 1,000 names and clients. */
const MAX_UNDER_WAY_BYTES = 500_000;
/** What a promise with its end takes, bytes. */
const PROMISE_BYTES = 256;

/** Attempts that were counted and have not ended. `news`: resolves when one does. */
type UnderWay = {
  readonly attempts: number;
  readonly until: number;
  readonly news: Promise<void>;
  readonly tell: () => void;
};

/** `counted`: of the network's count, how much is this name's since its last success. */
type State = Failures & { readonly counted: number };

export class NameWaits {
  readonly #limits: WaitLimits;
  readonly #states = new BoundedMap<State>(MAX_STATES_BYTES, () => NUMBERS_BYTES);
  readonly #underWay = new BoundedMap<UnderWay>(MAX_UNDER_WAY_BYTES, () => PROMISE_BYTES);
  readonly #recognised = new BoundedMap<Level>(MAX_RECOGNISED_BYTES, () => NUMBERS_BYTES);

  /** `limits`: those of a stranger at one user. */
  constructor(limits: WaitLimits) {
    this.#limits = limits;
  }

  /** Until when this client has to wait with this name, if it has (ms). */
  until(who: NameAndClient, now: number): number | undefined {
    return (
      waitingUntil(this.#states.get(keyOf(who)), this.#limits, now) ??
      fullUntil(this.#recognised.get(who.name), RECOGNISED, now)
    );
  }

  /**
   * What an attempt has to wait for before it is refused: attempts are counted as failures before they are looked at, and a client
   * that signs in over six connections at once has not failed. Undefined: enough have failed, or none has to wait.
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

  /** One failure was none. */
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

  /** What of the network's count is this name's, by this client, since its last success. */
  countedFor(who: NameAndClient): number {
    return this.#states.get(keyOf(who))?.counted ?? 0;
  }

  /** This client has signed in with this name; `itself`: by an attempt that was counted. */
  succeeded(who: NameAndClient, itself: boolean, now: number): void {
    this.#states.delete(keyOf(who));
    if (itself) this.#changeUnderWay(keyOf(who), -1, now);
    this.#recognised.delete(who.name);
  }

  /** Forgets all, or all of these names. */
  clear(names?: readonly string[]): void {
    for (const key of this.#states.keys()) if (names?.includes(nameIn(key)) ?? true) this.#states.delete(key);
    for (const name of this.#recognised.keys()) if (names?.includes(name) ?? true) this.#recognised.delete(name);
  }
}

const keyOf = ({ name, client }: NameAndClient): string => `${name} ${client}`;
const nameIn = (key: string): string => key.split(" ")[0] ?? "";
