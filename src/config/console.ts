// The console's variables: where it is, for which name its passkeys are made, how long a session lives, and which
// provider of identities may say who somebody is. docs/configuration.md describes each.

import { type AdministratorRole, ROLES } from "../core/credentials/api-scopes.ts";
import { isLoopback } from "../core/http/loopback.ts";
import { splitAt, words } from "../core/text/words.ts";
import type { Env } from "./env.ts";
import { HOST_NAME } from "./hosts.ts";
import { type OpenIdClient, readOpenId } from "./openid.ts";
import { readRpId, readSessionTimes, type SessionTimes } from "./web-host.ts";

/** Where the console is, and how people sign in to it. */
export type ConsoleConfig = SessionTimes & {
  /** Lower case; none of the public hosts, and not the admin API's. */
  readonly host: string;
  /** The name for which passkeys are made: the host, or a domain above it. */
  readonly rpId: string;
  /** The provider to which the console sends people. */
  readonly oidc?: OpenIdClient | undefined;
  /** Cloudflare Access in front of the console. `issuer` has no slash at its end. */
  readonly access?: { readonly issuer: string; readonly audience: string } | undefined;
  /** Which value of which claim gives a person which role. Without a value, the console alone gives roles. */
  readonly roles: { readonly claim: string; readonly byValue: ReadonlyMap<string, AdministratorRole> };
};

const DEFAULT_ROLES_CLAIM = "groups";

/** The last label of an IPv4 address. */
const ADDRESS = /\.\d+$/;
/** The `aud` of an Access application. */
const AUDIENCE = /^[0-9a-f]{64}$/;

/** Everything that says nothing without CONSOLE_HOST. */
const BESIDE_THE_HOST = [
  ...(["CONSOLE_RP_ID", "CONSOLE_SESSION_HOURS", "CONSOLE_IDLE_MINUTES", "CONSOLE_ROLES"] as const),
  ...(["CONSOLE_ROLES_CLAIM", "CONSOLE_OIDC_ISSUER", "CONSOLE_OIDC_CLIENT_ID"] as const),
  ...(["CONSOLE_ACCESS_TEAM", "CONSOLE_ACCESS_AUDIENCE"] as const),
] as const satisfies readonly (keyof Env)[];

/** Reads and validates; each fault is a sentence with its fix. Undefined without CONSOLE_HOST: there is no console. */
export function readConsole(env: Env, hosts: readonly string[], faults: string[]): ConsoleConfig | undefined {
  const host = textOf(env.CONSOLE_HOST).toLowerCase();
  if (host === "") {
    for (const name of BESIDE_THE_HOST) {
      if (textOf(env[name]) === "") continue;
      faults.push(
        `${name} is set, but CONSOLE_HOST is not, so there is no console. Set CONSOLE_HOST, or take ${name} out.`,
      );
    }
    return undefined;
  }
  checkHost(host, env, hosts, faults);
  const times = readSessionTimes(env, "CONSOLE", faults);
  const oidc = readOpenId(env, "CONSOLE", faults);
  const access = readAccess(env, faults);
  return {
    host,
    rpId: readRpId(env, "CONSOLE", host, faults),
    ...times,
    oidc,
    access,
    roles: readRoles(env, faults),
  };
}

function checkHost(host: string, env: Env, hosts: readonly string[], faults: string[]): void {
  if (!HOST_NAME.test(host) || ADDRESS.test(host)) {
    faults.push(
      `CONSOLE_HOST is "${host}", which is not a host name. Give one name only, without https:// and without a port. Passkeys do not work with an IP address.`,
    );
  }
  if (hosts.includes(host)) {
    faults.push(
      'CONSOLE_HOST must be a host of its own, not one of PUBLIC_HOSTS. Choose another name, e.g. "postern.contoso.com".',
    );
  }
  const adminHost = textOf(env.ADMIN_HOST).toLowerCase();
  if (host === adminHost) {
    faults.push(
      'CONSOLE_HOST must be another host than ADMIN_HOST: a browser\'s cookies must not reach the API. Choose another name, e.g. "postern.contoso.com".',
    );
  }
  if (adminHost === "") {
    faults.push(
      "CONSOLE_HOST is set, but ADMIN_HOST is not. The first administrator is invited with `npx postern admin invite`, which asks the admin API. Set ADMIN_HOST, too.",
    );
  }
}

function readAccess(env: Env, faults: string[]): ConsoleConfig["access"] {
  const team = textOf(env.CONSOLE_ACCESS_TEAM);
  const audience = textOf(env.CONSOLE_ACCESS_AUDIENCE);
  if (team === "" && audience === "") return undefined;
  // A test plays Cloudflare Access at an address of its own.
  const local =
    env.PLAIN_HTTP === "allow" && /^http:\/\/[^/?#@]+$/.test(team) && isLoopback(URL.parse(team)?.hostname ?? "");
  if (!local && !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(team)) {
    faults.push(
      `CONSOLE_ACCESS_TEAM is "${team}"; it must be the team name alone: "contoso" where Cloudflare Access is at https://contoso.cloudflareaccess.com.`,
    );
  }
  if (!AUDIENCE.test(audience)) {
    faults.push(
      `CONSOLE_ACCESS_AUDIENCE is "${audience}"; it must be the 64 hexadecimal digits that Cloudflare shows as the application audience (AUD) tag of the console's Access application.`,
    );
  }
  return { issuer: local ? team : `https://${team.toLowerCase()}.cloudflareaccess.com`, audience };
}

function readRoles(env: Env, faults: string[]): ConsoleConfig["roles"] {
  const byValue = new Map<string, AdministratorRole>();
  for (const word of words(env.CONSOLE_ROLES, false)) {
    const [role, value] = splitAt(word, "=");
    if (!isRole(role) || value === "") {
      faults.push(
        `CONSOLE_ROLES has "${word}", which is not ROLE=VALUE with one of the roles ${Object.keys(ROLES).join(", ")}. Write e.g. "admin=lync-admins helpdesk=service-desk".`,
      );
    } else if (byValue.has(value)) {
      faults.push(`CONSOLE_ROLES gives "${value}" two roles. Remove one of the two.`);
    } else byValue.set(value, role);
  }
  const providers = textOf(env.CONSOLE_OIDC_ISSUER) + textOf(env.CONSOLE_ACCESS_TEAM);
  const given = textOf(env.CONSOLE_ROLES) !== "";
  if (providers === "" && given) {
    faults.push(
      "CONSOLE_ROLES is set, but no provider of identities is. Set CONSOLE_OIDC_ISSUER or CONSOLE_ACCESS_TEAM, or take CONSOLE_ROLES out.",
    );
  }
  return { claim: textOf(env.CONSOLE_ROLES_CLAIM) || DEFAULT_ROLES_CLAIM, byValue };
}

const textOf = (value: string | undefined): string => (value ?? "").trim();
const isRole = (text: string): text is AdministratorRole => Object.hasOwn(ROLES, text);
