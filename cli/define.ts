// How a command is described: its words, its options and their types, its help, and the function that does the work.
// From this, `parse.ts` makes the command line, the help and the completion.

import { usage } from "./fault.ts";
import type { Api } from "./reach/api.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Answer } from "./text/answer.ts";
import { durationIn, timeIn } from "./time.ts";

/** An option. Its flag is its key in kebab case. `T`: the type of the value that the command gets. */
export type Option<T> = {
  readonly brief: string;
  /** The name of the value in the help. An option without one is a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** The option may be given several times. */
  readonly many?: true;
  /** Reads the text of the value at `now` (ms). Throws an error that says what to give instead. */
  readonly read?: (text: string, now: number) => T;
};

/** A switch. */
export const flag = (brief: string): Option<true> => ({ brief });
export const text = (value: string, brief: string): Option<string> => ({ value, brief });
/** An option that may be given several times. */
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
/** An option for a moment, in ISO 8601. The user gives a date, a time, or how long ago it was. */
export const moment = (brief: string): Option<string> => ({
  ...{ value: "time", brief },
  read: (given, now) => new Date(timeIn(given, now)).toISOString(),
});
/** An option for a span of time, in ms. */
export const span = (brief: string): Option<number> => ({
  ...{ value: "time", brief },
  read: (given) => {
    const ms = durationIn(given);
    if (ms !== undefined && ms > 0) return ms;
    throw new Error("Give 15m, 2h or 7d.");
  },
});

/** The option of every command that changes something. */
export const WHY = { why: text("text", "why, for the audit; at most 200 characters") };
/** The options of every command that lists something. */
export const LIST = {
  csv: flag("comma-separated values on standard output, safe to open in a spreadsheet"),
  limit: count("at most so many rows (default 100)", 1, 1_000_000),
  all: flag("every row there is"),
};
/** The options of every command that can change many at once. */
export const MANY = {
  file: text("file", 'do it for each line of this file ("-": standard input)'),
  dryRun: flag("say what would be done, and do nothing"),
};

type Options = Readonly<Record<string, Option<unknown>>>;
type Given<O extends Options> = { readonly [K in keyof O]?: O[K] extends Option<infer T> ? T : never };
type Words<W extends readonly string[]> = {
  readonly [K in keyof W]: W[K] extends `[${string}`
    ? W[K] extends `${string}...]`
      ? string[]
      : string | undefined
    : string;
};

/** What a command is given to work with. */
export type Context<O extends Options = Options, W extends readonly string[] = readonly string[]> = Surroundings & {
  readonly options: Given<O>;
  readonly words: Words<W>;
  /** `--yes` was given. */
  readonly yes: boolean;
  readonly json: boolean;
  /** Finds the gateway of the target. Throws a fault when no target can be used. */
  readonly api: () => Api;
  /** The value of `--target`. */
  readonly target: string | undefined;
};

/** A command. */
export type Command = {
  /** What the help says besides the line in the catalogue. */
  readonly help?: string;
  /** Its words. `USER` must be given, `[FILE]` may be left out, and of `[USER...]` there may be many. */
  readonly words: readonly string[];
  readonly options: Options;
  /** Examples: command lines without `npx postern`. */
  readonly examples: readonly string[];
  /** The command changes something at the gateway, so its answer names the target. */
  readonly changes: boolean;
  readonly run: (context: Context) => Promise<Answer>;
};

/** Makes a command from its description. */
export function command<const O extends Options, const W extends readonly string[]>(one: {
  readonly help?: string;
  readonly words?: W;
  readonly options?: O;
  readonly examples?: readonly string[];
  readonly changes?: boolean;
  readonly run: (context: Context<O, W>) => Promise<Answer>;
}): Command {
  const { words = [], options = {}, examples = [], changes = false, run, ...help } = one;
  // `parse.ts` gives each command the values of its own words and options, and nothing else.
  return { ...help, words, options, examples, changes, run: run as Command["run"] };
}

/** The fault of options that exclude each other. At most one of the values may be given. */
export function excluding(names: string, ...given: readonly unknown[]): void {
  if (given.filter((value) => value !== undefined).length < 2) return;
  throw usage(`${names} exclude each other`, "Give one of them, or neither.");
}
