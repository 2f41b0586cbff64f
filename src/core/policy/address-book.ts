// Explains to a help desk why a desktop that did not name itself has signed in and has no address book, and what to do
// about it. The audit shows the first sentence, `postern why` shows all of it.

import type { PlaceFault } from "../device/by-place.ts";
import type { JudgeInput } from "./types.ts";

/** What a person can do. The client then fetches a new certificate, which names the desktop in its present network. */
export const FETCH_AGAIN =
  'Sign out in the client, choose "Delete my sign-in info", and sign in there with the app password: the client fetches a ' +
  "certificate and is known in that network for 30 days.";

/** What the audit says with `no-address-book`. At most 255 characters, and nothing that a client wrote. */
export function addressBookFault(fault: PlaceFault): string {
  return `signed in, but no address book: ${BECAUSE[fault]}`;
}

const BECAUSE: Readonly<Record<PlaceFault, string>> = {
  "not-a-desktop": "the client is not a desktop, and its ticket has named no device",
  policy: 'devices.unnamed in the policy is "refuse"',
  "other-network": "the request came from another network than its sign-in",
  "not-named-there": "the desktop has fetched no certificate from this network, with this client, in the last 30 days",
  "no-machine-name": "the sign-in did not tell the machine's name",
  "other-machine": "the machine of the sign-in has another name than the machine that fetched the certificate",
};

/** The step `address-book` of `postern why`. */
export function addressBookDetail({ policy, circumstances, addressBook, addressBookIn }: JudgeInput): string {
  if (circumstances.device?.kind !== "device") return "The device is not a desktop.";
  if (addressBook !== null) return `Signed in, but no address book: ${BECAUSE[addressBook]}. ${FETCH_AGAIN}`;
  if (circumstances.proof === "proved") return "Opens from anywhere, with a ticket of the device's key.";
  if (policy.devices.unnamed === "refuse") {
    return `Signed in, but no address book: ${BECAUSE.policy}. Only the ticket that fetched the certificate opens it, for eight hours.`;
  }
  const networks = addressBookIn ?? [];
  const where =
    networks.length === 0
      ? "Signed in, but no address book: the desktop has fetched no certificate in the last 30 days. Only the ticket that fetched one opens it."
      : `The address book opens in ${networks.join(", ")}. Anywhere else: signed in, but no address book.`;
  return `${where} ${FETCH_AGAIN}`;
}
