// The users who come from a directory: who they are there, and what the sync changes about them. A sync comes with
// hundreds of people at once, so each step is a few statements for all of them.

import {
  and,
  asc,
  count,
  eq,
  exists,
  getTableColumns,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  type SQL,
  sql,
} from "drizzle-orm";
import type { AuditedEvent } from "../audit/event.ts";
import type { DirectoryState, PersonDetails } from "../core/directory/plan.ts";
import { type Database, isUniqueViolation } from "./database.ts";
import type { User } from "./directory.ts";
import { fromJson, listOf } from "./from-json.ts";
import type { UserRows } from "./new-user.ts";
import { auditEvents, names, users } from "./schema.ts";
import { directoryLinks } from "./schema-directory.ts";
import { invitationsEnded } from "./user-invitations.ts";

/** A row of `directory_links`. Times in ms. */
export type DirectoryLink = typeof directoryLinks.$inferSelect;
/** A user, and the link to the directory. */
export type LinkedUser = { readonly user: User; readonly link: DirectoryLink };

const linked = (db: Database) =>
  db
    .select({ user: getTableColumns(users), link: getTableColumns(directoryLinks) })
    .from(directoryLinks)
    .innerJoin(users, eq(users.id, directoryLinks.userId))
    .$dynamic();

/** The users of these keys. A key that nobody has is left out. */
export const linkedByKeys = (db: Database, keys: readonly string[]): Promise<LinkedUser[]> =>
  linked(db).where(inArray(directoryLinks.key, listOf(keys)));

/** The links of these users. A user who was made by hand has none. */
export async function linksOfUsers(db: Database, ids: readonly string[]): Promise<DirectoryLink[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(directoryLinks)
    .where(inArray(directoryLinks.userId, listOf(ids)));
}

/** Users by their ids. */
export const usersByIds = (db: Database, ids: readonly string[]): Promise<User[]> =>
  db
    .select()
    .from(users)
    .where(inArray(users.id, listOf(ids)));

/** All keys of a source: they begin with its name and a colon. */
export const ofSource = (source: string) =>
  and(gte(directoryLinks.key, `${source}:`), lt(directoryLinks.key, `${source};`)); // ";" follows ":" in ASCII

/** A page of a source's people, in the order of their keys. `after`: the last key of the page before. */
export async function pageOfPeople(
  db: Database,
  source: string,
  page: { readonly after: string; readonly limit: number },
): Promise<{ readonly items: LinkedUser[]; readonly next: string | null }> {
  const rows = await linked(db)
    .where(and(ofSource(source), gt(directoryLinks.key, page.after)))
    .orderBy(asc(directoryLinks.key))
    .limit(page.limit + 1);
  const items = rows.slice(0, page.limit);
  return { items, next: rows.length > page.limit ? (items.at(-1)?.link.key ?? null) : null };
}

/** How many people each state of a source has. It reads a row for each person. */
export async function countStates(db: Database, source: string): Promise<Map<DirectoryState, number>> {
  const rows = await db
    .select({ state: directoryLinks.state, people: count() })
    .from(directoryLinks)
    .where(ofSource(source))
    .groupBy(directoryLinks.state);
  return new Map(rows.map(({ state, people }) => [state, people]));
}

/** A name that somebody has, and who that is. */
export type OwnedName = {
  readonly name: string;
  readonly kind: (typeof names.$inferSelect)["kind"];
  readonly userId: string;
  readonly sipUri: string;
  /** Null: the user was made by hand. */
  readonly key: string | null;
  readonly state: DirectoryState | null;
};

/** Who has these names. A name that nobody has is left out. */
export async function ownersOf(db: Database, keys: readonly string[]): Promise<OwnedName[]> {
  if (keys.length === 0) return [];
  return db
    .select({
      ...{ name: names.name, kind: names.kind, userId: names.userId, sipUri: users.sipUri },
      ...{ key: directoryLinks.key, state: directoryLinks.state },
    })
    .from(names)
    .innerJoin(users, eq(users.id, names.userId))
    .leftJoin(directoryLinks, eq(directoryLinks.userId, names.userId))
    .where(inArray(names.name, listOf(keys)));
}

