// What the Worker finds in its environment. A new name goes into names.ts, too.

import type { GuardEnv } from "../guards/calls.ts";
import type { TimeoutEnv } from "./timeouts.ts";

/**
 * What `wrangler.toml` and `wrangler secret put` give the Worker. Variables are described in `docs/configuration.md`. A
 * name that is added here goes into `NAMES` (`names.ts`) as well.
 */
export type Env = GuardEnv &
  TimeoutEnv & {
    readonly ANONYMOUS_SERVICES?: RateLimit;
    readonly ANONYMOUS_PAGES?: RateLimit;
    readonly API_CALLS?: RateLimit;
    readonly API_SECRETS?: RateLimit;
    readonly PUBLIC_HOSTS?: string;
    readonly WEB_HOST?: string;
    readonly MEET_HOSTS?: string;
    readonly DIALIN_HOSTS?: string;
    readonly SIP_DOMAINS?: string;
    readonly NETBIOS_DOMAIN?: string;
    readonly DNS_DOMAIN?: string;
    readonly DOMAINS?: string;
    readonly INTERNAL_DOMAINS?: string;
    readonly CHALLENGE?: string;
    readonly EDGE_CERTIFICATE_HASHES?: string;
    readonly PLAIN_HTTP?: string;
    readonly CERTIFICATE_TICKETS?: string;
    readonly REFUSAL_FLOOR_MS?: string;
    readonly AUDIT_RETENTION_DAYS?: string;
    readonly LEAVERS_ERASED_AFTER_DAYS?: string;
    readonly ADMIN_HOST?: string;
    readonly ADMIN_KEYS?: string;
    readonly CONSOLE_HOST?: string;
    readonly CONSOLE_RP_ID?: string;
    readonly CONSOLE_SESSION_HOURS?: string;
    readonly CONSOLE_IDLE_MINUTES?: string;
    readonly CONSOLE_OIDC_ISSUER?: string;
    readonly CONSOLE_OIDC_CLIENT_ID?: string;
    readonly CONSOLE_OIDC_CLIENT_SECRET?: string;
    readonly CONSOLE_ACCESS_TEAM?: string;
    readonly CONSOLE_ACCESS_AUDIENCE?: string;
    readonly CONSOLE_ROLES?: string;
    readonly CONSOLE_ROLES_CLAIM?: string;
    readonly PORTAL_HOST?: string;
    readonly PORTAL_RP_ID?: string;
    readonly PORTAL_SESSION_HOURS?: string;
    readonly PORTAL_IDLE_MINUTES?: string;
    readonly PORTAL_OIDC_ISSUER?: string;
    readonly PORTAL_OIDC_CLIENT_ID?: string;
    readonly PORTAL_OIDC_CLIENT_SECRET?: string;
    readonly PORTAL_OIDC_CLAIM?: string;
    readonly PORTAL_OIDC_TWO_FACTORS?: string;
    readonly STS_HOST?: string;
    readonly STS_KEYS?: string;
    readonly STS_ISSUER?: string;
    readonly STS_REALMS?: string;
    readonly STS_REPLIES?: string;
    readonly STS_TOKEN_MINUTES?: string;
    readonly STS_DOMAIN_SIDS?: string;
    readonly STS_DENIED_SIDS?: string;
    readonly STS_OFFER?: string;
    readonly FRONT_END?: string;
    readonly POOLS?: string;
    readonly POOL_HOSTS?: string;
    readonly POOL_ORIGINS?: string;
    readonly POOL_SERVICES?: string;
    readonly POOL_FQDNS?: string;
    readonly ORIGIN?: Fetcher;
    readonly ORIGIN_2?: Fetcher;
    readonly ORIGIN_3?: Fetcher;
    readonly ORIGIN_4?: Fetcher;
    readonly ORIGIN_5?: Fetcher;
    readonly ORIGIN_6?: Fetcher;
    readonly ORIGIN_7?: Fetcher;
    readonly ORIGIN_8?: Fetcher;
    readonly TUNNEL_HOSTS?: string;
    readonly ACCESS_CLIENT_ID?: string;
    readonly ACCESS_CLIENT_SECRET?: string;
    readonly SIGN_ON?: string;
    readonly CONNECTOR?: Fetcher;
    readonly CONNECTOR_2?: Fetcher;
    readonly CONNECTOR_SECRET?: string;
    readonly CONNECTORS?: string;
    readonly SIGN_ON_SERVICE?: string;
    readonly SIGN_ON_KEYS?: string;
    readonly PROBE_ACCOUNT?: string;
    readonly PROBE_PASSWORD?: string;
    readonly PROBE_MINUTES?: string;
    readonly PROBE_PING_URL?: string;
    readonly PROBE_PING_FAILURES?: string;
  };
