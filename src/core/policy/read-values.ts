// Collects the faults of a policy, and has the readers that all parts of a policy share. A reader returns the value, or
// adds a fault and returns undefined.

import { printable } from "../text/printable.ts";
import type { PolicyFault } from "./types.ts";

/** At most this many faults are listed. More would not help, and a policy written by a person never has so many. */
const MAX_FAULTS = 200;
/** How many characters of a wrong value a fault repeats at most. */
const MAX_SHOWN_CHARS = 60;

export class Faults {
  readonly #found: PolicyFault[] = [];

  get all(): readonly PolicyFault[] {
    return this.#found;
  }

  add(path: string, message: string): void {
    if (this.#found.length < MAX_FAULTS) this.#found.push({ path, message });
  }

  /** Adds a fault and returns undefined, for a reader that has no value to return. */
  none(path: string, message: string): undefined {
    this.add(path, message);
    return undefined;
  }

  /** Adds a fault for each key that is not one of `known`. */
  unknownKeys(path: string, value: Readonly<Record<string, unknown>>, known: readonly string[]): void {
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      const lower = key.toLowerCase().replaceAll(/[-_]/g, "");
      const meant = known.find((name) => name.toLowerCase() === lower);
      const fix = meant === undefined ? `There are: ${known.join(", ")}.` : `Write ${meant}.`;
      this.add(inside(path, key), `There is no such key. ${fix}`);
    }
  }

  oneOf<Word extends string>(path: string, value: unknown, words: readonly Word[]): Word | undefined {
    const word = words.find((each) => each === value);
    if (word === undefined) this.add(path, `Write ${anyOf(words)}, not ${shown(value)}.`);
    return word;
  }

  /** `or`: what else may be written there. */
  wholeNumber(path: string, value: unknown, from: number, to: number, or = ""): number | undefined {
    if (typeof value === "number" && Number.isInteger(value) && value >= from && value <= to) return value;
    this.add(path, `Write a whole number from ${from} to ${to}${or}, not ${shown(value)}.`);
    return undefined;
  }
}

/** An object with keys, as JSON and TOML have it. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The path of a key: `rules[2].when`, and for a key with odd characters `rules[2]."wh en"`. */
function inside(path: string, key: string): string {
  const name = /^[A-Za-z0-9_-]{1,40}$/.test(key) ? key : shown(key);
  return path === "" ? name : `${path}.${name}`;
}

/** What was given, for a fault: short, printable, on one line. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "nothing";
    case "string": {
      return `"${printable(value, MAX_SHOWN_CHARS)}${value.length > MAX_SHOWN_CHARS ? "…" : ""}"`;
    }
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    default:
      if (value === null) return "null";
      if (Array.isArray(value)) return "a list";
      return value instanceof Date ? "a date" : "a table";
  }
}

const anyOf = (words: readonly string[]): string =>
  words
    .map((word) => `"${word}"`)
    .join(", ")
    .replace(/, ([^,]*)$/, " or $1");
