// When a ticket that has not named its device is taken for a device's all the same. A desktop fetches its certificate, and so
// names itself, twice a year; each day it fetches its address book, with a ticket of its own that names nothing. For that alone
// its place stands in for its name. A place can be copied by whoever shares the network, so everything here only narrows.

import { printable } from "../printable.ts";
import { MAX_WORKSTATION_CHARS } from "./bounds.ts";
import type { Partnership } from "./partnership.ts";
import { deviceIdIn } from "./types.ts";

/** `<network> <client>`: where and by which client a ticket was got. No network has a space in it. */
export const placeOf = (network: string, client: string): string => `${network} ${client}`;

/** Whether a place is in this network, as `networkOf` writes one. */
export const isIn = (place: string, network: string): boolean => place.slice(0, place.indexOf(" ")) === network;

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

/** Whether such a request may have its address book, as this device: every line must hold. */
export function isKnownByPlace({ key, facts }: Pick<Partnership, "key" | "facts">, request: Unnamed): boolean {
  return (
    request.policy === "place" &&
    // Only desktops need it: a client of UCWA names itself each time it starts.
    key !== null &&
    deviceIdIn(key).kind === "device" &&
    // The ticket holds where it was got, and nowhere else.
    isIn(request.place, request.network) &&
    request.namedThere &&
    isSameMachine(facts.workstation, request.workstation)
    // A device that has proved a key will be refused here (S-42).
  );
}

/** Whether NTLM named the partnership's own machine. Who names none is nobody's machine. */
function isSameMachine(known: string, told: string): boolean {
  const name = printable(told, MAX_WORKSTATION_CHARS).toUpperCase();
  return name !== "" && name === known.toUpperCase();
}
