// Changes what an administrator may change about an existing user, in one transaction: how the user's devices are
// judged, and the UPN, which is one of the names for signing in.

import { and, eq, ne, sql } from "drizzle-orm";
import { ok, type Result, refuse } from "../core/result.ts";
import { type Database, isUniqueViolation } from "./database.ts";
import type { User } from "./directory.ts";
import type { Upn } from "./new-user.ts";
import { names, users } from "./schema.ts";

/** New values for how a user's devices are judged. A value that is undefined stays unchanged. */
export type DeviceSettings = {
  readonly [Setting in
    | "groups"
    | "enrolment"
    | "maxDevices"
    | "windowUntil"
    | "displayName"
    | "mail"
    | "mobile"
    | "language"
    | "pool"]?: User[Setting] | undefined;
};

/**
 * Makes all of the given changes, or none. Returns the user as changed. A new UPN replaces the old one. The user cannot
 * sign in with the old UPN any more, unless it is also another name of the user. `name-taken`: the UPN is a name of
 * another user. `revision`: change only a user who is still at this one, otherwise `changed-meanwhile`.
 */
export async function changeUser(
  db: Database,
  userId: string,
  settings: DeviceSettings,
  upn?: Upn,
  revision?: number,
): Promise<Result<User, "name-taken" | "changed-meanwhile">> {
  const change = { ...settings, ...(upn && { upn: upn.spelt }), revision: sql`${users.revision} + 1` };
  const still = revision === undefined ? undefined : eq(users.revision, revision);
  const update = db
    .update(users)
    .set(change)
    .where(and(eq(users.id, userId), still))
    .returning();
  const outcome = ([user]: readonly User[]) => (user === undefined ? refuse("changed-meanwhile") : ok(user));
  if (upn === undefined) return outcome(await update);
  const { key } = upn;
  const own = sql`select 1 from ${names} where ${names.name} = ${key} and ${names.userId} = ${userId}`;
  const there = sql`exists (select 1 from ${users} where ${and(eq(users.id, userId), still)})`;
  try {
    const [, , changed] = await db.batch([
      db.delete(names).where(and(eq(names.userId, userId), eq(names.kind, "upn"), ne(names.name, key), there)),
      db.insert(names).select(sql`select ${key}, 'upn', ${userId} where not exists (${own}) and ${there}`),
      update,
    ]);
    return outcome(changed);
  } catch (fault) {
    if (isUniqueViolation(fault)) return refuse("name-taken");
    throw fault;
  }
}
