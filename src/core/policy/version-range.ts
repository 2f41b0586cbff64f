// Ranges of versions: `>=6.25 <7`, `<6.20`, `=16.0.13426.20234`. All comparisons of a range must hold. A version is
// digits and dots. Two versions are compared number by number from the left. A missing number counts as 0, so 6.25
// equals
// 6.25.0.0 and is older than 6.25.0.27.

import { ok, type Result, refuse } from "../result.ts";

/** A version: its numbers from the left. */
export type Version = readonly number[];

type Operator = "<" | "<=" | ">" | ">=" | "=";

/** Comparisons that must all hold. */
export type VersionRange = readonly { readonly operator: Operator; readonly version: Version }[];

export type VersionRangeFault = "not-a-comparison" | "too-many-comparisons";

const MAX_COMPARISONS = 4;
/** Windows and Lync have four numbers, and no product has eight. A number of nine digits is still exact. */
const VERSION = /^\d{1,9}(?:\.\d{1,9}){0,7}$/;
/** Longest text that fits {@link VERSION}. */
const MAX_VERSION_CHARS = 79;

/** Reads a range: comparisons, separated by spaces. */
export function readVersionRange(text: string): Result<VersionRange, VersionRangeFault> {
  const words = text.split(" ").filter((word) => word !== "");
  if (words.length > MAX_COMPARISONS) return refuse("too-many-comparisons");
  const range = words.flatMap((word) => {
    const [, operator = "", rest = ""] = /^(<=|>=|<|>|=)(.*)$/.exec(word) ?? [];
    const version = readVersion(rest);
    return version === undefined ? [] : [{ operator: operator as Operator, version }];
  });
  return range.length === words.length && range.length > 0 ? ok(range) : refuse("not-a-comparison");
}

/** Reads a version; undefined if the text is not one. */
export function readVersion(text: string): Version | undefined {
  return text.length <= MAX_VERSION_CHARS && VERSION.test(text) ? text.split(".").map(Number) : undefined;
}

export function isInRange(range: VersionRange, version: Version): boolean {
  return range.every((comparison) => holds(comparison.operator, compared(version, comparison.version)));
}

/** Below 0: `a` is the older one. */
function compared(a: Version, b: Version): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function holds(operator: Operator, difference: number): boolean {
  switch (operator) {
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
    case "=":
      return difference === 0;
  }
}
