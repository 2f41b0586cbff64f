// How the Front-Ends are reached: the part of the configuration that says so.

import { splitAt, words } from "../core/text/words.ts";
import { bindingFrontEnd, type FrontEnd, tunnelFrontEnd } from "../origin/front-end.ts";
import type { Env } from "./env.ts";
import type { Pool } from "./pools.ts";

/**
 * Reads `FRONT_END` and what it needs; adds a sentence for every fault. The Front-End of each pool in their order, or
 * undefined with a fault.
 */
export function readFrontEnds(
  env: Env,
  hosts: readonly string[],
  pools: readonly Pool[],
  faults: string[],
): readonly FrontEnd[] | undefined {
  switch (env.FRONT_END) {
    case "binding":
      return readBound(env, pools, faults);
    case "tunnel": {
      const named = words(env.TUNNEL_HOSTS, false).map((word) => splitAt(word, "="));
      const origins = new Map(named);
      const before = faults.length;
      if (origins.size < named.length) {
        faults.push("TUNNEL_HOSTS names one host twice. A host has one tunnel. Remove one of the two.");
      }
      for (const host of hosts) {
        const origin = origins.get(host);
        if (origin === undefined || !/^https:\/\/[^/?#@]+$/.test(origin)) {
          faults.push(
            `TUNNEL_HOSTS has no https tunnel for "${host}". Add "${host}=https://<tunnel hostname>", and give that tunnel this httpHostHeader in cloudflared.`,
          );
        }
      }
      if (!env.ACCESS_CLIENT_ID || !env.ACCESS_CLIENT_SECRET)
        faults.push(
          'FRONT_END is "tunnel", but ACCESS_CLIENT_ID or ACCESS_CLIENT_SECRET is missing. Make an Access service token and put both in place with `wrangler secret put`.',
        );
      if (new Set(origins.values()).size < origins.size) {
        faults.push(
          "TUNNEL_HOSTS gives two hosts the same tunnel. Each needs its own, because cloudflared gives a tunnel one httpHostHeader.",
        );
      }
      if (faults.length > before || !env.ACCESS_CLIENT_ID || !env.ACCESS_CLIENT_SECRET) return undefined;
      const token = { clientId: env.ACCESS_CLIENT_ID, clientSecret: env.ACCESS_CLIENT_SECRET };
      const tunnels = tunnelFrontEnd(origins, token);
      return pools.map(() => tunnels);
    }
    default:
      faults.push(
        'FRONT_END must say how the Front-End is reached: "binding" (Workers VPC service, binding ORIGIN) or "tunnel" (tunnel host names with an Access service token).',
      );
      return undefined;
  }
}

function readBound(env: Env, pools: readonly Pool[], faults: string[]): readonly FrontEnd[] | undefined {
  const found = pools.flatMap(({ name, origin }) => {
    if (origin === undefined) return [];
    const binding = env[origin];
    if (binding !== undefined) return [bindingFrontEnd(binding)];
    faults.push(
      name === "" || origin === "ORIGIN"
        ? 'FRONT_END is "binding", but there is no binding ORIGIN. Add [[vpc_services]] binding = "ORIGIN" to wrangler.toml.'
        : `POOL_ORIGINS says that the pool "${name}" is at the binding ${origin}, which is not there. Add [[vpc_services]] binding = "${origin}" to wrangler.toml.`,
    );
    return [];
  });
  return found.length === pools.length ? found : undefined;
}
