// The queries of the invitations of users (S-56). The rows are for lists, and to find whose a code is. Whether a code
// is good, the user's guard decides.

import { and, count, desc, eq, gt, inArray, isNull, lt } from "drizzle-orm";
import type { Database } from "./database.ts";
import type { User } from "./directory.ts";
import { mailWithdrawn, ofUsers } from "./invitation-mail.ts";
import { users } from "./schema.ts";
import { directoryLinks, userInvitations } from "./schema-directory.ts";

/** An invitation as it is kept. Times in ms. */
export type UserInvitation = typeof userInvitations.$inferSelect;

/** For how long after its end an invitation is listed, ms. */
const LISTED_FOR_MS = 30 * 86_400_000;
/** More than a person is invited in a month. */
const MAX_LISTED = 100;

/**
 * Adds an invitation. The list shows every earlier open one of the user as ended, and a mail that waits with it ends.
 */
export async function addUserInvitation(db: Database, row: UserInvitation): Promise<void> {
  const { userId, createdAt } = row;
  await db.batch([...invitationsEnded(db, userId, createdAt), db.insert(userInvitations).values(row)]);
}

/** Marks every open invitation of a user as ended, in the list. A mail that waits with it ends. */
export async function endUserInvitations(db: Database, userId: string, now: number): Promise<void> {
  await db.batch(invitationsEnded(db, userId, now));
}

/** The statements of that, for one user or many. */
export const invitationsEnded = (db: Database, whose: string | readonly string[], now: number) =>
  [mailWithdrawn(db, whose, now), withdrawn(db, whose, now)] as const;

const withdrawn = (db: Database, whose: string | readonly string[], now: number) =>
  db
    .update(userInvitations)
    .set({ withdrawnAt: now })
    .where(and(ofUsers(userInvitations.userId, whose), open(now)));

const open = (now: number) =>
  and(isNull(userInvitations.usedAt), isNull(userInvitations.withdrawnAt), gt(userInvitations.expiresAt, now));

/** A user's invitations of the last 30 days, the newest first. */
export async function invitationsOfUser(db: Database, userId: string): Promise<UserInvitation[]> {
  const { createdAt, id } = userInvitations;
  return db
    .select()
    .from(userInvitations)
    .where(eq(userInvitations.userId, userId))
    .orderBy(desc(createdAt), desc(id))
    .limit(MAX_LISTED);
}

/** How many invitations a user got since a time (ms). */
export async function invitedSince(db: Database, userId: string, since: number): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(userInvitations)
    .where(and(eq(userInvitations.userId, userId), gt(userInvitations.createdAt, since)));
  return row?.n ?? 0;
}

/** Marks one invitation of a user as withdrawn, unless it has ended. False: the user has no such invitation. */
export async function withdrawUserInvitation(db: Database, userId: string, id: string, now: number): Promise<boolean> {
  const mine = and(eq(userInvitations.userId, userId), eq(userInvitations.id, id));
  await mailWithdrawn(db, userId, now); // only an open one waits to be sent
  await db
    .update(userInvitations)
    .set({ withdrawnAt: now })
    .where(and(mine, open(now)));
  const [row] = await db.select({ id: userInvitations.id }).from(userInvitations).where(mine);
  return row !== undefined;
}

/** The user to whom an invitation with one of these ids was given, and its id. */
export async function userInvitedBy(
  db: Database,
  ids: readonly string[],
): Promise<{ readonly invitation: string; readonly user: User } | undefined> {
  const [row] = await db
    .select({ invitation: userInvitations.id, user: users })
    .from(userInvitations)
    .innerJoin(users, eq(users.id, userInvitations.userId))
    .where(inArray(userInvitations.id, [...ids]));
  return row;
}

/** Notes in the list that a person has come in with an invitation. A mail that waits with it ends. `at` in ms. */
export async function noteInvitationUsed(
  db: Database,
  { userId, id, at }: { readonly userId: string; readonly id: string; readonly at: number },
): Promise<void> {
  await db.batch([
    db.update(userInvitations).set({ usedAt: at }).where(eq(userInvitations.id, id)),
    mailWithdrawn(db, userId, at),
  ]);
}

/** The user with that key of a directory, and whether the directory lets the person in. */
export async function userOfDirectoryKey(
  db: Database,
  key: string,
): Promise<{ readonly userId: string; readonly isIn: boolean } | undefined> {
  const { userId, state } = directoryLinks;
  const [row] = await db.select({ userId, state }).from(directoryLinks).where(eq(directoryLinks.key, key));
  return row && { userId: row.userId, isIn: row.state === "in" };
}

/** Deletes the invitations that ended long ago. */
export async function purgeUserInvitations(db: Database, now: number): Promise<void> {
  await db.delete(userInvitations).where(lt(userInvitations.expiresAt, now - LISTED_FOR_MS));
}
