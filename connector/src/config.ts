// The configuration: one JSON file, which is read once and checked whole. Every fault is a sentence with its fix. With
// a fault the connector does not start.

import { type AccessLists, admit } from "./access.ts";
import type { GroupRules } from "./groups.ts";
import { type Keys, readKeys } from "./keys.ts";
import type { Account } from "./own-ticket.ts";
import type { Address } from "./server.ts";
import { type Faults, reader } from "./settings.ts";

/** The connector's configuration, validated. */
export type Config = {
  /** The name of this connector in Postern's orders, as their audience. */
  readonly name: string;
  /** The name of Postern in its orders, as their issuer: `https://` and WEB_HOST. */
  readonly issuer: string;
  readonly keys: Keys;
  readonly listen: Address;
  readonly observe: Address;
  readonly account: Account;
  readonly realm: string;
  readonly kdcs: readonly string[];
  /** A private folder in memory. If the file does not name one, systemd's RUNTIME_DIRECTORY is used. */
  readonly runtimeDirectory: string;
  readonly lists: AccessLists;
  readonly groups: GroupRules | undefined;
  readonly probeUser: string | undefined;
  readonly limits: Limits;
};

/** Bounds, each with a default. */
export type Limits = {
  readonly cachedUsers: number;
  /** How long a user's ticket is used. For no longer than this, a user disabled in the directory is still signed on. */
  readonly cacheSeconds: number;
  readonly commandsAtOnce: number;
  readonly commandsWaiting: number;
  readonly commandSeconds: number;
};

const NAME = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const ISSUER = /^https:\/\/[a-z0-9.-]+$/;
const PRINCIPAL = /^([A-Za-z0-9._$-]+(?:\/[A-Za-z0-9.-]+)?)@([A-Z0-9.-]+)$/;
const SPN = /^[A-Za-z]+\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;
const KDC = /^[A-Za-z0-9.-]+(:\d+)?$/;
const LDAP_SERVER = /^ldap:\/\/[A-Za-z0-9.-]+(:\d+)?$/;
const DISTINGUISHED_NAME = /^[A-Za-z]+=.+,.*DC=/i;

/** Reads the text of a configuration file. `runtimeDirectory`: the folder that systemd gives, if it gives one. */
export async function readConfig(
  text: string,
  runtimeDirectory: string | undefined,
): Promise<{ readonly config: Config } | { readonly faults: readonly string[] }> {
  const faults: Faults = [];
  const root = reader(parse(text, faults), "", faults);
  const name = root.text("name", NAME, 'the name Postern\'s CONNECTORS gives this connector, e.g. "connector-a"');
  const issuer = root.text("issuer", ISSUER, 'Postern\'s web host as a URL, e.g. "https://web.contoso.com"');
  const keys = await readKeys(root.list("keys"), faults);
  const principal = root.text("principal", PRINCIPAL, 'the service account, e.g. "svc-postern@CORP.CONTOSO.COM"');
  const keytab = root.text("keytab", /^\/./, "the path of the account's keytab, from the root");
  const folder =
    root.optional("runtimeDirectory", /^\/./, "a private folder in memory, from the root") ?? runtimeDirectory;
  if (folder === undefined) {
    faults.push(
      'runtimeDirectory is missing, and systemd gives none. Let systemd make one (RuntimeDirectory=postern-connector) or name a folder in memory, e.g. "/run/postern-connector".',
    );
  }
  const kdcs = root.texts(
    "kdcs",
    KDC,
    'names of domain controllers, e.g. "dc1.corp.contoso.com", or leave kdcs out to find them in DNS',
  );
  const services = root.texts("services", SPN, 'service principal names, e.g. "HTTP/web.contoso.com"');
  if (services.length === 0)
    faults.push('services is empty. List the SPNs to sign on to, e.g. "HTTP/web.contoso.com".');
  const userDomains = root.texts("userDomains", DOMAIN, 'UPN suffixes in lower case, e.g. "corp.contoso.com"');
  if (userDomains.length === 0)
    faults.push('userDomains is empty. List the UPN suffixes of the users, e.g. "contoso.com".');
  const [allowUsers, denyUsers] = [root.names("allowUsers"), root.names("denyUsers")];
  const lists = { services, userDomains, allowUsers, denyUsers };
  const probeUser = root.optional(
    "probeUser",
    /^[^@\s]+@[^@\s]+$/,
    "the UPN of an ordinary user to try the delegation with",
  );
  const probed = probeUser === undefined ? undefined : admit(probeUser, services[0] ?? "", lists);
  if (probed !== undefined && services.length > 0 && !probed.ok) {
    faults.push(`The lists refuse probeUser "${probeUser}" (${probed.reason}). Choose a user whom they allow.`);
  }
  const groups = root.has("groups") ? readGroups(root.object("groups"), faults) : undefined;
  const listen = readAddress(root.object("listen"), 8470);
  const observe = readAddress(root.object("observe"), 8471);
  const limits = readLimits(root.object("limits"));
  root.nothingElse();
  if (faults.length > 0 || keys === undefined || folder === undefined) return { faults };
  const realm = PRINCIPAL.exec(principal)?.[2] ?? "";
  return {
    config: {
      name,
      issuer,
      keys,
      listen,
      observe,
      account: { principal, keytab },
      realm,
      kdcs,
      runtimeDirectory: folder,
      lists,
      groups,
      probeUser: probed?.ok ? probed.value.user : undefined,
      limits,
    },
  };
}

type Reader = ReturnType<typeof reader>;

function readGroups(groups: Reader, faults: Faults): GroupRules {
  const servers = groups.texts("servers", LDAP_SERVER, 'domain controllers, e.g. "ldap://dc1.corp.contoso.com"');
  const base = groups.text("base", /^(OU|CN|DC)=/i, 'where users are, e.g. "DC=corp,DC=contoso,DC=com"');
  const example = 'distinguished names, e.g. "CN=Postern,OU=Groups,DC=corp,DC=contoso,DC=com"';
  const allow = groups.texts("allow", DISTINGUISHED_NAME, example);
  const deny = groups.texts("deny", DISTINGUISHED_NAME, example);
  if (servers.length === 0)
    faults.push('groups.servers is empty. List domain controllers, e.g. "ldap://dc1.corp.contoso.com".');
  if (allow.length + deny.length === 0)
    faults.push("groups names no group. Fill groups.allow or groups.deny, or leave groups out.");
  groups.nothingElse();
  return { servers, base, allow, deny };
}

function readAddress(address: Reader, defaultPort: number): Address {
  const host = address.optional("host", /^[0-9A-Fa-f:.]+$/, "an IP address of this machine") ?? "127.0.0.1";
  const port = address.number("port", defaultPort, 0, 65_535);
  address.nothingElse();
  return { host, port };
}

function readLimits(limits: Reader): Limits {
  const read = {
    cachedUsers: limits.number("cachedUsers", 5_000, 1, 100_000),
    cacheSeconds: limits.number("cacheSeconds", 600, 1, 36_000),
    commandsAtOnce: limits.number("commandsAtOnce", 8, 1, 64),
    commandsWaiting: limits.number("commandsWaiting", 64, 0, 10_000),
    commandSeconds: limits.number("commandSeconds", 4, 1, 60),
  };
  limits.nothingElse();
  return read;
}

function parse(text: string, faults: Faults): unknown {
  try {
    return JSON.parse(text);
  } catch (fault) {
    faults.push(
      `The file is not JSON: ${String(fault)}. Correct it there. JSON has no comments and no trailing commas.`,
    );
    return {};
  }
}
