// What an import would do: each line of the file beside the user whom it means. Pure: nothing is asked and nothing is
// written. docs/people.md says who is taken for the same person.

import { keyOf, type Person, type Reading } from "./person.ts";
import type { LineFault } from "./said.ts";

/** A user of the gateway, as the API lists it. */
export type KnownUser = {
  readonly id: string;
  readonly sipUri: string;
  readonly account: string;
  readonly upn: string | null;
  readonly displayName: string | null;
  readonly groups: readonly string[];
  readonly disabledAt: string | null;
  /** Where the user comes from, if not from an administrator's hand. */
  readonly directory?: { readonly source: string } | null;
};

/** A field that an import changes, before and after. Groups stand between semicolons. */
export type Change = { readonly field: Field; readonly before: string | null; readonly after: string };
type Field = "sipUri" | "account" | "upn" | "displayName" | "groups";

/** What is to be done about one line. `user`: for people. */
export type Planned = { readonly line: number; readonly user: string } & (
  | { readonly action: "add"; readonly person: Person }
  | ({ readonly action: "change" } & Differing)
  | ({ readonly action: "rename" } & Differing)
  | { readonly action: "unchanged"; readonly known: KnownUser }
  | { readonly action: "refused" | "left out"; readonly because: LineFault }
);

/** A known user, and what differs. */
type Differing = { readonly person: Person; readonly known: KnownUser; readonly changes: readonly Change[] };

/** What is to be done about the whole file. */
export type Plan = {
  readonly rows: readonly Planned[];
  /**
   * Users who may sign in and are not in the file. A user whom a refused line may mean counts as being in the file. Users
   * of a directory are not among them: the directory says who leaves, and it could not let in again whom a file disabled.
   */
  readonly missing: readonly KnownUser[];
};

/** Compares the file with all users of the gateway. */
export function planOf(readings: readonly Reading[], users: readonly KnownUser[]): Plan {
  const known = indexOf(users);
  const conflicts = conflictsIn(readings.flatMap((one) => (one.kind === "person" ? [one.person] : [])));
  const meant = new Set<string>();
  const rows = readings.map((reading): Planned => {
    if (reading.kind === "off") {
      const { line, user } = reading;
      return { line, user, action: "left out", because: { code: "off" } };
    }
    const keys = reading.kind === "person" ? Object.values(reading.person.keys) : reading.unusable.keys;
    for (const key of keys) for (const { id } of known.any.get(key) ?? []) meant.add(id);
    if (reading.kind === "unusable") {
      const { line, user, because } = reading.unusable;
      return { line, user, action: "refused", because };
    }
    const { person } = reading;
    const conflict = conflicts.get(person);
    return conflict === undefined ? plannedFor(person, known) : refused(person, conflict);
  });
  return {
    rows,
    missing: users.filter((user) => user.disabledAt === null && !fromDirectory(user) && !meant.has(user.id)),
  };
}

const fromDirectory = ({ directory }: KnownUser): boolean => directory !== null && directory !== undefined;

/** A line about somebody who is there, and with what differs. */
export type Changing = Extract<Planned, { readonly action: "change" | "rename" }>;

/** Whether a name is another one: names change by operations of their own. */
export const changesName = ({ action, changes }: Changing): boolean =>
  action === "rename" || changes.some(({ field }) => field === "upn");

/** What the operations for settings change, of what differs. */
export function settingsOf({ person, changes }: Changing): {
  readonly displayName?: string;
  readonly groups?: readonly string[];
} {
  const fields = new Set(changes.map(({ field }) => field));
  const { displayName, groups } = person;
  return {
    ...(fields.has("displayName") && displayName !== undefined && { displayName }),
    ...(fields.has("groups") && groups !== undefined && { groups }),
  };
}

/**
 * The plan, after the gateway has said which of its new people it would not add, and why. `owners`: ids of users who
 * have one of those people's names as an alias; they count as being in the file.
 */
export function withRefusals(
  { rows, missing }: Plan,
  because: ReadonlyMap<Planned, string>,
  owners: ReadonlySet<string>,
): Plan {
  return {
    rows: rows.map((row): Planned => {
      const text = because.get(row);
      const { line, user } = row;
      return text === undefined ? row : { line, user, action: "refused", because: { code: "gateway", text } };
    }),
    missing: missing.filter(({ id }) => !owners.has(id)),
  };
}

type Known = Readonly<Record<"sipUri" | "upn" | "account", ReadonlyMap<string, KnownUser>>> & {
  readonly any: ReadonlyMap<string, readonly KnownUser[]>;
};

