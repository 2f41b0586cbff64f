// The queries of the people who administrate and sign in at the organisation's identity provider.

import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Administrator } from "./administrators.ts";
import { type Database, isUniqueViolation } from "./database.ts";
import { administrators } from "./schema.ts";

/** The person with this issuer and subject, whether or not the person may still administrate. */
export async function administratorBySubject(db: Database, subject: string): Promise<Administrator | undefined> {
  const [row] = await db.select().from(administrators).where(eq(administrators.subject, subject));
  return row;
}

/** Everybody who has or had this address (lower case). At most one of them may administrate. */
export async function administratorsByEmail(db: Database, email: string): Promise<Administrator[]> {
  return db.select().from(administrators).where(eq(administrators.email, email));
}

/**
 * Gives somebody who was invited this identity at the provider. The person must still be at that revision, and have no
 * identity there yet. If somebody whose role was taken away has the subject, it moves to this person: the same human
 * was invited again. Undefined when one of these has changed meanwhile, or when another administrator has the subject
 * now.
 */
export async function linkSubject(
  db: Database,
  { id, revision }: Pick<Administrator, "id" | "revision">,
  change: { readonly subject: string } & Partial<Pick<Administrator, "role">>,
): Promise<Administrator | undefined> {
  const { disabledAt, subject } = administrators;
  const giveUp = db
    .update(administrators)
    .set({ subject: null })
    .where(and(eq(subject, change.subject), isNotNull(disabledAt)));
  const link = db
    .update(administrators)
    .set({ ...change, revision: sql`${administrators.revision} + 1` })
    .where(and(eq(administrators.id, id), eq(administrators.revision, revision), isNull(subject), isNull(disabledAt)))
    .returning();
  try {
    const [, linked] = await db.batch([giveUp, link]);
    return linked[0];
  } catch (fault) {
    if (isUniqueViolation(fault)) return undefined;
    throw fault;
  }
}
