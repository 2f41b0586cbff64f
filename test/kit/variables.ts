// Variables without a fault, for the tests of the code that reads them.

import { env as workerEnv } from "cloudflare:workers";
import type { Env } from "../../src/config/env.ts";

const outside = { fetch: async () => new Response("outside") } as unknown as Fetcher;

/** A key that nobody uses. */
export const KEY = Buffer.alloc(32, 7).toString("base64");

const whole: Env = {
  DB: workerEnv.DB,
  USER_GUARD: workerEnv.USER_GUARD,
  SOURCE_GUARD: workerEnv.SOURCE_GUARD,
  GUEST_GUARD: workerEnv.GUEST_GUARD,
  ANONYMOUS_SERVICES: workerEnv.ANONYMOUS_SERVICES,
  ANONYMOUS_PAGES: workerEnv.ANONYMOUS_PAGES,
  API_CALLS: workerEnv.API_CALLS,
  API_SECRETS: workerEnv.API_SECRETS,
  SEALING_KEYS: KEY,
  PUBLIC_HOSTS: "lyncdiscover.contoso.test web.contoso.test",
  WEB_HOST: "web.contoso.test",
  NETBIOS_DOMAIN: "CONTOSO",
  DNS_DOMAIN: "contoso.test",
  INTERNAL_DOMAINS: "contoso.local",
  FRONT_END: "binding",
  ORIGIN: outside,
  SIGN_ON: "none",
};

/** The variables with some changes. A name whose value is undefined is taken away. */
export function variablesWith(changes: Readonly<Record<string, unknown>>): Env {
  const kept = Object.entries({ ...whole, ...changes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as unknown as Env;
}
