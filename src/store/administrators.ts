// The queries of the people who administrate.

import { and, eq, gt, sql } from "drizzle-orm";
import { ok, type Result, refuse } from "../core/result.ts";
import { type Database, isUniqueViolation } from "./database.ts";
import { administrators } from "./schema.ts";

/** A person who administrates. Times in milliseconds. */
export type Administrator = typeof administrators.$inferSelect;

/** Adds a person. `email-taken`: another active administrator has the address. */
export async function addAdministrator(
  db: Database,
  administrator: Administrator,
): Promise<Result<undefined, "email-taken">> {
  const added = await unlessTaken(db.insert(administrators).values(administrator));
  return added.ok ? ok(undefined) : added;
}

/** One page of the administrators by id, former ones included. */
export async function listAdministrators(
  db: Database,
  page: { readonly after: string; readonly limit: number },
): Promise<Administrator[]> {
  const { id } = administrators;
  return db.select().from(administrators).where(gt(id, page.after)).orderBy(id).limit(page.limit);
}

/** The administrator with that id. */
export async function administratorById(db: Database, id: string): Promise<Administrator | undefined> {
  const [row] = await db.select().from(administrators).where(eq(administrators.id, id));
  return row;
}

/**
 * Changes an administrator who is still at that revision. Returns the new row. Undefined: somebody has changed it
 * meanwhile. `unlessLast`: only if another active person has the role `admin`. One statement checks and changes, so two
 * people who take the role from each other at the same moment cannot both succeed.
 */
export async function changeAdministrator(
  db: Database,
  { id, revision }: Pick<Administrator, "id" | "revision">,
  change: Partial<Pick<Administrator, "name" | "role" | "disabledAt">>,
  unlessLast: boolean,
): Promise<Result<Administrator | undefined, "email-taken">> {
  const update = db
    .update(administrators)
    .set({ ...change, revision: sql`${administrators.revision} + 1` })
    .where(
      and(eq(administrators.id, id), eq(administrators.revision, revision), unlessLast ? otherAdmin(id) : undefined),
    )
    .returning();
  const changed = await unlessTaken(update);
  return changed.ok ? ok(changed.value?.[0]) : changed;
}

/** Whether another active person has the role `admin`. */
export async function hasOtherAdmin(db: Database, id: string): Promise<boolean> {
  const rows = await db.select({ id: administrators.id }).from(administrators).where(otherAdmin(id)).limit(1);
  return rows.length > 0;
}

const otherAdmin = (id: string) =>
  sql`exists (select 1 from ${administrators} as others where others.id <> ${id} and others.role = 'admin' and others.disabled_at is null)`;

async function unlessTaken<T>(write: PromiseLike<T>): Promise<Result<T | undefined, "email-taken">> {
  try {
    return ok(await write);
  } catch (fault) {
    if (isUniqueViolation(fault)) return refuse("email-taken");
    throw fault;
  }
}
