// When a ticket that has not named its device still counts as a device's ticket. A desktop names itself when it fetches
// its certificate, which is twice a year. But it fetches its address book every day, with another ticket that names
// nothing. For the address book alone, the place can replace the name. Somebody in the same network can imitate a
// place, so the conditions here are narrow.

import { printable } from "../text/printable.ts";
import { MAX_WORKSTATION_CHARS } from "./bounds.ts";
import type { Partnership } from "./partnership.ts";
import { deviceIdIn } from "./types.ts";

/** The text of a place: `<network> <client>`. No network has a space in it. */
export const placeOf = (network: string, client: string): string => `${network} ${client}`;

/** The network of a place. */
export const networkIn = (place: string): string => place.slice(0, place.indexOf(" "));

/** Whether a place is in this network. `network`: as `networkOf` writes it. */
export const isIn = (place: string, network: string): boolean => networkIn(place) === network;

/** What is known about a request whose ticket has not named a device. */
export type Unnamed = {
  /** The `devices.unnamed` of the policy. */
  readonly policy: "place" | "refuse";
  /** The place where the client got the ticket. */
  readonly place: string;
  /** The machine's name that NTLM told when the client got the ticket. Empty for every other channel. */
  readonly workstation: string;
  /** The network from which this request comes. */
  readonly network: string;
  /** Whether the device has recently named itself at that place. */
  readonly namedThere: boolean;
};

/** Why the place cannot replace the device's name. */
export type PlaceFault =
  | "not-a-desktop"
  | "policy"
  | "other-network"
  | "not-named-there"
  | "no-machine-name"
  | "other-machine";

/**
 * Says why such a request may not fetch the address book as this device: the first condition that is missing. Undefined
 * if it may.
 */
export function placeFault(
  { key, facts }: Pick<Partnership, "key" | "facts">,
  request: Unnamed,
): PlaceFault | undefined {
  // Only desktops need this, because a UCWA client names itself each time it starts.
  if (key === null || deviceIdIn(key).kind !== "device") return "not-a-desktop";
  if (request.policy !== "place") return "policy";
  // The ticket is good only in the network where it was issued.
  if (!isIn(request.place, request.network)) return "other-network";
  if (!request.namedThere) return "not-named-there";
  // A client that does not name its machine cannot be matched with one.
  const name = printable(request.workstation, MAX_WORKSTATION_CHARS).toUpperCase();
  if (name === "") return "no-machine-name";
  return name === facts.workstation.toUpperCase() ? undefined : "other-machine";
}
