// The names of a domain. A domain has a NetBIOS name, a DNS name, and the suffixes of its users' UPNs. Clients take
// these suffixes for domains: macOS splits `alice@contoso.test` into `contoso.test` and `alice`. An account written
// with any of these names is the same account. It has the same key and the same counters (S-10).

import { normaliseName } from "./names.ts";

/** The NetBIOS name that each other name of a domain stands for; both in lower case. */
export type Domains = ReadonlyMap<string, string>;

/**
 * Every key under which the directory may know the owner of this normalised name, the best first. Attempts are counted
 * under the first key, which is the account in its NetBIOS domain. Then come the domain's other names. The address
 * comes last, because some clients split an address into user and domain.
 */
export function keysOfName(name: string, domains: Domains): readonly [string, ...string[]] {
  const at = name.indexOf("\\");
  if (at < 0) return [name];
  const [domain, account] = [name.slice(0, at), name.slice(at + 1)];
  const netbios = domains.get(domain) ?? domain;
  const others = [...domains].filter(([, of]) => of === netbios).map(([other]) => `${other}\\${account}`);
  const address = domains.has(domain) ? normaliseName(`${account}@${domain}`) : undefined;
  return [`${netbios}\\${account}`, ...others, ...(address?.ok ? [address.value] : [])];
}

/**
 * Every key under which attempts with a name of the directory may have been counted. Attempts with an address in a
 * known domain may also have been counted as `domain\user`.
 */
export function countedAs(name: string, domains: Domains): readonly string[] {
  const [user = "", domain = ""] = name.split("@");
  const netbios = domains.get(domain);
  return [keysOfName(name, domains)[0], ...(netbios === undefined ? [] : [`${netbios}\\${user}`])];
}
