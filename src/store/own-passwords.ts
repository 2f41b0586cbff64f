// Adds an app password that a person makes for an own device, with its event in one transaction (S-39) and with the mail
// about it (S-57).

import type { AuditedEvent } from "../audit/event.ts";
import type { NoticeSettings } from "../notices/settings.ts";
import { type Database, isUniqueViolation } from "./database.ts";
import { queueOf } from "./notices.ts";
import { appPasswords, auditEvents } from "./schema.ts";

type NewRow = Pick<typeof appPasswords.$inferInsert, "id" | "userId" | "label" | "ntHashes" | "asksCode" | "createdBy">;

/** Adds an app password. False: one of this id is there already, and nothing is changed. */
export async function addOwnPassword(
  db: Database,
  row: NewRow,
  event: AuditedEvent,
  settings: NoticeSettings,
): Promise<boolean> {
  const mail = queueOf(db, [event], settings);
  try {
    await db.batch([
      db.insert(appPasswords).values({ ...row, createdAt: event.at, revokedAt: null }),
      db.insert(auditEvents).values(event),
      ...(mail === undefined ? [] : [mail]),
    ]);
    return true;
  } catch (fault) {
    if (isUniqueViolation(fault)) return false;
    throw fault;
  }
}
