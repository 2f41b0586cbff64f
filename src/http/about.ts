// What a request says about itself, for the audit and for the decisions that need it. Cloudflare tells the address, the
// country and the number of the network. Nothing of it is taken from a header that a client could write (S-31).

import type { Channel, EventContext } from "../audit/event.ts";
import { MAX_USER_AGENT_CHARS } from "../core/device/bounds.ts";
import type { RequestSource } from "../core/device/types.ts";
import { requestIdOf } from "../core/http/request-id.ts";
import { networkOf } from "../core/lockout/network.ts";
import { printable } from "../core/text/printable.ts";

/** What the audit keeps of a request, whatever is decided about it. */
export function aboutRequest(request: Request, host: string, channel: Channel, workstation = ""): EventContext {
  const { network: source, country, city } = sourceOf(request);
  return {
    requestId: requestIdOf(request),
    channel,
    host,
    source,
    userAgent: userAgentOf(request),
    workstation,
    ...(country !== "" && { country }),
    ...(city !== undefined && { city }),
  };
}

/** What the client calls itself, cut to the length that Postern reads. */
export const userAgentOf = (request: Request): string =>
  (request.headers.get("user-agent") ?? "").slice(0, MAX_USER_AGENT_CHARS);

/** From where a request comes. */
export function sourceOf(request: Request): RequestSource {
  const { country, asn, city } = request.cf ?? {};
  const town = typeof city === "string" ? printable(city, MAX_CITY_CHARS) : "";
  return {
    network: networkOf(request.headers.get("cf-connecting-ip")),
    country: typeof country === "string" ? country.toUpperCase() : "",
    asn: typeof asn === "number" ? asn : 0,
    ...(town !== "" && { city: town }),
  };
}

/** The longest name of a town has fewer. */
const MAX_CITY_CHARS = 85;
