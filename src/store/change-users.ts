// Changes settings of many users in one transaction, with the events of the audit about it.

import { eq, sql } from "drizzle-orm";
import type { AuditedEvent } from "../audit/event.ts";
import type { DeviceSettings } from "./change-user.ts";
import type { Database } from "./database.ts";
import type { User } from "./directory.ts";
import { fromJson } from "./from-json.ts";
import { auditEvents, users } from "./schema.ts";

/** What is to be changed about one user, and the event that says so. */
export type SettingsOfUser = {
  readonly userId: string;
  readonly settings: DeviceSettings;
  readonly event: AuditedEvent;
};

/**
 * Makes all of these changes, or none when D1 fails. Returns each user as changed, in the same order; undefined for one
 * who has been deleted, who gets no event either.
 */
export async function changeUsers(
  db: Database,
  changes: readonly SettingsOfUser[],
): Promise<readonly (User | undefined)[]> {
  const [first, ...rest] = changes.map(({ userId, settings }) =>
    db
      .update(users)
      .set({ ...settings, revision: sql`${users.revision} + 1` })
      .where(eq(users.id, userId))
      .returning(),
  );
  if (first === undefined) return [];
  const events = changes.map(({ event }) => event);
  const isThere = sql`exists (select 1 from ${users} where ${users.id} = json_extract(value, '$.userId'))`;
  const [changed, ...others] = await db.batch([
    first,
    ...rest,
    db.insert(auditEvents).select(fromJson(auditEvents, events, isThere)),
  ]);
  const answers = [changed, ...(others.slice(0, rest.length) as User[][])];
  return answers.map(([user]) => user);
}
