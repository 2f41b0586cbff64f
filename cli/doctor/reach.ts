// How hosts are reached: by DNS as a client does, or all at one address.

import type { Reach } from "./doctor.ts";
import { resolve } from "./resolve.ts";

const portOf = (scheme: "https" | "http"): number => (scheme === "https" ? 443 : 80);

/** Every host by its name. */
export const BY_NAME: Reach = {
  ...{ resolve, fixed: undefined, plain: false },
  way: (host, scheme, port) => ({ scheme, address: host, port: port ?? portOf(scheme) }),
};

/** All hosts of the gateway at that address; others by their names. Undefined: it is no address of a gateway. */
export function reachAt(at: string): Reach | undefined {
  const url = URL.canParse(at) ? new URL(at) : undefined;
  if (url === undefined || !["https:", "http:"].includes(url.protocol) || url.pathname !== "/") return undefined;
  const scheme = url.protocol === "https:" ? "https" : "http";
  const here = {
    scheme,
    address: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || portOf(scheme),
  } as const;
  return {
    ...{ resolve, fixed: url.origin, plain: scheme === "http" },
    way: (host, wanted, port, foreign) => (foreign ? BY_NAME.way(host, wanted, port, foreign) : here),
  };
}
