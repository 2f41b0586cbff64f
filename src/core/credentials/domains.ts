// The names of a domain. A domain has a NetBIOS name and one or several others: its DNS name, and the suffixes of its
// users' UPNs, which clients take for domains (macOS makes `contoso.test` and `alice` of `alice@contoso.test`). An
// account written with any of these names is the same account: it has the same key and the same counters (S-10).

import { normaliseName } from "./names.ts";

/** The NetBIOS name that each other name of a domain stands for; both in lower case. */
export type Domains = ReadonlyMap<string, string>;

/**
 * Every key under which the directory may know the owner of this normalised name, the best first. The first one is
 * the key by which attempts are counted. First look for the account in its domain. Then look for it as an address,
 * because some clients split an address into user and domain.
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
 * Every key under which attempts with a name from the directory may have been counted. An address in a known domain may
 * also have been counted as `domain\user`.
 */
export function countedAs(name: string, domains: Domains): readonly string[] {
  const [user = "", domain = ""] = name.split("@");
  const netbios = domains.get(domain);
  return [keysOfName(name, domains)[0], ...(netbios === undefined ? [] : [`${netbios}\\${user}`])];
}
