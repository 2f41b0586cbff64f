// Whether a rule's conditions hold, in Kleene's three-valued logic. This file alone implements it.
//
// A condition on a fact that is not known neither holds nor fails: it is *unknown*. It stays unknown under `not`.
// Several conditions together are unknown when one of them is unknown and none fails. A rule matches only when its
// `when` certainly holds. So a device cannot make a rule match by leaving something unsaid, with `not` or without. To
// match devices that do not tell a fact, an administrator writes the word "unknown".

import { seenBy } from "../authority/says.ts";
import { deviceKey } from "../device/types.ts";
import type { Result } from "../result.ts";
import { globMatches } from "./glob.ts";
import { isInNetwork, readNetwork, readNetworkRange } from "./network-range.ts";
import { type Circumstances, type ConditionLists, type Conditions, type Match, type Rule, UNKNOWN } from "./types.ts";
import { isInRange, readVersion, readVersionRange } from "./version-range.ts";

/** True, false, or unknown. */
export type Truth = boolean | undefined;

/** How each condition of a `when` is decided, by its name. The type demands an entry for every condition. */
const CONDITIONS: {
  readonly [Name in keyof ConditionLists]: (wanted: ConditionLists[Name], of: Circumstances) => Truth;
} = {
  deviceId: (ids, { device }) =>
    anyOf(ids, device?.id, (id) => device !== null && (id === device.id || id === deviceKey(device))),
  type: (types, { facts }) => anyOf(types, knownWord(facts.type), (type) => type === facts.type),
  platform: (platforms, { facts }) => anyOf(platforms, knownWord(facts.platform), (each) => each === facts.platform),
  product: (patterns, { facts }) => anyPattern(patterns, facts.product),
  version: (ranges, { facts }) => anyOf(versions(ranges), readVersion(facts.version), isInRange),
  model: (patterns, { facts }) => anyPattern(patterns, facts.model),
  os: (patterns, { facts }) => anyPattern(patterns, facts.os),
  userAgent: (patterns, { facts }) => anyPattern(patterns, facts.userAgent),
  user: (patterns, { sipUri }) => anyPattern(patterns, sipUri.replace(/^sip:/i, "")),
  // Postern knows everything about a user. A user without groups is certainly not in one.
  group: (wanted, { groups }) => wanted.some((word) => groups.some((group) => sameWord(group, word))),
  devices: (ranges, { devices }) => anyOf(versions(ranges), [devices], isInRange),
  country: (countries, { source }) => anyOf(countries, source.country, sameWord),
  asn: (numbers, { source }) =>
    anyOf(numbers, source.asn === 0 ? undefined : source.asn, (asn, given) => asn === given),
  network: (ranges, { source }) => anyOf(networks(ranges), readNetwork(source.network), isInNetwork),
  workstation: (patterns, { facts }) => anyPattern(patterns, facts.workstation),
  // Of its keys everything is known, too.
  proof: (wanted, { proof }) => wanted.includes(proof),
  authority: (wanted, { authority }) => {
    if (authority === "not-asked-yet") return undefined;
    if (authority?.holds === false && wanted.includes(UNKNOWN)) return true;
    return anyOf(wanted, authority?.words, (word, said) => said.some((each) => sameWord(each, word)));
  },
};

/** The names of all conditions. */
export const CONDITION_NAMES = Object.keys(CONDITIONS) as readonly (keyof Conditions)[];

/** The first rule that matches; undefined: none does. */
export function firstMatch(rules: readonly Rule[], circumstances: Circumstances): Rule | undefined {
  return rules.find((rule) => matches(rule, circumstances) === true);
}

/** The rules that would match if more were known, up to the first that matches. */
export function undecided(rules: readonly Rule[], circumstances: Circumstances): readonly Rule[] {
  const first = firstMatch(rules, circumstances);
  const before = first === undefined ? rules : rules.slice(0, rules.indexOf(first));
  return before.filter((rule) => matches(rule, circumstances) === undefined);
}

/** An answer of the authority that has grown old goes on closing, and opens nothing: `seenBy` says why. */
const matches = ({ action, when }: Rule, circumstances: Circumstances): Truth =>
  holds(when, { ...circumstances, authority: seenBy(action, circumstances.authority) });

/** Whether all conditions hold, `not` among them. */
export function holds({ not, ...conditions }: Match, circumstances: Circumstances): Truth {
  const rest = allHold(conditions, circumstances);
  if (not === undefined || rest === false) return rest;
  const excluded = allHold(not, circumstances);
  if (excluded === true) return false;
  return excluded === undefined ? undefined : rest;
}

function allHold(conditions: Conditions, circumstances: Circumstances): Truth {
  let all: Truth = true;
  for (const name of CONDITION_NAMES) {
    const truth = conditionHolds(name, conditions, circumstances);
    if (truth === false) return false;
    if (truth === undefined) all = undefined;
  }
  return all;
}

function conditionHolds<Name extends keyof ConditionLists>(
  name: Name,
  conditions: Conditions,
  of: Circumstances,
): Truth {
  const wanted: ConditionLists[Name] | undefined = conditions[name];
  return wanted === undefined ? true : CONDITIONS[name](wanted, of);
}

/** Whether an item of the list fits the fact. A fact that is undefined or empty is not known. */
function anyOf<Item, Fact>(
  wanted: readonly (Item | typeof UNKNOWN)[],
  fact: Fact | undefined,
  fits: (item: Item, fact: Fact) => boolean,
): Truth {
  if (fact === undefined || fact === "") return wanted.includes(UNKNOWN) ? true : undefined;
  return wanted.some((item) => item !== UNKNOWN && fits(item as Item, fact));
}

const anyPattern = (patterns: readonly string[], fact: string): Truth => anyOf(patterns, fact, globMatches);

/**
 * Reads each range of a list once and keeps it as long as the policy is in memory, because a policy may have two
 * thousand ranges and every request is judged. A range that cannot be read matches nothing, and read.ts refuses such a
 * range.
 */
function readOnce<Range>(read: (text: string) => Result<Range, string>) {
  const known = new WeakMap<readonly string[], readonly (Range | typeof UNKNOWN)[]>();
  return (list: readonly string[]): readonly (Range | typeof UNKNOWN)[] => {
    const before = known.get(list);
    if (before !== undefined) return before;
    const ranges = list.flatMap((text): readonly (Range | typeof UNKNOWN)[] => {
      if (text === UNKNOWN) return [UNKNOWN];
      const range = read(text);
      return range.ok ? [range.value] : [];
    });
    known.set(list, ranges);
    return ranges;
  };
}

const versions = readOnce(readVersionRange);
const networks = readOnce(readNetworkRange);

/** A fact whose own vocabulary has the word `unknown`: then the fact is not known. */
const knownWord = (fact: string): string => (fact === UNKNOWN ? "" : fact);

const sameWord = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
