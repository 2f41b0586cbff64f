// Reads the conditions of a rule. It says which words, patterns and ranges each condition may have. A single value is
// read as a list of one.

import { isAuthorityWord, MAX_WORD_CHARS } from "../authority/answer.ts";
import { deviceIdOf } from "../device/device-id.ts";
import {
  type DeviceProof,
  type DeviceType,
  deviceKey,
  MAX_DEVICE_ID_CHARS,
  type Platform,
  readDeviceWord,
} from "../device/types.ts";
import { isPrintable } from "../text/printable.ts";
import { MAX_PATTERN_CHARS } from "./glob.ts";
import { CONDITION_NAMES } from "./match.ts";
import { readNetworkRange } from "./network-range.ts";
import { type Faults, shown } from "./read-values.ts";
import { type ConditionLists, type Conditions, UNKNOWN } from "./types.ts";
import { readVersionRange } from "./version-range.ts";

export const MAX_LIST = 100;

const TYPES: Readonly<Record<DeviceType, true>> = {
  desktop: true,
  phone: true,
  tablet: true,
  browser: true,
  unknown: true,
};
const PLATFORMS: Readonly<Record<Platform, true>> = {
  windows: true,
  mac: true,
  linux: true,
  ios: true,
  android: true,
  "windows-phone": true,
  web: true,
  unknown: true,
};
export const PLATFORM_WORDS = Object.keys(PLATFORMS) as readonly Platform[];
const PROOFS: readonly DeviceProof[] = ["none", "key", "proved"];
/** The largest number of an autonomous system, RFC 6793. */
const MAX_ASN = 4_294_967_295;
/** Longest text of a range of numbers, in characters. */
const MAX_COUNTS_CHARS = 40;

/** Reads one item of a list. Undefined if it added a fault instead. */
type ReadItem<Item> = (value: unknown, path: string, faults: Faults) => Item | undefined;

const ITEMS: { readonly [Name in keyof ConditionLists]: ReadItem<ConditionLists[Name][number]> } = {
  deviceId: (value, path, faults) => {
    const given = text(value, path, faults, MAX_DEVICE_ID_CHARS + "endpoint:".length);
    if (given === undefined) return undefined;
    const { kind, id } = readDeviceWord(given);
    const named = deviceIdOf(kind ?? "endpoint", id);
    if (named === undefined) return faults.none(path, `${shown(id)} cannot be the id of a device.`);
    return kind === undefined ? named.id : deviceKey(named);
  },
  type: (value, path, faults) => faults.oneOf(path, value, Object.keys(TYPES) as DeviceType[]),
  platform: (value, path, faults) => faults.oneOf(path, value, PLATFORM_WORDS),
  product: pattern,
  version: (value, path, faults) => (value === UNKNOWN ? value : versionRange(value, path, faults)),
  model: pattern,
  os: pattern,
  userAgent: pattern,
  user: (value, path, faults) => {
    const given = pattern(value, path, faults);
    if (given === undefined || !/^sip:/i.test(given)) return given;
    return faults.none(path, `Leave "sip:" out: ${shown(given.slice("sip:".length))}.`);
  },
  group: pattern,
  devices: (value, path, faults) => {
    if (
      typeof value === "string" &&
      value.length <= MAX_COUNTS_CHARS &&
      /^(?: *[<>=]+\d{1,4})+ *$/.test(value) &&
      readVersionRange(value).ok
    )
      return value;
    return faults.none(path, `Write a range of numbers such as ">3" or ">=2 <5", not ${shown(value)}.`);
  },
  country: (value, path, faults) => {
    if (value === UNKNOWN) return value;
    if (typeof value === "string" && /^[A-Za-z0-9]{2}$/.test(value)) return value.toUpperCase();
    return faults.none(path, `Write a country by its two letters such as "DE", or "unknown", not ${shown(value)}.`);
  },
  asn: (value, path, faults) => {
    if (value === UNKNOWN) return value;
    return faults.wholeNumber(path, value, 1, MAX_ASN, `, such as 64496, or "unknown"`);
  },
  network: (value, path, faults) => (value === UNKNOWN ? value : network(value, path, faults)),
  workstation: pattern,
  proof: (value, path, faults) => faults.oneOf(path, value, PROOFS),
  authority: (value, path, faults) => {
    const word = typeof value === "string" ? value.toLowerCase() : "";
    if (word === UNKNOWN || isAuthorityWord(word)) return word;
    return faults.none(
      path,
      `Write a word of the authority's, of 1 to ${MAX_WORD_CHARS} characters a-z, 0-9, ".", "_", "=" and "-", such as "compliant", or "unknown", not ${shown(value)}.`,
    );
  },
};

