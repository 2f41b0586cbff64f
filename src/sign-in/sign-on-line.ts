// The line in front of the connector and the token service: so many proved users are signed on at a time, the others wait for
// their turn, and whose turn would come too late is told so at once (docs/design/0011-overload.md). Only a proved user stands in
// line, so who has no app password cannot fill it, and one user has a few places and no more.
//
// A client that goes away ends its request without another word: nothing runs after it. So a place is kept alive by its request,
// and is free when that has been silent for a while. Each looks for its own turn, for no request may wake another.

/** How long the line is, and how patient. */
export type LineLimits = {
  /** Turns at a time. */
  readonly atOnce: number;
  /** Places of those who wait. */
  readonly waiting: number;
  /** Places of one user, turns included. */
  readonly ofOneUser: number;
  /** Longest wait, ms: a client that hears nothing for longer asks again and makes it worse. */
  readonly waitMs: number;
};

/** One isolate's; a connector runs eight programs at once and keeps 64 orders waiting. */
export const LINE_LIMITS: LineLimits = { atOnce: 16, waiting: 256, ofOneUser: 32, waitMs: 10_000 };

/** Time as the line sees it. */
export type Clock = {
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Does something again and again while the request runs; returns what ends it. */
  readonly every: (ms: number, act: () => void) => () => void;
};

const LOOK_EVERY_MS = 50;
const BEAT_EVERY_MS = 1_000;
/** A place whose request was silent for so long is nobody's. A busy isolate may be late with its timers. */
const SILENT_FOR_MS = 8_000;
/** How much of what a turn took lately is the last one. */
const WEIGHT_OF_LAST = 0.2;

type Place = { readonly user: string; seenAt: number };

/** The line of one isolate. */
export class SignOnLine {
  readonly #limits: LineLimits;
  readonly #clock: Clock;
  #turns: Place[] = [];
  #waiting: Place[] = [];
  /** What a turn takes, ms, as it was lately. */
  #turnMs = 0;

  constructor(limits: LineLimits = LINE_LIMITS, clock: Clock = PLATFORM) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Waits for a turn.
   * @returns ends the turn; undefined when none came, or none would come in time: the client is to come back later
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
      // Its own timer was late, and it was taken for gone: it was there before all who are.
      if (!this.#waiting.includes(place)) this.#waiting.unshift(place);
    }
    this.#waiting = this.#waiting.filter((each) => each !== place);
    this.#turns.push(place);
    const since = now();
    // As long as the request runs, its turn is taken.
    const stop = this.#clock.every(BEAT_EVERY_MS, () => {
      place.seenAt = now();
    });
    return () => {
      stop();
      this.#turns = this.#turns.filter((each) => each !== place);
      this.#turnMs += WEIGHT_OF_LAST * (now() - since - this.#turnMs);
    };
  }

  /** Whether the line is full, for everybody or for this user, or is so slow that a place in it would be of no use. */
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
