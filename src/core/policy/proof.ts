// When a ticket of the app password is not enough, because the device can sign for its tickets or has to (S-42), and
// when a further key of a device waits for somebody to approve it. docs/devices.md says it to people.

import type { DeviceFacts, DeviceProof } from "../device/types.ts";
import { globMatches } from "./glob.ts";
import { type Remark, remark } from "./remarks.ts";
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

/** The step `proof` of `postern why`. */
export const proofSaid = (proof: DeviceProof, fault: ProofFault | null): Remark => remark(`proof:${fault ?? proof}`);

/** The step `key` of `postern why`. */
export function keySaid(isAskedFor: boolean, waiting: number): Remark {
  if (isAskedFor) return remark("key:asked");
  if (waiting === 0) return remark("key:none");
  return waiting === 1 ? remark("key:one") : remark("key:several", { n: waiting });
}
