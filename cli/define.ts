// How a command is written down: its words, its options with the types that they give, its help, and the function that
// does it. `parse.ts` makes the command line, the help and the completion from that.

import { usage } from "./fault.ts";
import type { Api } from "./reach/api.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Answer } from "./text/answer.ts";

/** An option. Its flag is its key in kebab case. `T`: what the command gets. */
export type Option<T> = {
  readonly brief: string;
  /** What stands for the value in the help; without one the option is a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly many?: true;
  /** Must be given; the fix that says how. */
  readonly needed?: string;
  /** The value of the text at `now` (ms). Throws an error that says what to give. */
  readonly read?: (text: string, now: number) => T;
};

/** A switch. */
export const flag = (brief: string): Option<true> => ({ brief });
export const text = (value: string, brief: string): Option<string> => ({ value, brief });
/** May be given several times. */
export const texts = (value: string, brief: string): Option<readonly string[]> => ({ value, brief, many: true });
export const oneOf = <const Choice extends string>(choices: readonly Choice[], brief: string): Option<Choice> => ({
  ...{ value: "one", brief, choices },
});
export const count = (brief: string, min: number, max: number): Option<number> => ({
  ...{ value: "n", brief },
  read: (given) => {
    const number = /^\d{1,9}$/.test(given) ? Number(given) : -1;
    if (number >= min && number <= max) return number;
    throw new Error(`Give a number from ${min} to ${max}.`);
  },
});
/** A moment, in ISO 8601: so long ago, or a date or time. */
export const moment = (brief: string): Option<string> => ({
  ...{ value: "time", brief },
  read: (given, now) => new Date(timeIn(given, now)).toISOString(),
});
/** A span of time, in ms. */
export const span = (brief: string): Option<number> => ({
  ...{ value: "time", brief },
  read: (given) => {
    const ms = durationIn(given);
    if (ms !== undefined && ms > 0) return ms;
    throw new Error(
      /^\d+$/.test(given)
        ? `Give the unit too: ${given}d is days, ${given}h hours, ${given}m minutes.`
        : "Give 15m, 2h or 7d.",
    );
  },
});

/** Of every command that changes something. */
export const WHY = { why: text("text", "why, for the audit; at most 200 characters") };
/** Of every command that lists. */
export const LIST = {
  csv: flag("comma-separated values on standard output, safe to open in a spreadsheet"),
  limit: count("at most so many rows (default 100)", 1, 1_000_000),
  all: flag("every row there is"),
};
/** Of every command that can do many at once. */
export const MANY = {
  file: text("file", 'do it for each line of this file ("-": standard input)'),
  dryRun: flag("say what would be done, and do nothing"),
};

export type Options = Readonly<Record<string, Option<unknown>>>;
type Given<O extends Options> = { readonly [K in keyof O]?: O[K] extends Option<infer T> ? T : never };
type Words<W extends readonly string[]> = {
  readonly [K in keyof W]: W[K] extends `[${string}`
    ? W[K] extends `${string}...]`
      ? string[]
      : string | undefined
    : string;
};

/** What a command gets. */
export type Context<O extends Options = Options, W extends readonly string[] = readonly string[]> = Surroundings & {
  readonly options: Given<O>;
  readonly words: Words<W>;
  /** `--yes` was given. */
  readonly yes: boolean;
  readonly json: boolean;
  /** The gateway of the target. Throws a fault where no target can be used. */
  readonly api: () => Api;
  /** `--target`. */
  readonly target: string | undefined;
};

/** A command. */
export type Command = {
  /** More than the catalogue says of it in one line. */
  readonly help?: string;
  /** Its words: `USER`, `[FILE]` that may be left out, `[USER...]` of which there may be many. */
  readonly words: readonly string[];
  readonly options: Options;
  /** Command lines without `npx postern`. */
  readonly examples: readonly string[];
  /** It changes something at the gateway: its answer names the target. */
  readonly changes: boolean;
  readonly run: (context: Context) => Promise<Answer>;
};

/** Command lines, as a list or as the lines of one text. */
export type Examples = string | readonly string[];

/** Writes a command down. */
export function command<const O extends Options, const W extends readonly string[]>(one: {
  readonly help?: string;
  readonly words?: W;
  readonly options?: O;
  readonly examples?: Examples;
  readonly changes?: boolean;
  readonly run: (context: Context<O, W>) => Promise<Answer>;
}): Command {
  const { words = [], options = {}, examples = [], changes = false, run, ...help } = one;
  const lines = [examples].flat().flatMap((text) => text.split("\n"));
  // `parse.ts` gives each command what its own words and options say, and nothing else.
  return { ...help, words, options, examples: lines, changes, run: run as Command["run"] };
}

/** The fault of options that exclude each other; at most one of the values may be given. */
export function excluding(names: string, ...given: readonly unknown[]): void {
  if (given.filter((value) => value !== undefined).length < 2) return;
  throw usage(`${names} exclude each other`, "Give one of them, or neither.");
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** So many minutes, hours or days in ms; undefined for any other text. */
function durationIn(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/**
 * A time in ms: so long ago, or a date or time in ISO 8601, in UTC unless it names a zone. Throws an error for any
 * other text.
 */
export function timeIn(text: string, now: number): number {
  const ago = durationIn(text);
  if (ago !== undefined) return now - ago;
  const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  // A time of day without a zone would be read as local time.
  const time = iso === null ? Number.NaN : Date.parse(iso[1] !== undefined && iso[4] === undefined ? `${text}Z` : text);
  if (Number.isFinite(time)) return time;
  throw new Error("Give 30m, 24h or 7d for so long ago, or a time such as 2026-11-23 or 2026-11-23T12:00:00Z.");
}
