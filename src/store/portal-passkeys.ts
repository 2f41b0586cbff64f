// The queries of whose a passkey of the portal is. The user's guard has the passkeys and decides. It writes here what
// finds it, before it keeps a new passkey and after it has removed one.

import { and, eq, inArray, notInArray, sql } from "drizzle-orm";
import { ok, type Result, refuse } from "../core/result.ts";
import type { Database } from "./database.ts";
import { portalPasskeys } from "./schema-portal.ts";

/** Which passkey is whose. `createdAt` in ms. */
export type PortalPasskeyRow = typeof portalPasskeys.$inferSelect;

/** The user of a passkey. Undefined: nobody has it. */
export async function userOfPortalPasskey(db: Database, id: string): Promise<string | undefined> {
  const [row] = await db
    .select({ userId: portalPasskeys.userId })
    .from(portalPasskeys)
    .where(eq(portalPasskeys.id, id));
  return row?.userId;
}

/**
 * The RP ID of the portal's passkeys. Every passkey has the one of the first. Undefined while there is no passkey: then
 * another RP ID may be chosen.
 */
export async function portalRpId(db: Database): Promise<string | undefined> {
  const [row] = await db.select({ rpId: portalPasskeys.rpId }).from(portalPasskeys).limit(1);
  return row?.rpId;
}

/**
 * Notes whose a passkey is; the same row may come again. `passkey-known`: somebody else has it. `another-rp-id`: there
 * are passkeys of another RP ID.
 */
export async function addPortalPasskey(
  db: Database,
  row: PortalPasskeyRow,
): Promise<Result<undefined, "passkey-known" | "another-rp-id">> {
  const { id, userId, rpId, createdAt } = row;
  const pinned = sql`(select rp_id from portal_passkeys limit 1)`;
  // One statement, so that two first passkeys at one moment have one RP ID.
  await db
    .insert(portalPasskeys)
    .select(sql`select ${id}, ${userId}, ${rpId}, ${createdAt} where coalesce(${pinned}, ${rpId}) = ${rpId}`)
    .onConflictDoNothing();
  const owner = await userOfPortalPasskey(db, id);
  if (owner === userId) return ok(undefined);
  return refuse(owner === undefined ? "another-rp-id" : "passkey-known");
}

/** Removes rows of a user: those with the ids, or all. */
export async function removePortalPasskeys(db: Database, userId: string, ids?: readonly string[]): Promise<void> {
  const which = ids === undefined ? undefined : inArray(portalPasskeys.id, [...ids]);
  await db.delete(portalPasskeys).where(and(eq(portalPasskeys.userId, userId), which));
}

/**
 * Makes the rows of a user those that the user's guard has. They differ when D1 was restored, or when a step broke off
 * between the two. Writes nothing when they are the same.
 */
export async function repairPortalPasskeys(
  db: Database,
  userId: string,
  kept: readonly Omit<PortalPasskeyRow, "userId">[],
): Promise<void> {
  const rows = await db.select({ id: portalPasskeys.id }).from(portalPasskeys).where(eq(portalPasskeys.userId, userId));
  const ids = new Set(rows.map(({ id }) => id));
  const keptIds = kept.map(({ id }) => id);
  if (rows.some(({ id }) => !keptIds.includes(id))) {
    await db
      .delete(portalPasskeys)
      .where(and(eq(portalPasskeys.userId, userId), notInArray(portalPasskeys.id, keptIds)));
  }
  for (const row of kept) if (!ids.has(row.id)) await addPortalPasskey(db, { ...row, userId });
}
