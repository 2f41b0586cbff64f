// When a ticket that has not named its device is taken for a device's all the same. A desktop fetches its certificate, and so
// names itself, twice a year; each day it fetches its address book, with a ticket of its own that names nothing. For that alone
// its place stands in for its name. A place can be copied by whoever shares the network, so everything here only narrows.

import { printable } from "../text/printable.ts";
import { MAX_WORKSTATION_CHARS } from "./bounds.ts";
import type { Partnership } from "./partnership.ts";
import { deviceIdIn } from "./types.ts";

/** `<network> <client>`: where and by which client a ticket was got. No network has a space in it. */
export const placeOf = (network: string, client: string): string => `${network} ${client}`;

/** The network of a place. */
export const networkIn = (place: string): string => place.slice(0, place.indexOf(" "));

/** Whether a place is in this network, as `networkOf` writes one. */
export const isIn = (place: string, network: string): boolean => networkIn(place) === network;

/** What is known of a request whose ticket has not named a device. */
export type Unnamed = {
  /** The `devices.unnamed` of the policy. */
  readonly policy: "place" | "refuse";
  /** Where the ticket was got. */
  readonly place: string;
  /** The machine's name as NTLM told it when the ticket was got; empty on every other channel. */
  readonly workstation: string;
  /** The network that this very request comes from. */
  readonly network: string;
  /** Whether the device has named itself at that place lately. */
  readonly namedThere: boolean;
};

/** Why a place does not stand in for a device's name. */
export type PlaceFault =
  | "not-a-desktop"
  | "policy"
  | "other-network"
  | "not-named-there"
  | "no-machine-name"
  | "other-machine";

/** Why such a request may not have its address book as this device; undefined: it may. The first that is missing. */
export function placeFault(
  { key, facts }: Pick<Partnership, "key" | "facts">,
  request: Unnamed,
): PlaceFault | undefined {
  // Only desktops need it: a client of UCWA names itself each time it starts.
  if (key === null || deviceIdIn(key).kind !== "device") return "not-a-desktop";
  if (request.policy !== "place") return "policy";
  // The ticket holds where it was got, and nowhere else.
  if (!isIn(request.place, request.network)) return "other-network";
  if (!request.namedThere) return "not-named-there";
  // Who names no machine is on nobody's.
  const name = printable(request.workstation, MAX_WORKSTATION_CHARS).toUpperCase();
  if (name === "") return "no-machine-name";
  // A device that has proved a key will be refused here (S-42).
  return name === facts.workstation.toUpperCase() ? undefined : "other-machine";
}
