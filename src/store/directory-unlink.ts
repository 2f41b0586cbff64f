// The end of a source of people: its users stay as they are, and come from nowhere else from now on.

import { and, eq, exists, notExists, sql } from "drizzle-orm";
import type { AuditedEvent } from "../audit/event.ts";
import type { Database } from "./database.ts";
import { ofSource } from "./directory-links.ts";
import { fromJson } from "./from-json.ts";
import { auditEvents } from "./schema.ts";
import { directoryLinks, directorySources } from "./schema-directory.ts";

/** Users of a source whose guards have not heard of its last change, up to a number. */
export async function untoldOf(db: Database, source: string, most: number): Promise<string[]> {
  const rows = await db
    .select({ userId: directoryLinks.userId })
    .from(directoryLinks)
    .where(and(ofSource(source), eq(directoryLinks.told, false)))
    .limit(most);
  return rows.map(({ userId }) => userId);
}

/**
 * Ends a source: deletes its links and what it reported, with the event. False: it has another number of `people`, or
 * a guard of one of them has not heard of the last change. Then nothing is changed.
 */
export async function unlinkSource(
  db: Database,
  source: string,
  people: number,
  event: AuditedEvent,
): Promise<boolean> {
  const links = db.select({ one: sql`1` }).from(directoryLinks);
  const counted = sql`(select count(*) from ${directoryLinks} where ${ofSource(source)})`;
  const untold = notExists(links.where(and(ofSource(source), eq(directoryLinks.told, false))));
  // What follows happens only if the event was written.
  const isSo = exists(db.select({ one: sql`1` }).from(auditEvents).where(eq(auditEvents.id, event.id)));
  const [written] = await db.batch([
    db
      .insert(auditEvents)
      .select(fromJson(auditEvents, [event], sql`${counted} = ${people} and ${untold}`))
      .returning({ id: auditEvents.id }),
    db.delete(directoryLinks).where(and(ofSource(source), isSo)),
    db.delete(directorySources).where(and(eq(directorySources.source, source), isSo)),
  ]);
  return written.length > 0;
}
