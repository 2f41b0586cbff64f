// How one client of a network is told from another, over every channel.

import type { Keyring } from "../crypto/keyring.ts";
import { fingerprintOf } from "./repeats.ts";

/**
 * What distinguishes one client of a network from another: the client's own statement of its machine's name and its
 * product. The version is left out, because it changes by itself. It is hashed with a key, so that the stored value
 * tells nothing. It proves nothing: it only gives the right client a budget that a stranger behind the same address
 * cannot use up.
 */
export function clientKey(
  keyring: Keyring,
  { workstation, userAgent }: { readonly workstation: string; readonly userAgent: string },
): string {
  return fingerprintOf(keyring, "client", workstation.toUpperCase(), userAgent.replaceAll(/[\d.]+/g, ""));
}
