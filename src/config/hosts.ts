// The public hosts and what each is for. By default Topology Builder gives each simple URL a host of its own, and there
// the conference stands right below the root. What a host is for decides what is open on it (core/http/publish.ts).

import type { HostRole } from "../core/http/publish.ts";
import { words } from "../core/text/words.ts";
import { webHostsIn } from "./pools.ts";

/** A host name, lower case. */
export const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

/** The names that clients build from a SIP domain themselves (MS-OCDISCWS 3.1). */
const DISCOVERY_NAME = /^lyncdiscover(?:internal)?\./;

/** The public hosts, lower case. */
export type Hosts = {
  readonly hosts: readonly string[];
  readonly webHost: string;
  readonly roles: ReadonlyMap<string, HostRole>;
  /** The domains under which a web host may have meeting links. */
  readonly sipDomains: readonly string[];
};

type HostVariables = {
  readonly PUBLIC_HOSTS?: string;
  readonly WEB_HOST?: string;
  readonly MEET_HOSTS?: string;
  readonly DIALIN_HOSTS?: string;
  readonly SIP_DOMAINS?: string;
  readonly DNS_DOMAIN?: string;
  readonly POOLS?: string;
};

/** Reads and validates; each fault is a sentence with its fix. */
export function readHosts(env: HostVariables, faults: string[]): Hosts {
  const demand = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const hosts = words(env.PUBLIC_HOSTS);
  demand(
    hosts.length > 0,
    'PUBLIC_HOSTS is missing. List the public host names of the pool, e.g. "lyncdiscover.contoso.com web.contoso.com meet.contoso.com dialin.contoso.com".',
  );
  for (const host of hosts) {
    demand(
      HOST_NAME.test(host),
      `PUBLIC_HOSTS has "${host}", which is not a host name. Give names only, without https:// and without a port.`,
    );
  }
  for (const host of hosts) {
    demand(
      !host.startsWith("admin."),
      `PUBLIC_HOSTS has "${host}", the name of the admin simple URL, which opens the control panel. Take it out: this name must stay inside.`,
    );
  }
  demand(
    hosts.length === 0 || hosts.some((host) => DISCOVERY_NAME.test(host)),
    'PUBLIC_HOSTS has no discovery host: a client looks for "lyncdiscover." and the SIP domain behind it, and finds nothing. Add it, e.g. "lyncdiscover.contoso.com".',
  );
  const webHost = (env.WEB_HOST ?? "").trim().toLowerCase();
  demand(
    hosts.includes(webHost),
    'WEB_HOST must be one of PUBLIC_HOSTS: the external web services FQDN of the pool, e.g. "web.contoso.com".',
  );
  const webHosts = [webHost, ...webHostsIn(env)];
  const roles = new Map<string, HostRole>(
    hosts.map((host) => [host, DISCOVERY_NAME.test(host) && !webHosts.includes(host) ? "discovery" : "web"]),
  );
  const simpleUrls = [
    ["MEET_HOSTS", env.MEET_HOSTS, "meet", "/meet"],
    ["DIALIN_HOSTS", env.DIALIN_HOSTS, "dial-in", "/dialin"],
  ] as const;
  for (const [variable, value, role, directory] of simpleUrls) {
    for (const host of new Set(words(value))) {
      const before = roles.get(host);
      demand(before !== undefined, `${variable} has "${host}", which is not one of PUBLIC_HOSTS. Add it there, too.`);
      demand(
        before === undefined || (before === "web" && !webHosts.includes(host)),
        `${variable} has "${host}", which already is something else (the web host, a discovery host, or a host of the other list). Take it out. A web host serves ${directory} without being listed here.`,
      );
      if (before !== undefined) roles.set(host, role);
    }
  }
  const sipDomains = words(env.SIP_DOMAINS ?? env.DNS_DOMAIN);
  for (const domain of env.SIP_DOMAINS === undefined ? [] : sipDomains) {
    demand(
      HOST_NAME.test(domain),
      `SIP_DOMAINS has "${domain}", which is not a domain name. List the SIP domains of the pool, e.g. "contoso.com".`,
    );
  }
  return { hosts, webHost, roles, sipDomains };
}
