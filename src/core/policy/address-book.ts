// The address book of a desktop that did not name itself, in the words of a help desk: why somebody has signed in and has no
// address book, and what to do about it. The audit has the first sentence, `postern why` the rest.

import type { PlaceFault } from "../device/by-place.ts";
import type { JudgeInput } from "./types.ts";

/** What a person can do: the client fetches a certificate again, and names itself in the network it is in now. */
export const FETCH_AGAIN =
  'Sign out in the client, choose "Delete my sign-in info", and sign in there with the app password: the client fetches a ' +
  "certificate and is known in that network for 30 days.";

/** What an audited event of `no-address-book` says: at most 255 characters, nothing that a client wrote. */
export function addressBookFault(fault: PlaceFault): string {
  return `signed in, but no address book: ${BECAUSE[fault]}`;
}

const BECAUSE: Readonly<Record<PlaceFault, string>> = {
  "not-a-desktop": "the client is no desktop, and its ticket has named no device",
  policy: 'devices.unnamed in the policy is "refuse"',
  "other-network": "the request came from another network than its sign-in",
  "not-named-there": "the desktop has fetched no certificate from this network, with this client, in the last 30 days",
  "no-machine-name": "the sign-in did not tell the machine's name",
  "other-machine": "the sign-in came from a machine of another name than the one that fetched the certificate",
};

/** The step `address-book` of `postern why`. */
export function addressBookDetail({ policy, circumstances, addressBook, addressBookIn }: JudgeInput): string {
  if (circumstances.device?.kind !== "device") return "Not asked for by a desktop.";
  if (addressBook !== null) return `Signed in, but no address book: ${BECAUSE[addressBook]}. ${FETCH_AGAIN}`;
  if (circumstances.proof === "proved") return "Opens from anywhere, with a ticket of the device's key.";
  if (policy.devices.unnamed === "refuse") {
    return `Signed in, but no address book, except with the ticket that fetched the certificate, for its eight hours: ${BECAUSE.policy}.`;
  }
  const networks = addressBookIn ?? [];
  const where =
    networks.length === 0
      ? "Signed in, but no address book, except with the ticket that fetched the certificate: the desktop has fetched none in the last 30 days."
      : `The address book opens in ${networks.join(", ")}. Anywhere else: signed in, but no address book.`;
  return `${where} ${FETCH_AGAIN}`;
}
