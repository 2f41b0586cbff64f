// The portal's variables: where it is, for which name its passkeys are made, how long a session lives, and which
// provider of identities may say who somebody is.
// docs/configuration.md describes each.

import type { Env } from "./env.ts";
import { HOST_NAME } from "./hosts.ts";
import { type PortalProvider, readPortalProvider } from "./portal-provider.ts";
import { readRpId, readSessionTimes, type SessionTimes } from "./web-host.ts";

/** Where the portal is, and how people sign in to it. */
export type PortalConfig = SessionTimes & {
  /** Lower case; none of the public hosts, and neither the admin API's nor the console's. */
  readonly host: string;
  /** The name for which passkeys are made: the host, or a domain above it. */
  readonly rpId: string;
  readonly provider?: PortalProvider | undefined;
};

/** The last label of an IPv4 address. */
const ADDRESS = /\.\d+$/;
/** Everything that says nothing without PORTAL_HOST. */
const BESIDE_THE_HOST = [
  ...(["PORTAL_RP_ID", "PORTAL_SESSION_HOURS", "PORTAL_IDLE_MINUTES"] as const),
  ...(["PORTAL_OIDC_ISSUER", "PORTAL_OIDC_CLIENT_ID", "PORTAL_OIDC_CLAIM", "PORTAL_OIDC_TWO_FACTORS"] as const),
] as const;
const CHOOSE = 'Choose another name, e.g. "access.contoso.com".';

/** Reads and validates; each fault is a sentence with its fix. Undefined without PORTAL_HOST: there is no portal. */
export function readPortal(env: Env, hosts: readonly string[], faults: string[]): PortalConfig | undefined {
  const host = textOf(env.PORTAL_HOST);
  if (host === "") {
    for (const name of BESIDE_THE_HOST) {
      if (textOf(env[name]) === "") continue;
      faults.push(
        `${name} is set, but PORTAL_HOST is not, so there is no portal. Set PORTAL_HOST, or take ${name} out.`,
      );
    }
    return undefined;
  }
  const adminHost = textOf(env.ADMIN_HOST);
  if (!HOST_NAME.test(host) || ADDRESS.test(host)) {
    faults.push(
      `PORTAL_HOST is "${host}", which is not a host name. Give one name only, without https:// and without a port. Passkeys do not work with an IP address.`,
    );
  }
  if (hosts.includes(host)) {
    faults.push(`PORTAL_HOST must be a host of its own, not one of PUBLIC_HOSTS. ${CHOOSE}`);
  }
  if (host === adminHost) {
    faults.push(`PORTAL_HOST must be another host than ADMIN_HOST: everybody may open the portal. ${CHOOSE}`);
  }
  if (host === textOf(env.CONSOLE_HOST)) {
    faults.push(
      `PORTAL_HOST must be another host than CONSOLE_HOST: a page for everybody must not share cookies with the console. ${CHOOSE}`,
    );
  }
  if (adminHost === "") {
    faults.push(
      "PORTAL_HOST is set, but ADMIN_HOST is not. Invitations are made with `npx postern user invite`, which asks the admin API. Set ADMIN_HOST, too.",
    );
  }
  return {
    ...{ host, rpId: readRpId(env, "PORTAL", host, faults), ...readSessionTimes(env, "PORTAL", faults) },
    provider: readPortalProvider(env, faults),
  };
}

const textOf = (value: string | undefined): string => (value ?? "").trim().toLowerCase();
