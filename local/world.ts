// The made-up organisation of the local gateway: its public hosts, its domain, and the demo user.

import { contosoHosts } from "../simulator/hosts.ts";

const { sip: _accessEdge, ...webHosts } = contosoHosts; // the SIP access edge is not a web site

/** The public hosts the local gateway answers for. */
export const publicHosts: readonly string[] = Object.values(webHosts);

/** The host of the local gateway's admin API. */
export const adminHost = "admin.contoso.test";

/**
 * The host of the local gateway's console. Browsers resolve it by themselves, and passkeys work there without a
 * certificate.
 */
export const consoleHost = "console.localhost";

/** The host of the local gateway's portal. */
export const portalHost = "portal.localhost";

/** The Worker's variables for Contoso, as `wrangler.toml` would have them. */
export const contosoVariables = {
  PUBLIC_HOSTS: publicHosts.join(" "),
  WEB_HOST: contosoHosts.web,
  MEET_HOSTS: contosoHosts.meet,
  DIALIN_HOSTS: contosoHosts.dialin,
  NETBIOS_DOMAIN: "CONTOSO",
  DNS_DOMAIN: "contoso.test",
  INTERNAL_DOMAINS: "contoso.local",
  FRONT_END: "binding",
  SIGN_ON: "simulated",
  PLAIN_HTTP: "allow",
};

/**
 * The bindings that hold requests without a ticket to a budget, by default as `wrangler.toml` has them. Requests a
 * minute.
 */
export const anonymousBudgets = ({ services = 1_200, pages = 6_000 } = {}) =>
  ({
    ANONYMOUS_SERVICES: { type: "rate-limit", namespace: "7101", simple: { limit: services, period: 60 } },
    ANONYMOUS_PAGES: { type: "rate-limit", namespace: "7102", simple: { limit: pages, period: 60 } },
  }) as const;

/**
 * The bindings that hold each caller of the API to a budget, by default as `wrangler.toml` has them. Calls a minute.
 */
export const apiBudgets = ({ calls = 1_200, secrets = 600 } = {}) =>
  ({
    API_CALLS: { type: "rate-limit", namespace: "7103", simple: { limit: calls, period: 60 } },
    API_SECRETS: { type: "rate-limit", namespace: "7104", simple: { limit: secrets, period: 60 } },
  }) as const;

/** The user that `npm start` makes an app password for. */
export const demoUser = {
  sipUri: "sip:alice@contoso.test",
  upn: "alice@contoso.test",
  domain: "CONTOSO",
  account: "alice",
};
