// The queries of the links by which an administrator sets up the first passkey.

import { and, eq, gt, inArray, isNull, lt } from "drizzle-orm";
import type { AdministratorRole } from "../core/credentials/api-scopes.ts";
import type { Database } from "./database.ts";
import { administrators } from "./schema.ts";
import { adminInvitations } from "./schema-console.ts";

/** An invitation as it is kept. Times in milliseconds. */
export type Invitation = typeof adminInvitations.$inferSelect;

/** An invitation that is still good, with the person it is for. */
export type OpenInvitation = Invitation & {
  readonly administrator: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly role: AdministratorRole;
  };
};

/** Adds an invitation. Every earlier one of the person ends in the same transaction. */
export async function addInvitation(db: Database, invitation: Invitation): Promise<void> {
  await db.batch([
    db.delete(adminInvitations).where(eq(adminInvitations.administratorId, invitation.administratorId)),
    db.insert(adminInvitations).values(invitation),
  ]);
}

/**
 * The invitation with that hash of its secret (hex), unless it has been used, has ended, or its person may not
 * administrate.
 */
export async function invitationByHash(db: Database, hash: string, now: number): Promise<OpenInvitation | undefined> {
  const { id, name, email, role } = administrators;
  const [row] = await db
    .select({ invitation: adminInvitations, administrator: { id, name, email, role } })
    .from(adminInvitations)
    .innerJoin(administrators, eq(administrators.id, adminInvitations.administratorId))
    .where(and(open(hash, now), isNull(administrators.disabledAt)));
  return row === undefined ? undefined : { ...row.invitation, administrator: row.administrator };
}

/**
 * Uses an invitation up. Of two who use it at one moment, one gets it, and the other undefined. Undefined also when its
 * person was disabled meanwhile.
 */
export async function useInvitation(db: Database, hash: string, now: number): Promise<Invitation | undefined> {
  const enabled = db.select({ id: administrators.id }).from(administrators).where(isNull(administrators.disabledAt));
  const [used] = await db
    .update(adminInvitations)
    .set({ usedAt: now })
    .where(and(open(hash, now), inArray(adminInvitations.administratorId, enabled)))
    .returning();
  return used;
}

/** Ends every invitation of a person. */
export async function endInvitationsOf(db: Database, administratorId: string): Promise<void> {
  await db.delete(adminInvitations).where(eq(adminInvitations.administratorId, administratorId));
}

/** Deletes the invitations that have ended. There are never many. */
export async function purgeInvitations(db: Database, now: number): Promise<void> {
  await db.delete(adminInvitations).where(lt(adminInvitations.expiresAt, now));
}

const open = (hash: string, now: number) =>
  and(eq(adminInvitations.hash, hash), isNull(adminInvitations.usedAt), gt(adminInvitations.expiresAt, now));
