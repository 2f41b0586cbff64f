// Explains to a help desk why a desktop that did not name itself has signed in and has no address book, and what to do
// about it. The audit shows the first sentence, `postern why` shows all of it.

import type { PlaceFault } from "../device/by-place.ts";
import { type Remark, remark } from "./remarks.ts";
import type { JudgeInput } from "./types.ts";

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
export function addressBookSaid({ policy, circumstances, addressBook, addressBookIn }: JudgeInput): Remark[] {
  if (circumstances.device?.kind !== "device") return [remark("address-book:not-a-desktop")];
  // What a person can do: the client then fetches a new certificate, which names the desktop in its present network.
  const again = remark("address-book:fetch-again");
  if (addressBook !== null) return [remark(`address-book:refused:${addressBook}`), again];
  if (circumstances.proof === "proved") return [remark("address-book:proved")];
  if (policy.devices.unnamed === "refuse") {
    return [remark("address-book:refused:policy"), remark("address-book:eight-hours")];
  }
  const networks = addressBookIn ?? [];
  const where =
    networks.length === 0
      ? remark("address-book:nowhere")
      : remark("address-book:opens", { networks: networks.join(", ") });
  return [where, again];
}
