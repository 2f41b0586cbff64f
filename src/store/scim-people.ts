// The people who come through SCIM: users with a link whose key begins with `scim:`. Those whom the client deleted are
// kept, and SCIM does not show them.

import { and, asc, count, eq, gte, inArray, lt, ne } from "drizzle-orm";
import { type Database, isUniqueViolation } from "./database.ts";
import type { User } from "./directory.ts";
import { names, users } from "./schema.ts";
import { type DirectoryState, directoryLinks } from "./schema-directory.ts";

/** A user and the link to the directory. */
export type LinkedUser = { readonly user: User; readonly key: string; readonly state: DirectoryState };

/** All keys of SCIM, and no other. */
const OF_SCIM = and(gte(directoryLinks.key, "scim:"), lt(directoryLinks.key, "scim;"));
const SHOWN = and(OF_SCIM, ne(directoryLinks.state, "deleted"));

const linked = (db: Database) =>
  db
    .select({ user: users, key: directoryLinks.key, state: directoryLinks.state })
    .from(directoryLinks)
    .innerJoin(users, eq(users.id, directoryLinks.userId))
    .$dynamic();

/** The person with that user id. */
export async function scimPersonById(db: Database, id: string): Promise<LinkedUser | undefined> {
  const [row] = await linked(db).where(and(SHOWN, eq(directoryLinks.userId, id)));
  return row;
}

/** The person with that key, `scim:…`. */
export async function scimPersonByKey(db: Database, key: string): Promise<LinkedUser | undefined> {
  const [row] = await linked(db).where(and(SHOWN, eq(directoryLinks.key, key)));
  return row;
}

/** The person with that normalised name. */
export async function scimPersonByName(db: Database, name: string): Promise<LinkedUser | undefined> {
  const owner = db.select({ userId: names.userId }).from(names).where(eq(names.name, name));
  const [row] = await linked(db).where(and(SHOWN, inArray(directoryLinks.userId, owner)));
  return row;
}

/** How many people there are, and those from `offset` on. */
export async function scimPeople(
  db: Database,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<{ readonly total: number; readonly page: readonly LinkedUser[] }> {
  const [[counted], page] = await db.batch([
    db.select({ total: count() }).from(directoryLinks).where(SHOWN),
    linked(db).where(SHOWN).orderBy(asc(directoryLinks.key)).limit(limit).offset(offset),
  ]);
  return { total: counted?.total ?? 0, page };
}

/** Gives a person another key. False: another person has it. */
export async function rekey(db: Database, userId: string, key: string): Promise<boolean> {
  try {
    await db.update(directoryLinks).set({ key }).where(eq(directoryLinks.userId, userId));
    return true;
  } catch (fault) {
    if (isUniqueViolation(fault)) return false;
    throw fault;
  }
}