/** A user who has a SID. `key`: null: the user was made by hand. */
export type SidHolder = {
  readonly sid: string;
  readonly userId: string;
  readonly sipUri: string;
  readonly key: string | null;
};

/** Who has these SIDs. A SID that nobody has is left out. */
export async function holdersOfSids(db: Database, sids: readonly string[]): Promise<SidHolder[]> {
  if (sids.length === 0) return [];
  const found = await db
    .select({ sid: users.sid, userId: users.id, sipUri: users.sipUri, key: directoryLinks.key })
    .from(users)
    .leftJoin(directoryLinks, eq(directoryLinks.userId, users.id))
    .where(and(isNotNull(users.sid), inArray(users.sid, listOf(sids))));
  return found.flatMap(({ sid, ...rest }) => (sid === null ? [] : [{ ...rest, sid }]));
}

/** Somebody to be added, with the key in the directory and the event that says so. */
export type NewPerson = {
  readonly user: User;
  readonly names: UserRows["names"];
  readonly key: string;
  readonly event: AuditedEvent;
};

/**
 * Adds these people, all of them or nobody. `now` in ms. False: one of their names or keys belongs to somebody
 * meanwhile.
 */
export async function addPeople(db: Database, people: readonly NewPerson[], now: number): Promise<boolean> {
  if (people.length === 0) return true;
  const rows = people.map(({ user }) => user);
  const every = people.flatMap(({ user, names: all }) => all.map((row) => ({ ...row, userId: user.id })));
  const links = people.map(({ user, key }) => linkRow(user.id, key, false, now));
  const events = people.map(({ event }) => event);
  try {
    await db.batch([
      db.insert(users).select(fromJson(users, rows)),
      db.insert(names).select(fromJson(names, every)),
      db.insert(directoryLinks).select(fromJson(directoryLinks, links)),
      insertEventRows(db, events),
    ]);
  } catch (fault) {
    if (isUniqueViolation(fault)) return false;
    throw fault;
  }
  return true;
}

const linkRow = (userId: string, key: string, held: boolean, since: number): DirectoryLink => ({
  ...{ userId, key, state: "in", since, held, told: true, kept: false },
});

/** Users who were made by hand, and come from a directory from now on. A disabled one is held. */
export async function adoptUsers(
  db: Database,
  adopted: readonly { readonly user: User; readonly key: string; readonly event: AuditedEvent }[],
  now: number,
): Promise<boolean> {
  if (adopted.length === 0) return true;
  const links = adopted.map(({ user, key }) => linkRow(user.id, key, user.disabledAt !== null, now));
  const events = adopted.map(({ event }) => event);
  try {
    await db.batch([db.insert(directoryLinks).select(fromJson(directoryLinks, links)), insertEventRows(db, events)]);
  } catch (fault) {
    if (isUniqueViolation(fault)) return false;
    throw fault;
  }
  return true;
}

/** Adds any number of events in one statement. */
const insertEventRows = (db: Database, events: readonly AuditedEvent[]) =>
  db.insert(auditEvents).select(fromJson(auditEvents, events));

/** Another state of a user. */
export type NewState = { readonly userId: string; readonly state: DirectoryState };

/** Shuts out users whom the directory does not let in. Their guards have to be told afterwards. */
export async function shutOutUsers(
  db: Database,
  changes: readonly NewState[],
  events: readonly AuditedEvent[],
  now: number,
): Promise<void> {
  if (changes.length === 0) return;
  const ids = changes.map(({ userId }) => userId);
  await db.batch([
    db
      .update(users)
      .set({ disabledAt: now, windowUntil: null, revision: NEXT_REVISION })
      .where(and(inArray(users.id, listOf(ids)), isNull(users.disabledAt))),
    ...invitationsEnded(db, ids, now),
    ...statesSet(db, changes, now),
    insertEventRows(db, events),
  ]);
}

