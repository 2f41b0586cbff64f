// Finds rules that a policy may have but that nobody means to write. Some can never decide, because an earlier rule
// always decides or because they contradict themselves. Others apply to more people than one would think.

import { globMatches } from "./glob.ts";
import { isInNetwork, readNetworkRange } from "./network-range.ts";
import { type Conditions, type Match, type Policy, type PolicyFault, type Rule, UNKNOWN } from "./types.ts";

/** Where the warning about a missing portal stands. */
export const MODE_PATH = "enrolment.mode";
/** Where the warning about a missing token service stands. */
export const PASSIVE_PATH = "passive";

/**
 * A warning for each rule that no request ever reaches, or that nothing can match. `portal`, `page`: whether the gateway
 * has the portal and the page of its token service, if that is known.
 */
export function lintPolicy(
  { enrolment, passive, rules }: Policy,
  { portal = true, page = true }: { readonly portal?: boolean; readonly page?: boolean } = {},
): readonly PolicyFault[] {
  const nobody = enrolment.mode === "self" && !portal ? [WITHOUT_PORTAL] : [];
  const { mode, must, may } = passive;
  const noPage = page
    ? []
    : mode === "must" || must.length > 0
      ? [MUST_WITHOUT_PAGE]
      : mode === "may" || may.length > 0
        ? [MAY_WITHOUT_PAGE]
        : [];
  return [
    ...nobody,
    ...noPage,
    ...rules.flatMap((rule, at) => unreached(rule, at, rules)),
    ...rules.flatMap(wideIdentity),
  ];
}

const WITHOUT_PORTAL: PolicyFault = {
  path: MODE_PATH,
  message:
    'With "self" people approve their own devices in the portal, and this gateway has none: new devices wait until an ' +
    'administrator approves them. Set PORTAL_HOST, or write "approval".',
};

const MUST_WITHOUT_PAGE: PolicyFault = {
  path: PASSIVE_PATH,
  message:
    'Who is "must" here signs in by the page alone, and this gateway has none: these people cannot sign in at all. ' +
    "Set STS_HOST and what goes with it (docs/passive.md), or take them out.",
};

const MAY_WITHOUT_PAGE: PolicyFault = {
  path: PASSIVE_PATH,
  message:
    'Who is "may" here could sign in by the page, and this gateway has none, so it does nothing. ' +
    "Set STS_HOST and what goes with it (docs/passive.md), or take it out.",
};

/**
 * Warns of a rule that makes the app password the device for any user. Facts are only what a client says about itself,
 * so the rule applies to every user whose client says the same.
 */
function wideIdentity({ code, identity, when }: Rule, at: number): readonly PolicyFault[] {
  if (identity === undefined || when.user !== undefined || when.group !== undefined) return [];
  const message =
    `"${code}" makes the app password the device and names neither user nor group. So it holds for every user whose ` +
    "client says about itself what the rule asks for. Add user or group.";
  return [{ path: `rules[${at}]`, message }];
}

function unreached({ code, when: { not, ...when } }: Rule, at: number, rules: readonly Rule[]): readonly PolicyFault[] {
  const path = `rules[${at}]`;
  if (not !== undefined && coversAll(not, when)) {
    return [
      {
        path,
        message: `"${code}" never matches: whenever its other conditions hold, those in its "not" hold too. Remove one side.`,
      },
    ];
  }
  const before = rules.slice(0, at).findIndex((earlier) => covers(earlier.when, not ? { ...when, not } : when));
  const earlier = rules[before];
  if (earlier === undefined) return [];
  const why = Object.keys(earlier.when).length === 0 ? "always matches" : `matches whenever "${code}" does`;
  const fix = "The first rule that matches decides. Put this rule before that one, or remove it.";
  const message = `"${code}" never decides, because "${earlier.code}" (rules[${before}]) ${why}. ${fix}`;
  return [{ path, message }];
}

/**
 * Whether `wide` certainly holds whenever `narrow` does. Ranges and patterns with wildcards are compared only as text.
 * So `true` is certain, and `false` may be wrong.
 */
export function covers({ not: wideNot, ...wide }: Match, { not: narrowNot, ...narrow }: Match): boolean {
  if (!coversAll(wide, narrow)) return false;
  // For `not` the direction is reversed: the rule that excludes more is narrower.
  return wideNot === undefined || (narrowNot !== undefined && coversAll(narrowNot, wideNot));
}

/** Whether `narrow` has every condition of `wide`, each with a list that allows no more than that of `wide`. */
function coversAll(wide: Conditions, narrow: Conditions): boolean {
  const lists: Readonly<Record<string, readonly (string | number)[] | undefined>> = narrow;
  return Object.entries(wide).every(([name, list]) => {
    const items: readonly (string | number)[] = list;
    return lists[name]?.every((item) => items.some((each) => includes(name, each, item))) === true;
  });
}

/** Whether the entry `wide` of a condition matches everything that the entry `narrow` matches. */
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
    case "authority":
      return wide.toLowerCase() === narrow.toLowerCase();
    case "network": {
      const [outer, inner] = [readNetworkRange(wide), readNetworkRange(narrow)];
      return outer.ok && inner.ok && isInNetwork(outer.value, inner.value);
    }
    default:
      return false;
  }
}
