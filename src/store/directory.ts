// The directory: who may sign in, with which names and which app passwords. Every query of these tables is here.
// The lists of app passwords leave the sealed hashes out.
// No statement selects two columns with the same name. The CLI's driver gets rows as JSON objects, in which one of the
// two would be lost.

import {
  and,
  asc,
  count,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNotNull,
  isNull,
  ne,
  notExists,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import type { Subject } from "../core/policy/subject.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { type Database, isUniqueViolation } from "./database.ts";
import { type NewUser, type NewUserFault, rowsOfNewUser, userOf } from "./new-user.ts";
import { appPasswords, names, policies, users } from "./schema.ts";
import { directoryLinks } from "./schema-directory.ts";
import { type Credentials, credentialsAt, RECOGNISED_FOR_MS } from "./sign-in-credentials.ts";

/** A row of `users`. Times in milliseconds. */
export type User = typeof users.$inferSelect;
/** A key under which a user is found, and the kind of name it is. */
export type UserName = Pick<typeof names.$inferSelect, "name" | "kind">;

/** The facts about a user that a sign-in needs. */
export type SignInUser = {
  readonly id: string;
  readonly sipUri: string;
  readonly upn: string | null;
  readonly domain: string;
  readonly account: string;
  readonly disabled: boolean;
};

/** The answer to a sign-in's one look-up. */
export type SignInRecord = Credentials & {
  readonly user: SignInUser;
  /** As what the typed name was found. */
  readonly as: UserName["kind"];
  /** What the user's guard has to know of the user. */
  readonly subject: Subject;
  /** The version of the policy in force. 0 if none was ever applied. */
  readonly policyVersion: number;
};

/**
 * Finds a user with the app passwords by normalised names, in one D1 statement. If several names are given, the first
 * one that belongs to somebody counts. Undefined if none of them belongs to anybody. A disabled user is found too, so
 * that the caller takes as much time for it as for any other.
 */
export async function findForSignIn(
  db: Database,
  name: string | readonly string[],
  now: number,
): Promise<SignInRecord | undefined> {
  const wanted = [name].flat();
  const given = Object.fromEntries(wanted.map((each, index) => [nameAt(index), each]));
  const found = await signInQuery(db, wanted.length).all({ ...given, recognised: now - RECOGNISED_FOR_MS });
  const best = wanted.find((each) => found.some((row) => row.name === each));
  const rows = found.filter((row) => row.name === best);
  const [first] = rows;
  if (first === undefined) return undefined;
  const { kind, id, sipUri, upn, domain, account, disabledAt, policyVersion } = first;
  return {
    subject: subjectOf(first),
    policyVersion,
    as: kind,
    user: { id, sipUri, upn, domain, account, disabled: disabledAt !== null },
    ...credentialsAt(rows, now),
  };
}

const nameAt = (index: number): string => `name${index}`;

/** To write the SQL of this query takes longer than to send it, so each database keeps it, by the number of names. */
const signInQueries = new WeakMap<Database, Map<number, ReturnType<typeof prepareSignInQuery>>>();

function signInQuery(db: Database, count: number) {
  const known = signInQueries.get(db) ?? new Map<number, ReturnType<typeof prepareSignInQuery>>();
  signInQueries.set(db, known);
  const query = known.get(count) ?? prepareSignInQuery(db, count);
  known.set(count, query);
  return query;
}

function prepareSignInQuery(db: Database, count: number) {
  const recognised = gt(appPasswords.revokedAt, sql.placeholder("recognised"));
  const wanted = Array.from({ length: count }, (_, index) => sql.placeholder(nameAt(index)));
  const { ntHashes, revokedAt, expiresAt, oldNtHashes, oldUntil, asksCode } = appPasswords;
  return db
    .select({
      name: names.name,
      kind: names.kind,
      id: users.id,
      sipUri: users.sipUri,
      upn: users.upn,
      domain: users.domain,
      account: users.account,
      disabledAt: users.disabledAt,
      ...SUBJECT,
      credentialId: appPasswords.id,
      ...{ ntHashes, revokedAt, expiresAt, oldNtHashes, oldUntil, asksCode },
      policyVersion: sql<number>`coalesce((select max(${policies.version}) from ${policies}), 0)`.as("policy_version"),
    })
    .from(names)
    .innerJoin(users, eq(users.id, names.userId))
    .leftJoin(appPasswords, and(eq(appPasswords.userId, users.id), or(isNull(appPasswords.revokedAt), recognised)))
    .where(inArray(names.name, wanted))
    .orderBy(asc(appPasswords.createdAt), asc(appPasswords.id))
    .prepare();
}

/** The columns of `users` that make a {@link Subject}, beside its names. */
const SUBJECT = {
  groups: users.groups,
  enrolment: users.enrolment,
  maxDevices: users.maxDevices,
  windowUntil: users.windowUntil,
  revision: users.revision,
  sid: users.sid,
};

/** Picks what a guard has to know about a user. */
export function subjectOf(row: Pick<User, "id" | "sipUri" | "disabledAt" | keyof typeof SUBJECT>): Subject {
  const { id: userId, sipUri, disabledAt, groups, enrolment, maxDevices, windowUntil, revision, sid } = row;
  return { userId, sipUri, disabled: disabledAt !== null, groups, enrolment, maxDevices, windowUntil, revision, sid };
}

/** Adds a user with all names, or nothing. `name-taken`: a name or the SIP URI belongs to another user. */
export async function addUser(
  db: Database,
  newUser: NewUser,
  now: number,
): Promise<Result<User, NewUserFault | "name-taken">> {
  const rows = rowsOfNewUser(newUser);
  if (!rows.ok) return rows;
  const user = userOf(rows.value, newUser, now);
  try {
    await db.batch([
      db.insert(users).values(user),
      db.insert(names).values(rows.value.names.map((row) => ({ ...row, userId: user.id }))),
    ]);
  } catch (fault) {
    if (isUniqueViolation(fault)) return refuse("name-taken");
    throw fault;
  }
  return ok(user);
}

/** The user who has this normalised name. */
export async function showUser(db: Database, name: string): Promise<User | undefined> {
  const owner = db.select({ userId: names.userId }).from(names).where(eq(names.name, name));
  const [user] = await db.select().from(users).where(inArray(users.id, owner));
  return user;
}

/** The user with this id. */
export async function userById(db: Database, id: string): Promise<User | undefined> {
  const [user] = await db.select().from(users).where(eq(users.id, id));
  return user;
}

/** All names of a user, sorted by kind. */
export async function namesOfUser(db: Database, userId: string): Promise<UserName[]> {
  const rows = await db.select().from(names).where(eq(names.userId, userId)).orderBy(asc(names.kind), asc(names.name));
  return rows.map(({ name, kind }) => ({ name, kind }));
}

/**
 * An administrator stops a user from signing in. The enrolment window closes, so that enabling the user does not open
 * it again (S-46), and the directory of a linked user may not enable the user any more. False when the user does not
 * exist, or all of this was so before. Then the earlier time stays.
 */
export async function disableUser(db: Database, userId: string, now: number): Promise<boolean> {
  const disabling = (further?: SQL) =>
    db
      .update(users)
      .set({ disabledAt: now, windowUntil: null, revision: NEXT_REVISION })
      .where(and(eq(users.id, userId), isNull(users.disabledAt), further))
      .returning({ id: users.id });
  // Most often the user was made by hand: then this is the only statement.
  if ((await disabling(notExists(linkOf(db, userId)))).length > 0) return true;
  const [changed, held] = await db.batch([
    disabling(),
    db
      .update(directoryLinks)
      .set({ held: true })
      .where(and(eq(directoryLinks.userId, userId), eq(directoryLinks.held, false)))
      .returning({ id: directoryLinks.userId }),
  ]);
  return changed.length + held.length > 0;
}

/**
 * An administrator lets a disabled user sign in again. False when the user does not exist or was not disabled, or the
 * user's directory does not let the user in.
 */
export async function enableUser(db: Database, userId: string): Promise<boolean> {
  const enabling = (further: SQL) =>
    db
      .update(users)
      .set({ disabledAt: null, revision: NEXT_REVISION })
      .where(and(eq(users.id, userId), isNotNull(users.disabledAt), further))
      .returning({ id: users.id });
  if ((await enabling(notExists(linkOf(db, userId)))).length > 0) return true;
  const [changed] = await db.batch([
    enabling(notExists(linkOf(db, userId, ne(directoryLinks.state, "in")))),
    db
      .update(directoryLinks)
      .set({ held: false })
      .where(and(eq(directoryLinks.userId, userId), eq(directoryLinks.state, "in"), eq(directoryLinks.held, true))),
  ]);
  return changed.length > 0;
}

/** The link of a user to a directory, for `exists`. */
const linkOf = (db: Database, userId: string, further?: SQL) =>
  db
    .select({ one: sql`1` })
    .from(directoryLinks)
    .where(and(eq(directoryLinks.userId, userId), further));

/** How many enabled users without a mode of their own have an open enrolment window at `now` (ms). */
export async function countOpenWindows(db: Database, now: number): Promise<number> {
  const [row] = await db
    .select({ open: count() })
    .from(users)
    .where(and(gt(users.windowUntil, now), isNull(users.enrolment), isNull(users.disabledAt)));
  return row?.open ?? 0;
}

const NEXT_REVISION = sql`${users.revision} + 1`;

/** A new app password. Its secret is sealed for this user and this id. */
export type NewAppPassword = {
  readonly id: string;
  readonly userId: string;
  readonly label: string;
  readonly ntHashes: string;
  /** It asks for a code each time. Absent: it does not. */
  readonly asksCode?: boolean | undefined;
  /** From when on it is refused, ms; absent: it does not run out. */
  readonly expiresAt?: number | undefined;
  /** Who makes it: an id that the audit knows. */
  readonly createdBy?: string | undefined;
};

/** What may be shown of an app password. Times in milliseconds; `revokedAt` is null while nobody revoked it. */
export type AppPassword = Omit<typeof appPasswords.$inferSelect, "userId" | "ntHashes" | "oldNtHashes">;

const SHOWN = (({ userId: _user, ntHashes: _hashes, oldNtHashes: _old, ...shown }) => shown)(
  getTableColumns(appPasswords),
);

/** Stores a new app password, which is live from now on. Throws when the user does not exist. */
export async function addAppPassword(db: Database, appPassword: NewAppPassword, now: number): Promise<void> {
  await db.insert(appPasswords).values({ ...appPassword, createdAt: now, revokedAt: null });
}

/** All app passwords of a user, the revoked ones included, oldest first. */
export async function listAppPasswords(db: Database, userId: string): Promise<AppPassword[]> {
  const { id, createdAt } = appPasswords;
  return db.select(SHOWN).from(appPasswords).where(eq(appPasswords.userId, userId)).orderBy(asc(createdAt), asc(id));
}

/** Revokes one app password of a user for good. False when the user has no such live password. */
export async function revokeAppPassword(db: Database, userId: string, id: string, now: number): Promise<boolean> {
  const changed = await db
    .update(appPasswords)
    .set({ revokedAt: now })
    .where(and(eq(appPasswords.id, id), eq(appPasswords.userId, userId), isNull(appPasswords.revokedAt)))
    .returning({ id: appPasswords.id });
  return changed.length > 0;
}

/**
 * Replaces sealed hashes of one app password, current or old, if they are still what they were. False when another
 * sign-in re-sealed them first, which is as good.
 */
export async function resealAppPassword(
  db: Database,
  id: string,
  sealed: { readonly before: string; readonly after: string },
): Promise<boolean> {
  const { ntHashes, oldNtHashes } = appPasswords;
  const { before, after } = sealed;
  const changed = await db
    .update(appPasswords)
    .set({
      ntHashes: sql`iif(${ntHashes} = ${before}, ${after}, ${ntHashes})`,
      oldNtHashes: sql`iif(${oldNtHashes} = ${before}, ${after}, ${oldNtHashes})`,
    })
    .where(and(eq(appPasswords.id, id), or(eq(ntHashes, before), eq(oldNtHashes, before))))
    .returning({ id: appPasswords.id });
  return changed.length > 0;
}