/** Reads all conditions of a `when`, or of the `not` in it. */
export function readConditions(value: Readonly<Record<string, unknown>>, path: string, faults: Faults): Conditions {
  faults.unknownKeys(path, value, CONDITION_NAMES);
  const read = CONDITION_NAMES.flatMap((name) => {
    const given = value[name];
    return given === undefined ? [] : [[name, readList(name, given, `${path}.${name}`, faults)] as const];
  });
  // Each reader gives its list the right type. If a reader finds a fault, the policy is refused.
  return Object.fromEntries(read) as Conditions;
}

function readList(name: keyof ConditionLists, value: unknown, path: string, faults: Faults): readonly unknown[] {
  if (!Array.isArray(value)) return [ITEMS[name](value, path, faults)];
  if (value.length === 0 || value.length > MAX_LIST) {
    const fix = value.length === 0 ? "Name at least one, or leave the condition out." : `At most ${MAX_LIST} are read.`;
    return faults.none(path, `The list has ${value.length} entries. ${fix}`) ?? [];
  }
  return Array.from(value, (item, at) => ITEMS[name](item, `${path}[${at}]`, faults));
}

function text(value: unknown, path: string, faults: Faults, longest: number): string | undefined {
  if (typeof value !== "string" || value.trim() === "") return faults.none(path, `Write a text, not ${shown(value)}.`);
  if (value.length > longest) return faults.none(path, `Write at most ${longest} characters, not ${value.length}.`);
  if (!isPrintable(value)) {
    return faults.none(path, "Leave out characters that are not printable. No fact about a device has them.");
  }
  return value;
}

/** A pattern of what a device says of itself. */
export function pattern(value: unknown, path: string, faults: Faults): string | undefined {
  return text(value, path, faults, MAX_PATTERN_CHARS);
}

function versionRange(value: unknown, path: string, faults: Faults): string | undefined {
  const range = typeof value === "string" ? readVersionRange(value) : undefined;
  if (range?.ok) return value as string;
  const fix =
    range?.reason === "too-many-comparisons"
      ? "Write at most four comparisons. Put several ranges into a list."
      : 'Write comparisons with <, <=, >, >= or = before digits and dots, such as ">=6.25 <7" or "<6.20".';
  return faults.none(path, `${shown(value)} is not a range of versions. ${fix}`);
}

function network(value: unknown, path: string, faults: Faults): string | undefined {
  const range = typeof value === "string" ? readNetworkRange(value) : undefined;
  if (range?.ok) return value as string;
  switch (range?.reason) {
    case "narrower-than-64":
      return faults.none(
        path,
        `${shown(value)} is a part of an IPv6 /64, and Postern sees only whole /64s. Write the /64.`,
      );
    case "host-bits":
      return faults.none(
        path,
        `${shown(value)} has bits beyond its prefix. Write the network's first address, or a longer prefix.`,
      );
    default:
      return faults.none(
        path,
        `Write a network such as "203.0.113.0/24" or "2001:db8::/32", or "unknown", not ${shown(value)}.`,
      );
  }
}
