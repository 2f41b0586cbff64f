// The queries of administrators' passkeys.

import { and, count, eq, isNull, ne } from "drizzle-orm";
import { ok, type Result, refuse } from "../core/result.ts";
import type { Administrator } from "./administrators.ts";
import { type Database, isUniqueViolation } from "./database.ts";
import { administrators } from "./schema.ts";
import { passkeys } from "./schema-console.ts";

/** A passkey as it is kept. Times in milliseconds. */
export type Passkey = typeof passkeys.$inferSelect;

/** Adds a passkey. `passkey-known`: its credential id is there already. */
export async function addPasskey(db: Database, passkey: Passkey): Promise<Result<undefined, "passkey-known">> {
  try {
    await db.insert(passkeys).values(passkey);
    return ok(undefined);
  } catch (fault) {
    if (isUniqueViolation(fault)) return refuse("passkey-known");
    throw fault;
  }
}

/** The passkey of that credential id with its owner, whether or not the owner may administrate. */
export async function passkeyById(
  db: Database,
  id: string,
): Promise<{ readonly passkey: Passkey; readonly administrator: Administrator } | undefined> {
  const [row] = await db
    .select({ passkey: passkeys, administrator: administrators })
    .from(passkeys)
    .innerJoin(administrators, eq(administrators.id, passkeys.administratorId))
    .where(eq(passkeys.id, id));
  return row;
}

/** The passkeys of a person, the oldest first. A person has a handful. */
export async function passkeysOf(db: Database, administratorId: string): Promise<Passkey[]> {
  return db
    .select()
    .from(passkeys)
    .where(eq(passkeys.administratorId, administratorId))
    .orderBy(passkeys.createdAt, passkeys.id);
}

/** Gives a passkey of a person another name. False when the person has no such passkey. */
export async function renamePasskey(db: Database, administratorId: string, id: string, name: string): Promise<boolean> {
  const renamed = await db
    .update(passkeys)
    .set({ name })
    .where(and(eq(passkeys.id, id), eq(passkeys.administratorId, administratorId)))
    .returning({ id: passkeys.id });
  return renamed.length > 0;
}

/** Removes a passkey of a person. False when the person has no such passkey. */
export async function removePasskey(db: Database, administratorId: string, id: string): Promise<boolean> {
  const removed = await db
    .delete(passkeys)
    .where(and(eq(passkeys.id, id), eq(passkeys.administratorId, administratorId)))
    .returning({ id: passkeys.id });
  return removed.length > 0;
}

/** Notes that a passkey signed its owner in: the counter that it named, whether it is backed up now, and when (ms). */
export async function notePasskeyUsed(
  db: Database,
  id: string,
  used: { readonly counter: number; readonly backedUp: boolean; readonly at: number },
): Promise<void> {
  await db
    .update(passkeys)
    .set({ counter: used.counter, backedUp: used.backedUp, lastUsedAt: used.at })
    .where(eq(passkeys.id, id));
}

/**
 * How many passkeys of people who may administrate were made for another RP ID: they cannot sign in to this console.
 */
export async function countPasskeysOfOtherRp(db: Database, rpId: string): Promise<number> {
  const [row] = await db
    .select({ others: count() })
    .from(passkeys)
    .innerJoin(administrators, eq(administrators.id, passkeys.administratorId))
    .where(and(ne(passkeys.rpId, rpId), isNull(administrators.disabledAt)));
  return row?.others ?? 0;
}
