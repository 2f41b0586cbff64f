// The language that a person chose in the portal, kept for mail to that person.

import { and, eq, notExists, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { users } from "./schema.ts";
import { directoryLinks } from "./schema-directory.ts";

/**
 * Keeps it, unless the person comes from a directory: there the directory says the language, and the next sync would
 * take this one away again.
 */
export async function keepOwnLanguage(db: Database, userId: string, language: string): Promise<void> {
  const linked = db.select({ one: sql`1` }).from(directoryLinks).where(eq(directoryLinks.userId, users.id));
  await db
    .update(users)
    .set({ language, revision: sql`${users.revision} + 1` })
    .where(and(eq(users.id, userId), sql`${users.language} is not ${language}`, notExists(linked)));
}
