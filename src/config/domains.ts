// The names of the users' domains: the part of the configuration that says which DNS names and UPN suffixes stand for
// which NetBIOS name. NETBIOS_DOMAIN and DNS_DOMAIN are always such a pair and need not be listed.

import type { Domains } from "../core/credentials/domains.ts";
import { words } from "../core/text/words.ts";
import type { Env } from "./env.ts";
import { HOST_NAME } from "./hosts.ts";

/** How many names fit into one statement of a look-up. */
const MAX_DOMAINS = 32;
const EXAMPLE = 'e.g. "CONTOSO=contoso.com CONTOSO=corp.contoso.com FABRIKAM=fabrikam.com"';

/** A NetBIOS name of a domain. */
export const NETBIOS_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,14}$/;

/** Reads `DOMAINS`; adds a sentence for every fault. `netbios` and `dns` are the pair that is always there. */
export function readDomains(text: string | undefined, netbios: string, dns: string, faults: string[]): Domains {
  const domains = new Map<string, string>();
  for (const word of words(text)) {
    const [name = "", other = "", ...more] = word.split("=");
    if (!NETBIOS_NAME.test(name) || !HOST_NAME.test(other) || more.length > 0) {
      faults.push(
        `DOMAINS has "${word}", which is not NAME=DNS: a NetBIOS name of up to 15 letters, digits and hyphens, "=", and a DNS name or UPN suffix with a dot in it, ${EXAMPLE}.`,
      );
    } else if (domains.has(other)) {
      faults.push(
        `DOMAINS has "${other}" twice. A DNS name or UPN suffix belongs to one domain. Remove one of the two.`,
      );
    } else domains.set(other, name);
  }
  if (domains.size > MAX_DOMAINS) {
    faults.push(
      `DOMAINS has ${domains.size} names; ${MAX_DOMAINS} is the limit. Leave out names with which no user signs in.`,
    );
  }
  const own = netbios.toLowerCase();
  const said = domains.get(dns);
  if (said !== undefined && said !== own) {
    faults.push(
      `DOMAINS gives "${dns}" to ${said.toUpperCase()}, but it is DNS_DOMAIN, which belongs to NETBIOS_DOMAIN "${netbios}". Correct one of the two.`,
    );
  }
  return domains.set(dns, own);
}

/** The names of the domains of a configuration that has no fault. */
export const domainsOf = ({ DOMAINS, NETBIOS_DOMAIN = "", DNS_DOMAIN = "" }: Env): Domains =>
  readDomains(DOMAINS, NETBIOS_DOMAIN.trim(), DNS_DOMAIN.trim().toLowerCase(), []);
