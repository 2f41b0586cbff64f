// Compares the CIDR ranges of a policy with the network of a request. That network is one IPv4 address or a whole IPv6
// /64, because an IPv6 client may choose any address in its /64. So a range matches when the whole /64 lies in it. A
// range smaller than a /64 could never match, so read.ts refuses it.

import ipaddr from "ipaddr.js";
import { ok, type Result, refuse } from "../result.ts";

/** A network: its first address, and the length of its prefix in bits. */
export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * `narrower-than-64`: an IPv6 range smaller than a /64. `host-bits`: bits beyond the prefix are set, as in 10.1.2.3/8.
 */
export type NetworkRangeFault = "not-a-network" | "narrower-than-64" | "host-bits";

/** No network has a longer text, not even an IPv6 network with an IPv4 address at its end. */
const MAX_NETWORK_CHARS = 64;
/** The bits of a network that a request shows. */
const SHOWN_BITS = { ipv4: 32, ipv6: 64 } as const;

/** Reads an address or a network in CIDR notation. IPv4 is written in four decimal parts. */
export function readNetworkRange(text: string): Result<Network, NetworkRangeFault> {
  const range = readNetwork(text);
  if (range === undefined) return refuse("not-a-network");
  const [address, bits] = range;
  if (bits > SHOWN_BITS[address.kind()]) return refuse("narrower-than-64");
  return hasBitsBeyond(address, bits) ? refuse("host-bits") : ok(range);
}

/** Reads a network as requests have it: an IPv4 address or an IPv6 /64; undefined if the text is not one. */
export function readNetwork(text: string): Network | undefined {
  if (text.length > MAX_NETWORK_CHARS) return undefined;
  const [, base = "", suffix] = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (!base.includes(":") && !ipaddr.IPv4.isValidFourPartDecimal(base)) return undefined;
  if (!ipaddr.isValid(base)) return undefined;
  const address = ipaddr.parse(base);
  const whole = address.kind() === "ipv4" ? 32 : 128;
  const bits = suffix === undefined ? whole : Number(suffix);
  return bits <= whole ? [address, bits] : undefined;
}

/** Whether the whole second network lies in the first. */
export function isInNetwork([base, bits]: Network, [address, innerBits]: Network): boolean {
  if (innerBits < bits) return false;
  if (base instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(base, bits);
  return address instanceof ipaddr.IPv6 && address.match(base, bits);
}

function hasBitsBeyond(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): boolean {
  const bytes = address.toByteArray();
  return bytes.some((byte, at) => (byte & (0xff >> Math.min(8, Math.max(0, bits - at * 8)))) !== 0);
}
