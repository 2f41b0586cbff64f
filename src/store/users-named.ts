// Finds many users in one statement.

import { eq, getTableColumns, inArray, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import type { User } from "./directory.ts";
import { names, users } from "./schema.ts";

/**
 * The users with these ids or normalised names, by the id or name under which each was wanted. One whom nobody has is
 * absent. All are one parameter, because a statement takes a hundred at most.
 */
export async function usersNamed(db: Database, wanted: readonly string[]): Promise<Map<string, User>> {
  const keys = sql`(select value from json_each(${JSON.stringify(wanted)}))`;
  const [byName, byId] = await db.batch([
    db
      .select({ ...getTableColumns(users), foundBy: sql<string>`${names.name}`.as("found_by") })
      .from(names)
      .innerJoin(users, eq(users.id, names.userId))
      .where(inArray(names.name, keys)),
    db.select().from(users).where(inArray(users.id, keys)),
  ]);
  return new Map([
    ...byName.map(({ foundBy, ...user }): [string, User] => [foundBy, user]),
    ...byId.map((user): [string, User] => [user.id, user]),
  ]);
}
