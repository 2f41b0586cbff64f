// Reads the conditions of a rule: which words, patterns and ranges each may be given. A single value stands for a list of
// one.

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
/** Longest range of numbers that makes sense. */
const MAX_COUNTS_CHARS = 40;

/** Reads one item of a list; undefined when it has written a fault. */
type ReadItem<Item> = (value: unknown, place: string, faults: Faults) => Item | undefined;

const ITEMS: { readonly [Name in keyof ConditionLists]: ReadItem<ConditionLists[Name][number]> } = {
  deviceId: (value, place, faults) => {
    const given = text(value, place, faults, MAX_DEVICE_ID_CHARS + "endpoint:".length);
    if (given === undefined) return undefined;
    const { kind, id } = readDeviceWord(given);
    const named = deviceIdOf(kind ?? "endpoint", id);
    if (named === undefined) return faults.none(place, `No device can name itself ${shown(id)}.`);
    return kind === undefined ? named.id : deviceKey(named);
  },
  type: (value, place, faults) => faults.oneOf(place, value, Object.keys(TYPES) as DeviceType[]),
  platform: (value, place, faults) => faults.oneOf(place, value, PLATFORM_WORDS),
  product: pattern,
  version: (value, place, faults) => (value === UNKNOWN ? value : versionRange(value, place, faults)),
  model: pattern,
  os: pattern,
  userAgent: pattern,
  user: (value, place, faults) => {
    const given = pattern(value, place, faults);
    if (given === undefined || !/^sip:/i.test(given)) return given;
    return faults.none(place, `Leave "sip:" out: ${shown(given.slice("sip:".length))}.`);
  },
  group: pattern,
  devices: (value, place, faults) => {
    if (
      typeof value === "string" &&
      value.length <= MAX_COUNTS_CHARS &&
      /^(?: *[<>=]+\d{1,4})+ *$/.test(value) &&
      readVersionRange(value).ok
    )
      return value;
    return faults.none(place, `Write a range of numbers such as ">3" or ">=2 <5", not ${shown(value)}.`);
  },
  country: (value, place, faults) => {
    if (value === UNKNOWN) return value;
    if (typeof value === "string" && /^[A-Za-z0-9]{2}$/.test(value)) return value.toUpperCase();
    return faults.none(place, `Write a country by its two letters such as "DE", or "unknown", not ${shown(value)}.`);
  },
  asn: (value, place, faults) => {
    if (value === UNKNOWN) return value;
    return faults.wholeNumber(place, value, 1, MAX_ASN, `, such as 64496, or "unknown"`);
  },
  network: (value, place, faults) => (value === UNKNOWN ? value : network(value, place, faults)),
  workstation: pattern,
  proof: (value, place, faults) => faults.oneOf(place, value, PROOFS),
};

/** Reads all conditions of a `when`, or of a `not` in one. */
export function readConditions(value: Readonly<Record<string, unknown>>, place: string, faults: Faults): Conditions {
  faults.unknownKeys(place, value, CONDITION_NAMES);
  const read = CONDITION_NAMES.flatMap((name) => {
    const given = value[name];
    return given === undefined ? [] : [[name, readList(name, given, `${place}.${name}`, faults)] as const];
  });
  // The readers give each list its type; where one found a fault, there is no policy.
  return Object.fromEntries(read) as Conditions;
}

function readList(name: keyof ConditionLists, value: unknown, place: string, faults: Faults): readonly unknown[] {
  if (!Array.isArray(value)) return [ITEMS[name](value, place, faults)];
  if (value.length === 0 || value.length > MAX_LIST) {
    const fix = value.length === 0 ? "Name at least one, or leave the condition out." : `At most ${MAX_LIST} are read.`;
    return faults.none(place, `The list has ${value.length} entries. ${fix}`) ?? [];
  }
  return Array.from(value, (item, at) => ITEMS[name](item, `${place}[${at}]`, faults));
}

function text(value: unknown, place: string, faults: Faults, longest: number): string | undefined {
  if (typeof value !== "string" || value.trim() === "") return faults.none(place, `Write a text, not ${shown(value)}.`);
  if (value.length > longest) return faults.none(place, `Write at most ${longest} characters, not ${value.length}.`);
  if (!isPrintable(value)) {
    return faults.none(place, "Leave out what is not printable; no fact about a device has it.");
  }
  return value;
}

/** A pattern of what a device says of itself. */
export function pattern(value: unknown, place: string, faults: Faults): string | undefined {
  return text(value, place, faults, MAX_PATTERN_CHARS);
}

function versionRange(value: unknown, place: string, faults: Faults): string | undefined {
  const range = typeof value === "string" ? readVersionRange(value) : undefined;
  if (range?.ok) return value as string;
  const fix =
    range?.reason === "too-many-comparisons"
      ? "Write at most four comparisons; several ranges are a list."
      : 'Write comparisons with <, <=, >, >= or = before digits and dots, such as ">=6.25 <7" or "<6.20".';
  return faults.none(place, `${shown(value)} is no range of versions. ${fix}`);
}

function network(value: unknown, place: string, faults: Faults): string | undefined {
  const range = typeof value === "string" ? readNetworkRange(value) : undefined;
  if (range?.ok) return value as string;
  switch (range?.reason) {
    case "narrower-than-64":
      return faults.none(place, `${shown(value)} is within an IPv6 /64, of which Postern sees no part. Write the /64.`);
    case "host-bits":
      return faults.none(
        place,
        `${shown(value)} has bits beyond its prefix. Write the network's first address, or a longer prefix.`,
      );
    default:
      return faults.none(
        place,
        `Write a network such as "203.0.113.0/24" or "2001:db8::/32", or "unknown", not ${shown(value)}.`,
      );
  }
}
