// Where a request comes from, as the counters know it: the client's network. One IPv4 address, or the /64 in which an
// IPv6 client may choose any address it likes. Only Cloudflare's header counts: Cloudflare sets CF-Connecting-IP itself
// and overwrites the value that a client sends (S-31).

import ipaddr from "ipaddr.js";

/**
 * The network of a request without a usable address. This does not happen in production: Cloudflare always names the
 * address.
 */
export const UNKNOWN_NETWORK = "unknown";

/** Longest text that is an address: an IPv6 address with an embedded IPv4 one, and a zone. */
const MAX_ADDRESS_CHARS = 64;

/**
 * The network of an address: `203.0.113.7`, `2001:db8:1:2::/64`, or `unknown`. An IPv4 address written as IPv6 is
 * treated as IPv4.
 */
export function networkOf(address: string | null): string {
  if (address === null || address.length > MAX_ADDRESS_CHARS || !ipaddr.isValid(address)) return UNKNOWN_NETWORK;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6) {
    return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
  }
  // Short, octal and hexadecimal spellings are addresses too, but never how Cloudflare writes one.
  const plain = address.includes(":") || ipaddr.IPv4.isValidFourPartDecimal(address);
  return plain ? parsed.toString() : UNKNOWN_NETWORK;
}

/** The /48 that an IPv6 network of {@link networkOf} is part of: what one customer of a provider may have. */
export function siteOf(network: string): string | undefined {
  if (!network.endsWith("/64")) return undefined;
  const { parts } = ipaddr.IPv6.parse(network.slice(0, -"/64".length));
  return `${new ipaddr.IPv6([...parts.slice(0, 3), 0, 0, 0, 0, 0]).toString()}/48`;
}

/** The network by which guests are counted: of IPv6 the /48. `network`: as {@link networkOf} writes it. */
export const guestNetworkOf = (network: string): string => siteOf(network) ?? network;

/** The network that an administrator types: an address, or a network as {@link networkOf} writes it. */
export function networkNamed(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === UNKNOWN_NETWORK) return trimmed;
  const network = networkOf(trimmed.replace(trimmed.includes(":") ? /\/64$/ : /\/32$/, ""));
  return network === UNKNOWN_NETWORK ? undefined : network;
}
