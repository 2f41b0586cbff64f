// The line in front of the connector and the token service. A limited number of proved users are signed on at one time,
// and the others wait for their turn. A user whose turn would come too late is told so at once
// (docs/design/0011-overload.md). Only proved users stand in line, so nobody without an app password can fill it, and
// one user has only a few places.
//
// When a client goes away, its request ends without notice: nothing runs after it. So a request keeps its own place
// alive, and the place is free when the request has been silent for a while. Each request looks for its own turn,
// because no request may wake another.

import { LINE_LIMITS, type LineLimits } from "./line-limits.ts";

/** Time as the line sees it. */
export type Clock = {
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Repeats something while the request runs; returns what ends it. */
  readonly every: (ms: number, act: () => void) => () => void;
};

const LOOK_EVERY_MS = 50;
const BEAT_EVERY_MS = 1_000;
/** When a request has been silent for so long, its place is free. A busy isolate may be late with its timers. */
const SILENT_FOR_MS = 8_000;
/** The weight of the last turn in the average time of a turn. */
const WEIGHT_OF_LAST = 0.2;

type Place = { readonly user: string; seenAt: number };

/** The line of one isolate. */
export class SignOnLine {
  readonly #limits: LineLimits;
  readonly #clock: Clock;
  #turns: Place[] = [];
  #waiting: Place[] = [];
  /** The recent average time of a turn, ms. */
  #turnMs = 0;

  constructor(limits: LineLimits = LINE_LIMITS, clock: Clock = PLATFORM) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Waits for a turn.
   * @returns a function that ends the turn; undefined when no turn came, or none would come in time: the client is to
   * come back later
   */
  async turn(user: string): Promise<(() => void) | undefined> {
    const { now } = this.#clock;
    this.#forgetSilent(now());
    if (this.#hasNoPlaceFor(user)) return undefined;
    const place: Place = { user, seenAt: now() };
    const end = now() + this.#limits.waitMs;
    this.#waiting.push(place);
    while (!this.#isNext(place)) {
      if (now() >= end) {
        this.#waiting = this.#waiting.filter((each) => each !== place);
        return undefined;
      }
      await this.#clock.wait(LOOK_EVERY_MS);
      place.seenAt = now();
      this.#forgetSilent(now());
      // This request's timer was late, so it was taken for gone. It came before all who wait now.
      if (!this.#waiting.includes(place)) this.#waiting.unshift(place);
    }
    this.#waiting = this.#waiting.filter((each) => each !== place);
    this.#turns.push(place);
    const since = now();
    // The turn is taken for as long as the request runs.
    const stop = this.#clock.every(BEAT_EVERY_MS, () => {
      place.seenAt = now();
    });
    return () => {
      stop();
      this.#turns = this.#turns.filter((each) => each !== place);
      this.#turnMs += WEIGHT_OF_LAST * (now() - since - this.#turnMs);
    };
  }

  /** Whether the line is full for everybody or for this user, or so slow that a place in it would be useless. */
  #hasNoPlaceFor(user: string): boolean {
    const { atOnce, waiting, ofOneUser, waitMs } = this.#limits;
    const own = [...this.#turns, ...this.#waiting].filter((each) => each.user === user).length;
    const ahead = this.#waiting.length + this.#turns.length - atOnce + 1;
    const expectedMs = (Math.max(0, ahead) / atOnce) * this.#turnMs;
    return own >= ofOneUser || this.#waiting.length >= waiting || expectedMs > waitMs;
  }

  #isNext(place: Place): boolean {
    const free = this.#limits.atOnce - this.#turns.length;
    return this.#waiting.indexOf(place) < free;
  }

  #forgetSilent(now: number): void {
    const isThere = ({ seenAt }: Place): boolean => now - seenAt < SILENT_FOR_MS;
    this.#turns = this.#turns.filter(isThere);
    this.#waiting = this.#waiting.filter(isThere);
  }
}

const PLATFORM: Clock = {
  now: () => Date.now(),
  wait: (ms) => scheduler.wait(ms),
  every: (ms, act) => {
    const timer = setInterval(act, ms);
    return () => clearInterval(timer);
  },
};
