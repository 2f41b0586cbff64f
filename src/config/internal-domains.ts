// The domains of the inside, which no answer may name. Each is sought as a part of what an answer says, so a mark that no
// name has would make it match nothing, and the inside would be shown.

import { words } from "../core/text/words.ts";

/** What may stand in a name or an address, with the dot before a domain. */
const NAME = /^[a-z0-9._:-]+$/;

/** Reads and validates; each fault is a sentence with its fix. `hosts`: the public ones. */
export function readInternalDomains(value: string | undefined, hosts: readonly string[], faults: string[]): string[] {
  const domains = words(value);
  if (domains.length === 0) {
    faults.push(
      'INTERNAL_DOMAINS is missing. List the domains of the inside, which no answer may name, e.g. "contoso.local"; where inside and outside share a domain, the names of the Front-Ends and of the pool.',
    );
  }
  for (const domain of domains) {
    if (!NAME.test(domain)) {
      faults.push(
        `INTERNAL_DOMAINS has "${domain}", which no answer contains as it stands, so names of the inside would be shown. Give names alone, without "*" and without https://; a domain covers everything below it, e.g. "contoso.local".`,
      );
    }
    if (hosts.some((host) => host.includes(domain))) {
      faults.push(
        `INTERNAL_DOMAINS has "${domain}", which is part of a public host, so Postern would remove links to that host. Name the Front-Ends instead.`,
      );
    }
  }
  return domains;
}
