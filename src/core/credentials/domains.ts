// The names of a domain. A domain has a NetBIOS name and one or several others: its DNS name, and the suffixes of its users' UPNs,
// which clients take for domains (macOS makes `contoso.test` and `alice` of `alice@contoso.test`). Written with any of them an
// account is the same, has the same key and the same counters (S-10).

import { normaliseName } from "./names.ts";

/** The NetBIOS name that each other name of a domain stands for; both in lower case. */
export type Domains = ReadonlyMap<string, string>;

/**
 * Every key by which the directory may know who has this normalised name, the best first: by the first one a name is counted.
 * An account is looked for in its domain before it is looked for as the address that a client may have taken apart.
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

/** Every key by which attempts with a name of the directory's may have been counted: an address in a domain also as its parts. */
export function countedAs(name: string, domains: Domains): readonly string[] {
  const [user = "", domain = ""] = name.split("@");
  const netbios = domains.get(domain);
  return [keysOfName(name, domains)[0], ...(netbios === undefined ? [] : [`${netbios}\\${user}`])];
}
