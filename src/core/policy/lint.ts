// Finds rules that are allowed in a policy but surely not meant: rules that can never decide, because an earlier one
// always does or because they contradict themselves, and rules that apply to more people than one would think.

import { globMatches } from "./glob.ts";
import { isInNetwork, readNetworkRange } from "./network-range.ts";
import { type Conditions, type Match, type Policy, type PolicyFault, type Rule, UNKNOWN } from "./types.ts";

/** A warning for each rule that no request ever reaches, or that nothing can match. */
export function lintPolicy({ rules }: Policy): readonly PolicyFault[] {
  return [...rules.flatMap((rule, at) => unreached(rule, at, rules)), ...rules.flatMap(wideIdentity)];
}

/**
 * A rule that makes the app password the device, for any user. Facts are only what a client says, so the rule applies
 * to everybody whose client says the same.
 */
function wideIdentity({ code, identity, when }: Rule, at: number): readonly PolicyFault[] {
  if (identity === undefined || when.user !== undefined || when.group !== undefined) return [];
  const message =
    `"${code}" makes the app password the device and names neither user nor group: it holds for every user whose new app ` +
    "password comes from a client that says it is such a one. Add user or group.";
  return [{ place: `rules[${at}]`, message }];
}

function unreached({ code, when: { not, ...when } }: Rule, at: number, rules: readonly Rule[]): readonly PolicyFault[] {
  const place = `rules[${at}]`;
  if (not !== undefined && coversAll(not, when)) {
    return [
      { place, message: `"${code}" never matches, for its "not" holds whenever the rest does. Remove one of them.` },
    ];
  }
  const before = rules.slice(0, at).findIndex((earlier) => covers(earlier.when, not ? { ...when, not } : when));
  const earlier = rules[before];
  if (earlier === undefined) return [];
  const why = Object.keys(earlier.when).length === 0 ? "always matches" : `matches whenever "${code}" does`;
  const fix = "The first that matches decides: put this one before it, or remove it.";
  const message = `"${code}" never decides, for "${earlier.code}" (rules[${before}]) ${why}. ${fix}`;
  return [{ place, message }];
}

/**
 * Whether the wide one certainly holds whenever the narrow one does. Ranges, and patterns with wildcards, are compared
 * only as text. So a yes is certain, and a no is not.
 */
export function covers({ not: wideNot, ...wide }: Match, { not: narrowNot, ...narrow }: Match): boolean {
  if (!coversAll(wide, narrow)) return false;
  // For `not` the direction is reversed: the rule that excludes more is narrower.
  return wideNot === undefined || (narrowNot !== undefined && coversAll(narrowNot, wideNot));
}

/** Each condition of the wide one stands in the narrow one too, with nothing in its list that goes further. */
function coversAll(wide: Conditions, narrow: Conditions): boolean {
  const lists: Readonly<Record<string, readonly (string | number)[] | undefined>> = narrow;
  return Object.entries(wide).every(([name, list]) => {
    const items: readonly (string | number)[] = list;
    return lists[name]?.every((item) => items.some((each) => includes(name, each, item))) === true;
  });
}

/** Whether what one entry of a condition fits is all that another fits. */
function includes(name: string, wide: string | number, narrow: string | number): boolean {
  if (wide === narrow) return true;
  if (typeof wide !== "string" || typeof narrow !== "string" || wide === UNKNOWN || narrow === UNKNOWN) return false;
  switch (name) {
    case "product":
    case "model":
    case "os":
    case "userAgent":
    case "user":
    case "workstation":
      return /[*?]/.test(narrow) ? wide.toLowerCase() === narrow.toLowerCase() : globMatches(wide, narrow);
    case "group":
      return wide.toLowerCase() === narrow.toLowerCase();
    case "network": {
      const [outer, inner] = [readNetworkRange(wide), readNetworkRange(narrow)];
      return outer.ok && inner.ok && isInNetwork(outer.value, inner.value);
    }
    default:
      return false;
  }
}
