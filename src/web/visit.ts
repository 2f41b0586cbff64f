// One request to a web page, before anybody knows who asks.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { requestIdOf } from "../core/http/request-id.ts";
import { networkOf } from "../core/lockout/network.ts";

export type Visit = {
  readonly env: Env;
  readonly config: Config;
  readonly request: Request;
  /** The host of the page, lower case, without a port. */
  readonly host: string;
  /** What a browser on this host sends as `Origin`, such as `https://console.contoso.com`. */
  readonly origin: string;
  /** The client's network. */
  readonly source: string;
  readonly requestId: string;
  /** As Cloudflare tells it, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** When the request came, ms. */
  readonly now: number;
};

/**
 * A request to a web host. Local runs have a port and no TLS, and a stranger cannot choose either there; a deployed
 * host has none, whatever the request says.
 */
export function visitOf(request: Request, env: Env, config: Config, host: string): Visit {
  const { timezone } = request.cf ?? {};
  return {
    ...{ env, config, request, host },
    origin: config.plainHttp ? new URL(request.url).origin : `https://${host}`,
    source: networkOf(request.headers.get("cf-connecting-ip")),
    requestId: requestIdOf(request),
    timeZone: typeof timezone === "string" ? timezone : "UTC",
    now: Date.now(),
  };
}
