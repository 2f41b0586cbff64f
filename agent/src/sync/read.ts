// Reads everybody whom the configuration takes, with the words of their groups. A run that ends without a fault has
// read everybody: every page came, and every controller said success.

import { AndFilter, EqualityFilter, type Filter, FilterParser, OrFilter } from "ldapts";
import type { DirectorySettings } from "../config/directory.ts";
import type { OpenDomain } from "../ldap/directory.ts";
import { membersOf, readGroups, sameDn } from "../ldap/groups.ts";
import { guidBytes } from "../ldap/values.ts";
import { ATTRIBUTES, keyOf, type Problem, type Read, readPerson } from "./person.ts";
import { groupName, wordOf } from "./words.ts";

/** What was read. */
export type Reading = {
  readonly people: ReadonlyMap<string, Read>;
  /** Groups of the configuration that are not there, and the like: what concerns nobody in particular. */
  readonly problems: readonly Problem[];
  /** Words that nobody knows now, because their group is not there. `all`: nobody knows any. Who had one keeps it. */
  readonly unknownWords: ReadonlySet<string> | "all";
  /**
   * A group of `onlyMembersOf` is not there: nobody knows who is a member. Who was taken stays, nobody new is taken.
   */
  readonly membersUnknown: boolean;
};

/** So many people are looked for in one search. */
const AT_ONCE = 100;
const PEOPLE = "(&(objectCategory=person)(objectClass=user))";

/** Reads everybody. Rejects with a `DirectoryFault` when that was not possible. */
export async function readEverybody(domains: readonly OpenDomain[], settings: DirectorySettings): Promise<Reading> {
  return readWhere(domains, settings, [taken(settings)]);
}

/** Reads those of these keys who are taken. It asks for each by objectGUID, so it finds who was missed by a listing. */
export async function readAgain(
  domains: readonly OpenDomain[],
  settings: DirectorySettings,
  keys: readonly string[],
): Promise<Reading> {
  const filters = inParts(keys).map((part) => new AndFilter({ filters: [taken(settings), anyOf(part)] }));
  return readWhere(domains, settings, filters);
}

/** Those of these keys who are somewhere in the domains, taken or not. */
export async function stillThere(
  domains: readonly OpenDomain[],
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (const { session } of domains) {
    for (const part of inParts(keys)) {
      const search = { base: session.domain.base, filter: anyOf(part), attributes: ["objectGUID"] };
      for (const entry of await session.search("whereabouts", search)) {
        const key = keyOf(entry);
        if (key !== undefined) there.add(key);
      }
    }
  }
  return there;
}

const taken = ({ filter }: DirectorySettings): Filter =>
  new AndFilter({ filters: [FilterParser.parseString(PEOPLE), FilterParser.parseString(filter)] });

const anyOf = (keys: readonly string[]): Filter =>
  new OrFilter({
    filters: keys.map(
      (key) => new EqualityFilter({ attribute: "objectGUID", value: guidBytes(key.slice("ad:".length)) }),
    ),
  });

function inParts(keys: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(keys.length / AT_ONCE) }, (_, at) =>
    keys.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
}

async function readWhere(
  domains: readonly OpenDomain[],
  settings: DirectorySettings,
  filters: readonly Filter[],
): Promise<Reading> {
  const { wordsOf, isMember, problems, unknownWords, membersUnknown } = await readWords(domains, settings);
  const people = new Map<string, Read>();
  let unreadable = 0;
  const attributes = [...ATTRIBUTES, ...settings.attributes];
  for (const { session, netbios, bases } of domains) {
    for (const base of bases) {
      for (const filter of filters) {
        for (const entry of await session.search("people", { base, filter, attributes })) {
          if (!isMember(entry.dn)) continue;
          const read = readPerson(entry, netbios, wordsOf(entry.dn), settings.attributes);
          if (read?.isReadable !== true) unreadable += 1;
          if (read !== undefined) people.set(read.key, read);
        }
      }
    }
  }
  if (unreadable > 0) {
    const message = `The agent's account may not read objectGUID or userAccountControl of ${unreadable} people. Give it that right: README.md, step 1.`;
    return { people, problems: [...problems, { code: "unreadable", message }], unknownWords, membersUnknown };
  }
  return { people, problems, unknownWords, membersUnknown };
}

type Words = Omit<Reading, "people"> & {
  /** The words of a person's groups. */
  readonly wordsOf: (dn: string) => readonly string[];
  /** Whether somebody is among those who are taken. */
  readonly isMember: (dn: string) => boolean;
};

async function readWords(domains: readonly OpenDomain[], settings: DirectorySettings): Promise<Words> {
  const { groups, onlyMembersOf } = settings;
  const dns = [...groups, ...(onlyMembersOf ?? [])].flatMap(({ dn }) => dn ?? []);
  const { found, missing, below } = await readGroups(domains, {
    dns,
    under: groups.flatMap(({ under }) => under ?? []),
  });
  const lost = new Set(missing);
  const problems: Problem[] = missing.map((dn) => ({
    code: "group-missing",
    message: `The directory has no group ${dn}, or the agent's account may not read it. Correct directory.groups or directory.onlyMembersOf; until then it changes nothing.`,
  }));
  const words = new Map<string, string[]>();
  const unknown = new Set<string>();
  let allUnknown = false;
  const give = (word: string, dn: string, nested: boolean): void => {
    for (const member of membersOf(found, dn, nested)) {
      const has = words.get(member);
      if (has === undefined) words.set(member, [word]);
      else has.push(word);
    }
  };
  const named = (dn: string): string | undefined => {
    const word = wordOf(groupName(dn));
    if (word === undefined) {
      problems.push({
        code: "group-name",
        message: `The name of the group ${dn} makes no word of at most 64 characters. Give it a word in directory.groups.`,
      });
    }
    return word;
  };
  for (const { dn, under, word, nested } of groups) {
    if (dn !== undefined) {
      const itsWord = word ?? named(dn);
      if (itsWord !== undefined && lost.has(dn)) unknown.add(itsWord);
      else if (itsWord !== undefined) give(itsWord, dn, nested);
    } else if (under !== undefined) {
      allUnknown ||= lost.has(under);
      for (const group of below.get(under) ?? []) {
        const itsWord = named(group.dn);
        if (itsWord !== undefined) give(itsWord, group.dn, nested);
      }
    }
  }
  const members = new Set((onlyMembersOf ?? []).flatMap(({ dn, nested }) => [...membersOf(found, dn, nested)]));
  const membersUnknown = onlyMembersOf?.some(({ dn }) => lost.has(dn)) ?? false;
  return {
    ...{ problems, membersUnknown, unknownWords: allUnknown ? "all" : unknown },
    wordsOf: (dn) => words.get(sameDn(dn)) ?? [],
    isMember: (dn) => onlyMembersOf === undefined || membersUnknown || members.has(sameDn(dn)),
  };
}
