// The queries of the people who sign in to the portal at the organisation's identity provider (S-67).

import { and, eq, inArray } from "drizzle-orm";
import type { AuditedEvent } from "../audit/event.ts";
import type { Database } from "./database.ts";
import type { User } from "./directory.ts";
import { auditEvents, names, users } from "./schema.ts";
import { portalSubjects } from "./schema-portal-subjects.ts";

/** What an issuer calls somebody. */
export type Subject = Pick<typeof portalSubjects.$inferSelect, "issuer" | "subject">;

/** The user who is this subject. */
export async function userOfSubject(db: Database, { issuer, subject }: Subject): Promise<User | undefined> {
  const mine = and(eq(portalSubjects.issuer, issuer), eq(portalSubjects.subject, subject));
  const [row] = await db
    .select({ user: users })
    .from(portalSubjects)
    .innerJoin(users, eq(users.id, portalSubjects.userId))
    .where(mine);
  return row?.user;
}

/** The user who has this UPN or SIP address, normalised. An alias or an account name is none of the two. */
export async function userOfAddress(db: Database, address: string): Promise<User | undefined> {
  const [row] = await db
    .select({ user: users })
    .from(names)
    .innerJoin(users, eq(users.id, names.userId))
    .where(and(eq(names.name, address), inArray(names.kind, ["upn", "sip"])));
  return row?.user;
}

/** Makes a user be this subject from now on. False: the user or the subject is somebody else's already. */
export async function linkPortalSubject(
  db: Database,
  { issuer, subject }: Subject,
  userId: string,
  event: AuditedEvent,
): Promise<boolean> {
  const row = { issuer, subject, userId, createdAt: event.at };
  const added = await db
    .insert(portalSubjects)
    .values(row)
    .onConflictDoNothing()
    .returning({ userId: portalSubjects.userId });
  if (added.length === 0) return (await userOfSubject(db, { issuer, subject }))?.id === userId;
  await db.insert(auditEvents).values(event);
  return true;
}

/** The subjects that a user is. */
export async function subjectsOfUser(db: Database, userId: string): Promise<Subject[]> {
  const { issuer, subject } = portalSubjects;
  return db.select({ issuer, subject }).from(portalSubjects).where(eq(portalSubjects.userId, userId));
}

/** The statement by which a user is no subject any more. The next sign-in at the provider links the user again. */
export const subjectsForgotten = (db: Database, userId: string) =>
  db.delete(portalSubjects).where(eq(portalSubjects.userId, userId));
