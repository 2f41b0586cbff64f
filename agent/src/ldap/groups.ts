// Who is a member of which group. The agent reads the `member` values of the groups that count and of the groups in
// them. It asks no domain controller to search by nested membership (1.2.840.113556.1.4.1941): for 20,000 members that
// takes it half a minute, and this takes a tenth of a second (docs/design/0021-agent.md).

import { escapeFilter } from "ldapts";
import type { OpenDomain } from "./directory.ts";
import { DirectoryFault } from "./fault.ts";
import type { Entry, Session } from "./session.ts";
import { textsOf } from "./values.ts";

/** Groups by their distinguished name in lower case, each with its members' names in lower case. */
export type Groups = ReadonlyMap<string, Group>;
export type Group = { readonly dn: string; readonly members: readonly string[] };

/** What is to be read: groups by name, and whole branches of the tree. */
export type Wanted = { readonly dns: readonly string[]; readonly under: readonly string[] };

/** `found`: these groups and all groups in them. `missing`: names for which the directory has nothing. */
export type Found = {
  readonly found: Groups;
  readonly missing: readonly string[];
  /** For each name of `under`, the groups below it. */
  readonly below: ReadonlyMap<string, readonly Group[]>;
};

/** So many groups are looked for in one search. */
const AT_ONCE = 25;

/**
 * How names of the directory are compared: it ignores the case of ASCII letters at least, and always writes them alike.
 */
export const sameDn = (dn: string): string => dn.toLowerCase();

/** Reads the groups. Rejects when a controller breaks off. */
export async function readGroups(domains: readonly OpenDomain[], wanted: Wanted): Promise<Found> {
  const found = new Map<string, Group>();
  const missing: string[] = [];
  const below = new Map<string, readonly Group[]>();
  const keep = (groups: readonly Group[]): void => {
    for (const group of groups) found.set(sameDn(group.dn), group);
  };
  for (const dn of new Set(wanted.dns)) {
    const groups = await orMissing(() => groupsAt(sessionFor(domains, dn), dn, "base", IS_GROUP));
    if (groups === undefined || groups.length === 0) missing.push(dn);
    else keep(groups);
  }
  for (const base of new Set(wanted.under)) {
    const groups = await orMissing(() => groupsAt(sessionFor(domains, base), base, "sub", IS_GROUP));
    if (groups === undefined) missing.push(base);
    else {
      keep(groups);
      below.set(base, groups);
    }
  }
  // Level by level, and each group once: groups may be members of each other.
  let level = [...found.values()];
  while (level.length > 0) {
    const next: Group[] = [];
    for (let at = 0; at < level.length; at += AT_ONCE) {
      const parents = level.slice(at, at + AT_ONCE).map(({ dn }) => escapeFilter`(memberOf=${dn})`);
      const filter = `(&${IS_GROUP}(|${parents.join("")}))`;
      for (const { session } of domains) {
        const groups = await groupsAt(session, session.domain.base, "sub", filter);
        next.push(...groups.filter(({ dn }) => !found.has(sameDn(dn))));
        keep(groups);
      }
    }
    level = next;
  }
  return { found, missing, below };
}

/** The members of a group that are not groups themselves, with those of the groups in it if `nested`. */
export function membersOf(groups: Groups, dn: string, nested: boolean): ReadonlySet<string> {
  const members = new Set<string>();
  const seen = new Set<string>();
  const open = [sameDn(dn)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const member of groups.get(name)?.members ?? []) {
      if (!groups.has(member)) members.add(member);
      else if (nested) open.push(member);
    }
  }
  return members;
}

const IS_GROUP = "(objectClass=group)";

/** The connection to the domain that a name belongs to: the one with the longest base that the name ends with. */
export function sessionFor(domains: readonly OpenDomain[], dn: string): Session {
  const fitting = domains
    .map(({ session }) => session)
    .filter(({ domain }) => sameDn(dn).endsWith(sameDn(domain.base)))
    .toSorted((a, b) => b.domain.base.length - a.domain.base.length);
  const [session] = fitting;
  if (session !== undefined) return session;
  const fix = "Add the domain to directory.domains, or correct the name.";
  throw new DirectoryFault("missing", `${dn} is in none of the domains of the configuration`, fix);
}

async function orMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (fault) {
    if (fault instanceof DirectoryFault && fault.kind === "missing") return undefined;
    throw fault;
  }
}

async function groupsAt(session: Session, base: string, scope: "base" | "sub", filter: string): Promise<Group[]> {
  const entries = await session.search("groups", { base, scope, filter, attributes: ["member"] });
  const groups: Group[] = [];
  for (const entry of entries) {
    groups.push({ dn: entry.dn, members: (await membersIn(session, entry)).map(sameDn) });
  }
  return groups;
}

/**
 * The `member` values of a group. Active Directory gives 1,500 at once and says which in the attribute's name,
 * `member;range=0-1499`; the last range ends with `*` (MS-ADTS 3.1.1.3.1.3.3).
 */
async function membersIn(session: Session, entry: Entry): Promise<string[]> {
  const members = textsOf(entry, "member");
  for (let part: Entry | undefined = entry; part !== undefined; ) {
    const range = rangeIn(part);
    if (range === undefined) return members;
    members.push(...textsOf(part, range.attribute));
    if (range.last === undefined) return members;
    [part] = await session.search("members", {
      ...{ base: entry.dn, scope: "base", filter: IS_GROUP },
      attributes: [`member;range=${range.last + 1}-*`],
    });
  }
  throw new DirectoryFault("unreachable", `the group ${entry.dn} vanished while it was read`, "The agent tries again.");
}

const RANGE = /^member;range=\d+-(\d+|\*)$/i;

/** The range of values that an answer has. `last`: undefined when nothing follows. */
function rangeIn(entry: Entry): { readonly attribute: string; readonly last: number | undefined } | undefined {
  for (const attribute of Object.keys(entry)) {
    const last = RANGE.exec(attribute)?.[1];
    // The library adds what was asked for and did not come, as an empty list: a range that begins behind the end.
    if (last !== undefined && textsOf(entry, attribute).length > 0) {
      return { attribute, last: last === "*" ? undefined : Number(last) };
    }
  }
  return undefined;
}
