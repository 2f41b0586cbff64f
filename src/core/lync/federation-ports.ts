// Where a pool's web ticket service takes what WS-Federation gives: the addresses of two ports in its metadata. Clients
// find ports by the names of elements without their namespaces (SIPE, `sipe-webticket.c`), and this code does the same.
// Source: WSDL 1.1, 2.6 and 3.8; the names of the ports are those of `Set-CsWebServiceConfiguration
// -MobilePreferredAuthType`.

import { ok, type Result } from "../result.ts";
import { readXml, type XmlFault } from "./xml.ts";

/**
 * `session`: the port that takes the cookies of `/PassiveAuth`. `token`: the one that takes a token in the message.
 * `path`: where it is at the pool, below `/WebTicket/`.
 */
export type FederationPort = { readonly kind: "session" | "token"; readonly path: string };

/** In the order in which they are tried. */
const KINDS = [
  ["WsFedPassive", "session"],
  ["WsFedBearer", "token"],
] as const;
/** A path of the web ticket service, in one spelling only. */
const PATH = /^\/WebTicket\/[A-Za-z0-9._/-]{1,200}$/i;

/**
 * The ports in the metadata of a web ticket service, the first one to be tried first. A port with two addresses, or
 * with one that is elsewhere, is left out. Which host an address names does not matter: Postern asks the pool at its own
 * web host, and nobody else.
 */
export function federationPorts(metadata: string): Result<readonly FederationPort[], XmlFault> {
  const addresses = new Map<string, Set<string>>();
  const path: string[] = [];
  let port: { readonly name: string; readonly depth: number } | undefined;
  const read = readXml<never>(metadata, () => ({
    open: ({ local, attributes }) => {
      const parent = path.at(-1);
      path.push(local);
      if (port === undefined && local === "port" && parent === "service") {
        port = { name: attributes.name?.value ?? "", depth: path.length };
      }
      if (port !== undefined && local === "address" && parent === "port") {
        const known = addresses.get(port.name) ?? new Set<string>();
        addresses.set(port.name, known.add(attributes.location?.value.trim() ?? ""));
      }
    },
    text: () => undefined,
    close: () => {
      if (port?.depth === path.length) port = undefined;
      path.pop();
    },
  }));
  if (!read.ok) return read;
  return ok(
    KINDS.flatMap(([name, kind]) => {
      const [address, another] = addresses.get(name) ?? [];
      const at = address === undefined || another !== undefined ? undefined : pathOf(address);
      return at === undefined ? [] : [{ kind, path: at }];
    }),
  );
}

function pathOf(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") return undefined;
  return PATH.test(url.pathname) ? url.pathname : undefined;
}
