// What one isolate counts. The counts only grow, and go to D1 as one row that replaces itself, so a row that is written
// twice counts once. After a silence the isolate begins another row, because the cron trigger may have folded the old
// one into the sum of all (store/meters.ts).

import { BOUNDS_MS, type CounterKey, type HistogramKey, MORE, SEPARATOR, SUM } from "./families.ts";

/**
 * More keys than this are not counted. Labels come from closed lists that have fewer, so this is never reached, and if
 * a list ever lets in what it should not, memory has a bound all the same (S-44).
 */
export const MAX_KEYS = 1_500;
/** After this time without a write, an isolate begins another row, ms. Folding waits twice as long. */
export const NEW_ROW_AFTER_MS = 30 * 60_000;
/**
 * A poll of which nothing was heard for this time is not counted as open, ms. When a client goes away before the answer
 * has begun, the platform ends the request without a word, so such a poll counts until then. One that is silent is sent
 * to the Front-End again every 90 s.
 */
const LONGEST_POLL_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

/** A row as D1 gets it. Times in ms; 0: never. */
export type MeterRow = {
  readonly isolate: string;
  readonly at: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly openPolls: number;
  readonly connectorAt: number;
  readonly frontEndAt: number;
};

/** A poll that is counted as open. */
export type CountedPoll = {
  /** It is open at `now` (ms), too. */
  readonly stillOpen: (now: number) => void;
  /** It has ended. A second call changes nothing. */
  readonly ended: () => void;
};

/** Outcomes of a sign-on for which nobody has answered: nobody was there, or nobody was asked. */
const NOT_ANSWERED: ReadonlySet<string> = new Set([
  ...["unreachable", "not-configured", "sts-unreachable", "sts-not-configured", "sts-no-sid", "sts-no-soap"],
]);

/** The counts of one isolate. */
export class Meters {
  readonly #counts = new Map<string, number>();
  /** How many polls began in each minute and are still open. */
  readonly #polls = new Map<number, number>();
  /** What D1 is known to have of the row. */
  #stored: ReadonlyMap<string, number> = new Map();
  #isolate: string | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  #connectorAt = 0;
  #frontEndAt = 0;
  #changed = false;

  /** Counts one more of a family. Every label is one of Postern's own words. */
  count(family: CounterKey, ...labels: readonly string[]): void {
    let key: string = family;
    for (const label of labels) key += SEPARATOR + label;
    this.#add(key, 1);
  }

  /** Counts how long something took, ms. */
  time(family: HistogramKey, label: string, ms: number): void {
    const bound = BOUNDS_MS.find((each) => ms <= each) ?? MORE;
    const series = family + SEPARATOR + label + SEPARATOR;
    this.#add(series + bound, 1);
    this.#add(series + SUM, Math.max(0, ms));
  }

  /** The Front-End answered at `now` (ms) with this status; undefined: it could not be reached. */
  frontEnd(status: number | undefined, now: number): void {
    this.count("frontEnd", status === undefined ? "unreachable" : statusClass(status));
    if (status !== undefined) this.#frontEndAt = now;
  }

  /** The connector was asked at `now` (ms). `outcome`: `ok`, or the reason why it gave no token. */
  connector(outcome: string, now: number): void {
    this.count("connector", outcome);
    // It answered, also when it refuses an account.
    if (!NOT_ANSWERED.has(outcome)) this.#connectorAt = now;
  }

  /** A poll is open from `now` (ms) on. */
  pollOpened(now: number): CountedPoll {
    let minute = this.#countPoll(now);
    let open = true;
    const uncount = (): void => {
      const left = this.#polls.get(minute);
      if (left === undefined) return;
      if (left > 1) this.#polls.set(minute, left - 1);
      else this.#polls.delete(minute);
    };
    return {
      stillOpen: (at) => {
        if (!open) return;
        uncount();
        minute = this.#countPoll(at);
      },
      ended: () => {
        if (!open) return;
        open = false;
        this.#changed = true;
        uncount();
      },
    };
  }

  #countPoll(now: number): number {
    const minute = now - (now % MINUTE_MS);
    this.#polls.set(minute, (this.#polls.get(minute) ?? 0) + 1);
    this.#changed = true;
    return minute;
  }

  /** How many polls are open at `now` (ms). */
  openPolls(now: number): number {
    let open = 0;
    for (const [minute, polls] of this.#polls) {
      if (minute < now - LONGEST_POLL_MS) this.#polls.delete(minute);
      else open += polls;
    }
    return open;
  }

  get keys(): number {
    return this.#counts.size;
  }

  /** Whether anything was counted since the last {@link row}. */
  get changed(): boolean {
    return this.#changed;
  }

  /** The row to write at `now` (ms). */
  row(now: number): MeterRow {
    if (this.#isolate === undefined || now - this.#triedAt > NEW_ROW_AFTER_MS) this.#beginRow();
    this.#triedAt = now;
    this.#changed = false;
    return {
      ...{ isolate: this.#isolate ?? "", at: now, counts: Object.fromEntries(this.#counts) },
      ...{ openPolls: this.openPolls(now), connectorAt: this.#connectorAt, frontEndAt: this.#frontEndAt },
    };
  }

  /** D1 has the row. */
  stored({ isolate, counts }: MeterRow): void {
    if (isolate === this.#isolate) this.#stored = new Map(Object.entries(counts));
  }

  /** What the old row has is not counted in the new one. */
  #beginRow(): void {
    for (const [key, count] of this.#stored) {
      const left = (this.#counts.get(key) ?? 0) - count;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    }
    this.#stored = new Map();
    this.#isolate = crypto.randomUUID();
  }

  #add(key: string, by: number): void {
    const before = this.#counts.get(key);
    if (before === undefined && this.#counts.size >= MAX_KEYS) return;
    this.#counts.set(key, (before ?? 0) + by);
    this.#changed = true;
  }
}

/** The counts of this isolate. */
export const meters = new Meters();

/** The class of a status: `2xx`. */
export const statusClass = (status: number): string =>
  status >= 100 && status <= 599 ? `${Math.floor(status / 100)}xx` : "other";
