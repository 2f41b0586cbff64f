// The network of a client, under which the counters count. It is one IPv4 address, or a whole IPv6 /64, because an IPv6
// client may choose any address in its /64. Only Cloudflare's header counts: Cloudflare sets CF-Connecting-IP itself
// and overwrites the value that a client sends (S-31).

import ipaddr from "ipaddr.js";

/**
 * The network of a request without a usable address. This does not happen in production: Cloudflare always names the
 * address.
 */
export const UNKNOWN_NETWORK = "unknown";

/** No address has a longer text, not even an IPv6 address with an IPv4 address in it and a zone. */
const MAX_ADDRESS_CHARS = 64;

/**
 * The network of an address: `203.0.113.7`, `2001:db8:1:2::/64`, or `unknown`. An IPv4 address written as IPv6 is
 * treated as IPv4.
 */
export function networkOf(address: string | null): string {
  return (address !== null && readAtOnce(address)) || readInFull(address);
}

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}$`);
/** Eight groups without `::`. The fourth, the last of the network, is not zero, so only what follows is shortened. */
const IPV6 = /^((?:(?:0|[1-9a-f][0-9a-f]{0,3}):){3}[1-9a-f][0-9a-f]{0,3}:)(?:[0-9a-f]{1,4}:){3}[0-9a-f]{1,4}$/;

/** Most addresses of clients in the form in which Cloudflare writes them; undefined for any other text. */
function readAtOnce(address: string): string | undefined {
  if (address.length > MAX_ADDRESS_CHARS) return undefined;
  if (IPV4.test(address)) return address;
  const groups = IPV6.exec(address)?.[1];
  return groups && `${groups}:/64`;
}

/** Any address in any spelling. Public for the test that compares it with the quick way. */
export function readInFull(address: string | null): string {
  if (address === null || address.length > MAX_ADDRESS_CHARS || !ipaddr.isValid(address)) return UNKNOWN_NETWORK;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6) {
    return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
  }
  // Short, octal and hexadecimal spellings are valid addresses too, but Cloudflare never writes them.
  const plain = address.includes(":") || ipaddr.IPv4.isValidFourPartDecimal(address);
  return plain ? parsed.toString() : UNKNOWN_NETWORK;
}

/** The /48 of an IPv6 network of {@link networkOf}. One customer of a provider may have a whole /48. */
export function siteOf(network: string): string | undefined {
  if (!network.endsWith("/64")) return undefined;
  const { parts } = ipaddr.IPv6.parse(network.slice(0, -"/64".length));
  return `${new ipaddr.IPv6([...parts.slice(0, 3), 0, 0, 0, 0, 0]).toString()}/48`;
}

/** The network under which guests are counted, which is the /48 for IPv6. `network`: as {@link networkOf} writes it. */
export const guestNetworkOf = (network: string): string => siteOf(network) ?? network;

/** Reads the network that an administrator types: an address, or a network as {@link networkOf} writes it. */
export function networkNamed(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === UNKNOWN_NETWORK) return trimmed;
  const network = networkOf(trimmed.replace(trimmed.includes(":") ? /\/64$/ : /\/32$/, ""));
  return network === UNKNOWN_NETWORK ? undefined : network;
}
