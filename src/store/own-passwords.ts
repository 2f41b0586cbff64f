// Adds an app password, and never more than a user may have. One that a person makes for an own device comes with its
// event in one transaction (S-39) and with the mail about it (S-57).

import { sql } from "drizzle-orm";
import type { AuditedEvent } from "../audit/event.ts";
import type { NoticeSettings } from "../notices/settings.ts";
import { type Database, isUniqueViolation, violates } from "./database.ts";
import { queueOf } from "./notices.ts";
import { appPasswords, auditEvents } from "./schema.ts";

type NewRow = Pick<typeof appPasswords.$inferInsert, "id" | "userId" | "label" | "ntHashes" | "asksCode" | "createdBy">;

/** How many live ones a user has at most: of all, and of those that ask for a code. */
export type LiveLimits = { readonly all: number; readonly asksCode: number };

/**
 * Adds an app password. `there-already`: one has this id. `too-many`: the user has as many live ones as may be. Nothing
 * is changed then.
 */
export async function addOwnPassword(
  db: Database,
  row: NewRow,
  event: AuditedEvent,
  { settings, limits }: { readonly settings: NoticeSettings; readonly limits: LiveLimits },
): Promise<"added" | "there-already" | "too-many"> {
  const mail = queueOf(db, [event], settings);
  try {
    await db.batch([
      db
        .insert(appPasswords)
        .values({ ...row, userId: userWithRoom(row, limits), createdAt: event.at, revokedAt: null }),
      db.insert(auditEvents).values(event),
      ...(mail === undefined ? [] : [mail]),
    ]);
    return "added";
  } catch (fault) {
    if (isUniqueViolation(fault)) return "there-already";
    if (violates(fault, NO_ROOM)) return "too-many";
    throw fault;
  }
}

/**
 * Adds an app password that an administrator makes, at `now` (ms). `too-many`: the user has as many live ones as may be.
 * Nothing is changed then.
 */
export async function addPasswordWithin(
  db: Database,
  row: NewRow & { readonly expiresAt?: number | undefined },
  limits: LiveLimits,
  now: number,
): Promise<"added" | "too-many"> {
  try {
    await db
      .insert(appPasswords)
      .values({ ...row, userId: userWithRoom(row, limits), createdAt: now, revokedAt: null });
    return "added";
  } catch (fault) {
    if (violates(fault, NO_ROOM)) return "too-many";
    throw fault;
  }
}

/** What D1 says when {@link userWithRoom} was null. */
const NO_ROOM = /NOT NULL constraint failed: app_passwords\.user_id/i;

/** The user's id, or null while the user has too many. So many forms at one moment make no more than may be. */
function userWithRoom({ userId, asksCode }: NewRow, { all, asksCode: withCode }: LiveLimits) {
  const live = sql`(select count(*) from app_passwords where user_id = ${userId} and revoked_at is null)`;
  const asking = sql`(select count(*) from app_passwords where user_id = ${userId} and revoked_at is null and asks_code)`;
  const room = asksCode === true ? sql`${live} < ${all} and ${asking} < ${withCode}` : sql`${live} < ${all}`;
  return sql<string>`case when ${room} then ${userId} end`;
}
