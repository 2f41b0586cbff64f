// When a ticket of the app password is not enough, because the device can sign for its tickets or has to (S-42), and
// when a further key of a device waits for somebody to approve it. docs/devices.md says it to people.

import type { DeviceFacts, DeviceProof } from "../device/types.ts";
import { globMatches } from "./glob.ts";
import type { Policy, ProofFault } from "./types.ts";

/**
 * With what a request comes. `key`: a ticket that the device's key signed for. `password`: any other ticket.
 * `certificate-request`: the same, and the request is for a certificate. `nothing`: there is no request, and somebody
 * wants to know how the device stands.
 */
export type Presented = "key" | "password" | "certificate-request" | "nothing";

/** Why what is presented is not enough for a device of that proof and one of these platforms; null: it is enough. */
export function proofFault(
  { devices: { requireProof } }: Policy,
  proof: DeviceProof,
  platforms: readonly DeviceFacts["platform"][],
  presented: Presented,
): ProofFault | null {
  if (presented === "key") return null;
  if (proof === "proved") return presented === "nothing" ? null : "has-proved";
  // Without a certificate a device could never prove anything.
  if (presented === "certificate-request") return null;
  return platforms.some((platform) => requireProof.includes(platform)) ? "has-to-prove" : null;
}

/**
 * For which key a certificate is asked, by what is known of the device's keys. `first`: it has none whose certificate
 * is good. `known`: it has this one. `approved`: somebody approved it. `further`: it has others. `unread`: it has
 * others, and this one cannot be read.
 */
export type AskedKey = "first" | "known" | "approved" | "further" | "unread";

/** Whether a key waits for approval. `products`: what the device has said of itself before, and what it says now. */
export function keyWaits(
  { devices: { nextKey, nextKeyExcept } }: Policy,
  asked: AskedKey | undefined,
  products: readonly string[],
  presented: Presented,
): boolean {
  if (nextKey === "open" || presented === "key" || (asked !== "further" && asked !== "unread")) return false;
  // A thief can say that he is such a client. So the device must have been one before.
  return !products.every((product) => nextKeyExcept.some((pattern) => globMatches(pattern, product)));
}

const KEY_ONLY = "a ticket of the app password opens the user's own discovery and nothing else";

/** The step `proof` of `postern why`. */
export function proofDetail(proof: DeviceProof, fault: ProofFault | null): string {
  switch (fault) {
    case "has-proved":
      return `The device has proved a key, and the ticket is not its key's: ${KEY_ONLY}, until its certificates end or somebody gives "device reset-key".`;
    case "has-to-prove":
      return `The policy (devices.requireProof) wants this platform to prove a key: until then ${KEY_ONLY}, besides a certificate for the device.`;
    case null:
      return proof === "proved"
        ? `The device has proved a key. With a ticket of its key it is served from anywhere; ${KEY_ONLY}.`
        : proof === "key"
          ? "The device has a key and has not proved it yet. Its place and its id are taken for it."
          : "The device has no key, and none is asked for.";
  }
}

/** The step `key` of `postern why`. */
export function keyDetail(isAskedFor: boolean, waiting: number): string {
  if (isAskedFor) return "The certificate is asked for a further key, which waits for somebody to approve it.";
  if (waiting === 0) return "No further key of the device waits for approval.";
  return `${waiting === 1 ? "A further key waits" : `${waiting} further keys wait`} for approval: its certificate was refused. "device show" lists it; "device approve-key" lets it in. What the device has is not touched by it.`;
}