/** Users by each of their names. Aliases are not among them: the list of users does not show them. */
function indexOf(users: readonly KnownUser[]): Known {
  const by = (name: "sipUri" | "upn" | "account"): Map<string, KnownUser> =>
    new Map(users.flatMap((user) => pairOf(keyOf(user[name] ?? ""), user)));
  const [sipUri, upn, account] = [by("sipUri"), by("upn"), by("account")];
  const any = new Map<string, KnownUser[]>();
  for (const index of [sipUri, upn, account]) {
    for (const [key, user] of index) any.set(key, [...(any.get(key) ?? []), user]);
  }
  return { sipUri, upn, account, any };
}
const pairOf = (key: string | undefined, user: KnownUser): [string, KnownUser][] =>
  key === undefined ? [] : [[key, user]];

function plannedFor(person: Person, known: Known): Planned {
  const { line, sipUri: user, keys } = person;
  const found =
    known.sipUri.get(keys.sipUri) ??
    (keys.upn === undefined ? undefined : known.upn.get(keys.upn)) ??
    known.account.get(keys.account);
  for (const key of Object.values(keys)) {
    const other = known.any.get(key)?.find(({ id }) => id !== found?.id);
    if (other !== undefined) {
      const meant = found === undefined ? {} : { meant: found.sipUri };
      return refused(person, { code: "name-of", key, owner: other.sipUri, ...meant });
    }
  }
  if (found === undefined) return { line, user, action: "add", person };
  const same = {
    sipUri: keyOf(found.sipUri) === keys.sipUri,
    account: keyOf(found.account) === keys.account,
    upn: keys.upn !== undefined && keyOf(found.upn ?? "") === keys.upn,
  };
  // An address may have gone to another person, who must not get the devices of the first (S-48).
  if (!same.account && !(same.sipUri && same.upn)) {
    const { sipUri: owner, account } = found;
    return refused(person, { code: "other-person", same: same.sipUri ? "sipUri" : "upn", owner, account });
  }
  const changes = changesOf(person, found, same);
  if (changes.length === 0) return { line, user, action: "unchanged", known: found };
  if (found.directory) return refused(person, { code: "synced", source: found.directory.source });
  const renames = !same.sipUri || !same.account;
  return { line, user, action: renames ? "rename" : "change", person, known: found, changes };
}

const refused = ({ line, sipUri }: Person, because: LineFault): Planned => ({
  ...{ line, user: sipUri, action: "refused", because },
});

function changesOf(
  { sipUri, account, upn, displayName, groups }: Person,
  known: KnownUser,
  same: Readonly<Record<"sipUri" | "account" | "upn", boolean>>,
): Change[] {
  const changes: Change[] = [];
  if (!same.sipUri) changes.push({ field: "sipUri", before: known.sipUri, after: sipUri });
  if (!same.account) changes.push({ field: "account", before: known.account, after: account });
  if (upn !== undefined && !same.upn) changes.push({ field: "upn", before: known.upn, after: upn });
  if (displayName !== undefined && displayName !== known.displayName) {
    changes.push({ field: "displayName", before: known.displayName, after: displayName });
  }
  if (groups !== undefined && [...groups].sort().join(";") !== [...known.groups].sort().join(";")) {
    changes.push({ field: "groups", before: known.groups.join(";"), after: groups.join(";") });
  }
  return changes;
}

/** The people who cannot be told from those of another line, and why. */
function conflictsIn(people: readonly Person[]): ReadonlyMap<Person, LineFault> {
  const conflicts = new Map<Person, LineFault>();
  const firsts = new Map<string, Person>();
  for (const person of people) {
    const said = JSON.stringify({ ...person, line: 0 });
    const first = firsts.get(said);
    if (first === undefined) firsts.set(said, person);
    else conflicts.set(person, { code: "repeated", other: first.line });
  }
  const byKey = new Map<string, Person[]>();
  for (const person of firsts.values()) {
    for (const key of new Set(Object.values(person.keys))) byKey.set(key, [...(byKey.get(key) ?? []), person]);
  }
  for (const [key, sharing] of byKey) {
    for (const person of sharing) {
      const other = sharing.find((one) => one !== person);
      if (other !== undefined) conflicts.set(person, sharedBy(key, person, other));
    }
  }
  return conflicts;
}

/** Two lines with one name: the same person twice, or two people whose names Postern compares as equal (S-10). */
function sharedBy(key: string, person: Person, other: Person): LineFault {
  const { line, account } = other;
  const folded = key === person.keys.account && account !== person.account;
  if (folded) return { code: "folded", other: line, account, key };
  return { code: "shared", other: line, key };
}
