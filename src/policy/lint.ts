// What is allowed in a policy and surely not meant: rules that can never decide, because one before them always does.

import type { Conditions, Match, Policy, PolicyFault } from "./types.ts";

/** A warning for each rule that no request ever reaches. */
export function lintPolicy({ rules }: Policy): readonly PolicyFault[] {
  return rules.flatMap(({ code, when }, at) => {
    const before = rules.slice(0, at).findIndex((earlier) => covers(earlier.when, when));
    const earlier = rules[before];
    if (earlier === undefined) return [];
    const why = Object.keys(earlier.when).length === 0 ? "always matches" : `matches whenever "${code}" does`;
    const fix = "The first that matches decides: put this one before it, or remove it.";
    return [
      {
        place: `rules[${at}]`,
        message: `"${code}" never decides, for "${earlier.code}" (rules[${before}]) ${why}. ${fix}`,
      },
    ];
  });
}

/**
 * Whether the wide one certainly holds whenever the narrow one does, as far as the words tell: patterns and ranges are
 * compared as they are written, so a yes is sure, and a no is not.
 */
export function covers({ not: wideNot, ...wide }: Match, { not: narrowNot, ...narrow }: Match): boolean {
  if (!coversAll(wide, narrow)) return false;
  // What is excluded goes the other way: whoever excludes more is narrower.
  return wideNot === undefined || (narrowNot !== undefined && coversAll(narrowNot, wideNot));
}

/** Each condition of the wide one stands in the narrow one too, with no more in its list. */
function coversAll(wide: Conditions, narrow: Conditions): boolean {
  const lists: Readonly<Record<string, readonly (string | number)[] | undefined>> = narrow;
  return Object.entries(wide).every(([name, list]) => {
    const items: readonly (string | number)[] = list;
    return lists[name]?.every((item) => items.includes(item)) === true;
  });
}
