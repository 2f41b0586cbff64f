// A directory in memory: entries, and a session that searches them as a domain controller does. Where a test is about
// LDAP itself, it runs against Samba (test/real/directory).

import { AndFilter, EqualityFilter, type Filter, FilterParser, OrFilter } from "ldapts";
import type { Directory, OpenDomain } from "../src/ldap/directory.ts";
import { DirectoryFault } from "../src/ldap/fault.ts";
import type { Entry, Search } from "../src/ldap/session.ts";
import { guidBytes } from "../src/ldap/values.ts";

export const BASE = "DC=corp,DC=contoso,DC=test";
const PEOPLE = `OU=People,${BASE}`;

/** How many values of an attribute come at once, as with Active Directory. */
const RANGE = 1_500;

export class MemoryDirectory implements Directory {
  readonly entries = new Map<string, Entry>();
  readonly asked: string[] = [];
  /** Is called before each search; what it throws, the search throws. */
  onSearch: (operation: string, search: Search) => void = () => undefined;
  /** Names of entries that listings miss, as while somebody is moved. */
  readonly missedByListing = new Set<string>();

  async use<T>(work: (domains: readonly OpenDomain[]) => Promise<T>): Promise<T> {
    const domain = { base: BASE, configuration: `CN=Configuration,${BASE}`, dns: "corp.contoso.test" };
    const search = async (operation: string, asked: Search): Promise<Entry[]> => this.#search(operation, asked);
    const session = { server: "ldaps://dc1.corp.contoso.test", domain, search, close: async () => undefined };
    return work([{ session, netbios: "CORP", bases: [BASE] }]);
  }

  /** Adds somebody, or changes attributes; `undefined` takes one away. */
  person(account: string, attributes: Readonly<Record<string, string | undefined>> = {}, unit = PEOPLE): string {
    const dn = `CN=${account},${unit}`;
    const number = [...account].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7);
    const guid = `${number.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
    const all: Record<string, string | Buffer | undefined> = {
      ...{ objectClass: "user", objectCategory: "person", objectGUID: guidBytes(guid), sAMAccountName: account },
      ...{ userPrincipalName: `${account}@contoso.test`, userAccountControl: "512" },
      ...{ "msRTCSIP-UserEnabled": "TRUE", "msRTCSIP-PrimaryUserAddress": `sip:${account}@contoso.test` },
      ...this.entries.get(dn),
      ...attributes,
    };
    const entry: Entry = { dn };
    for (const [name, value] of Object.entries(all)) if (value !== undefined) entry[name] = value;
    this.entries.set(dn, entry);
    return `ad:${guid}`;
  }

  group(name: string, members: readonly string[]): string {
    const dn = `CN=${name},OU=Groups,${BASE}`;
    this.entries.set(dn, { dn, objectClass: "group", member: [...members] });
    return dn;
  }

  dn(account: string): string {
    return `CN=${account},${PEOPLE}`;
  }

  #search(operation: string, search: Search): Entry[] {
    this.asked.push(operation);
    this.onSearch(operation, search);
    const { base, filter, scope = "sub", attributes } = search;
    if (scope === "base" && !this.entries.has(base)) throw new DirectoryFault("missing", `no ${base}`, "");
    const parsed = typeof filter === "string" ? FilterParser.parseString(filter) : filter;
    return [...this.entries.values()]
      .filter(({ dn }) => (scope === "base" ? dn === base : dn.endsWith(base)))
      .filter(
        (entry) =>
          !(
            operation === "people" &&
            this.missedByListing.has(entry.dn) &&
            !JSON.stringify(parsed).includes("objectGUID")
          ),
      )
      .filter((entry) => this.#matches(parsed, entry))
      .map((entry) => ranged(entry, attributes));
  }

  #matches(filter: Filter, entry: Entry): boolean {
    if (filter instanceof AndFilter) return filter.filters.every((one) => this.#matches(one, entry));
    if (filter instanceof OrFilter) return filter.filters.some((one) => this.#matches(one, entry));
    if (!(filter instanceof EqualityFilter)) throw new Error(`the directory in memory knows no ${filter.toString()}`);
    const wanted = filter.value.toString();
    if (filter.attribute.toLowerCase() === "memberof") {
      return [this.entries.get(wanted)?.member ?? []].flat().includes(entry.dn);
    }
    const name = Object.keys(entry).find((one) => one.toLowerCase() === filter.attribute.toLowerCase());
    return [entry[name ?? ""] ?? []].flat().some((value) => value.toString().toLowerCase() === wanted.toLowerCase());
  }
}

/** An entry with only what was asked for, and long values by ranges. */
function ranged(entry: Entry, attributes: readonly string[]): Entry {
  const shown: Entry = { dn: entry.dn };
  for (const asked of attributes) {
    const [, name = "", from = "0"] = /^([^;]+)(?:;range=(\d+)-\*)?$/.exec(asked) ?? [];
    const values = [entry[name] ?? []].flat() as string[];
    const part = values.slice(Number(from), Number(from) + RANGE);
    const last = Number(from) + part.length;
    if (name !== "member" || (values.length <= RANGE && from === "0")) shown[asked] = entry[name] ?? [];
    else {
      shown[asked] = [];
      shown[`member;range=${from}-${last >= values.length ? "*" : last - 1}`] = part;
    }
  }
  return shown;
}