/** Somebody whom the directory lets in again. `enabling`: the user was disabled, and is not held. */
export type LetIn = { readonly userId: string; readonly enabling: boolean; readonly event: AuditedEvent };

/**
 * Lets users in whom the directory lets in again. Returns the ids of those who may sign in from now on; whoever was
 * held in this moment may not, and has no event.
 */
export async function letInUsers(db: Database, entering: readonly LetIn[], now: number): Promise<Set<string>> {
  if (entering.length === 0) return new Set();
  const ids = entering.filter(({ enabling }) => enabling).map(({ userId }) => userId);
  const quiet = entering.filter(({ enabling }) => !enabling).map(({ event }) => event);
  const loud = entering.filter(({ enabling }) => enabling).map(({ event }) => event);
  const states = entering.map(({ userId }) => ({ userId, state: "in" as const }));
  const linkWhere = (is: boolean, whose: SQL | typeof users.id) => {
    const ofUser = and(eq(directoryLinks.userId, whose), eq(directoryLinks.held, is));
    return db.select({ one: sql`1` }).from(directoryLinks).where(ofUser);
  };
  const isHeld = exists(linkWhere(true, sql`json_extract(value, '$.userId')`));
  const [, , enabled] = await db.batch([
    insertEventRows(db, quiet),
    db.insert(auditEvents).select(fromJson(auditEvents, loud, sql`not ${isHeld}`)),
    db
      .update(users)
      .set({ disabledAt: null, revision: NEXT_REVISION })
      .where(and(inArray(users.id, listOf(ids)), isNotNull(users.disabledAt), exists(linkWhere(false, users.id))))
      .returning({ id: users.id }),
    ...statesSet(db, states, now),
  ]);
  return new Set(enabled.map(({ id }) => id));
}

/** One statement for each state: what changes is the same for all of its users. */
function statesSet(db: Database, changes: readonly NewState[], now: number) {
  const states = [...new Set(changes.map(({ state }) => state))];
  return states.map((state) => {
    const ids = changes.filter((change) => change.state === state).map(({ userId }) => userId);
    const since = sql`iif(${directoryLinks.state} = ${state}, ${directoryLinks.since}, ${now})`;
    return db
      .update(directoryLinks)
      .set({ state, since, told: false })
      .where(inArray(directoryLinks.userId, listOf(ids)));
  });
}

const NEXT_REVISION = sql`${users.revision} + 1`;

/** What the directory says of somebody, whole. */
export type NewDetails = PersonDetails & { readonly userId: string };

/** Writes the details of these users in one statement. `untold`: the users whose guards have to be told afterwards. */
export async function setDetails(
  db: Database,
  changes: readonly NewDetails[],
  events: readonly AuditedEvent[],
  untold: readonly string[],
): Promise<void> {
  if (changes.length === 0) return;
  const field = (name: keyof NewDetails) => sql`json_extract(said.value, ${sql.raw(`'$.${name}'`)})`;
  await db.batch([
    db
      .update(users)
      .set({
        ...{ displayName: field("displayName"), mail: field("mail"), mobile: field("mobile"), sid: field("sid") },
        ...{ language: field("language"), pool: field("pool"), groups: field("groups"), revision: NEXT_REVISION },
      })
      .from(sql`json_each(${JSON.stringify(changes)}) as said`)
      .where(eq(users.id, field("userId"))),
    db
      .update(directoryLinks)
      .set({ told: false })
      .where(inArray(directoryLinks.userId, listOf(untold))),
    insertEventRows(db, events),
  ]);
}

/** Notes whether the guards of these users have heard of every change. */
export async function noteTold(db: Database, ids: readonly string[], told: boolean): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(directoryLinks)
    .set({ told })
    .where(inArray(directoryLinks.userId, listOf(ids)));
}
