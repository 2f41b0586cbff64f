// People whom a directory let go: who they are, and who of them is to be erased (S-79).

import { and, asc, count, eq, getTableColumns, gt, isNotNull, lte, ne, type SQL, sql } from "drizzle-orm";
import { firstEventId } from "../audit/event.ts";
import type { Database } from "./database.ts";
import type { User } from "./directory.ts";
import type { LinkedUser } from "./directory-links.ts";
import { listOf } from "./from-json.ts";
import { apiTokens, auditEvents, users } from "./schema.ts";
import { directoryLinks } from "./schema-directory.ts";

/** A row of the list begins after this one. */
export type LeaverPlace = { readonly since: number; readonly userId: string };

const LEFT = ne(directoryLinks.state, sql`'in'`);
/** The source of a key: what stands before its colon. */
const SOURCE = sql<string>`substr(${directoryLinks.key}, 1, instr(${directoryLinks.key}, ':') - 1)`;

const linked = (db: Database) =>
  db
    .select({ user: getTableColumns(users), link: getTableColumns(directoryLinks) })
    .from(directoryLinks)
    .innerJoin(users, eq(users.id, directoryLinks.userId))
    .$dynamic();

/** Everybody who left, the longest ago first. */
export async function pageOfLeavers(
  db: Database,
  page: { readonly after: LeaverPlace | undefined; readonly limit: number },
): Promise<{ readonly items: readonly LinkedUser[]; readonly more: boolean }> {
  const { since, userId } = directoryLinks;
  const { since: from, userId: behind } = page.after ?? { since: -1, userId: "" };
  const after = sql`(${since}, ${userId}) > (${from}, ${behind})`; // an `or` would not use the index
  const rows = await linked(db)
    .where(and(LEFT, after))
    .orderBy(asc(since), asc(userId))
    .limit(page.limit + 1);
  return { items: rows.slice(0, page.limit), more: rows.length > page.limit };
}

/** Who left these sources before that time (ms), is not kept, and may not sign in. The longest ago first. */
export async function leaversDue(
  db: Database,
  before: number,
  sources: readonly string[],
  limit: number,
): Promise<readonly LinkedUser[]> {
  return linked(db)
    .where(and(due(before), sql`${SOURCE} in ${listOf(sources)}`))
    .orderBy(asc(directoryLinks.since))
    .limit(limit);
}

/** How many of each source are due before that time (ms). */
export async function countDue(db: Database, before: number): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .select({ source: SOURCE, people: count() })
    .from(directoryLinks)
    .innerJoin(users, eq(users.id, directoryLinks.userId))
    .where(due(before))
    .groupBy(SOURCE);
  return new Map(rows.map(({ source, people }) => [source, people]));
}

const due = (before: number): SQL | undefined =>
  and(LEFT, lte(directoryLinks.since, before), eq(directoryLinks.kept, false), isNotNull(users.disabledAt));

/** Whether the person is still due. The directory may have let the person in again meanwhile. */
export async function isStillDue(db: Database, { id }: Pick<User, "id">, before: number): Promise<boolean> {
  const [row] = await linked(db).where(and(eq(directoryLinks.userId, id), due(before)));
  return row !== undefined;
}

/** Keeps a person, or ends that. False: the person comes from no directory. */
export async function keepLeaver(db: Database, userId: string, kept: boolean): Promise<boolean> {
  const rows = await db
    .update(directoryLinks)
    .set({ kept })
    .where(eq(directoryLinks.userId, userId))
    .returning({ userId: directoryLinks.userId });
  return rows.length > 0;
}

/** How many people the cron trigger has erased since that time (ms). */
export async function erasedByClock(db: Database, since: number): Promise<number> {
  const { id, reason, channel, outcome } = auditEvents;
  const [row] = await db
    .select({ people: count() })
    .from(auditEvents)
    .where(
      and(
        ...[eq(reason, "user-erased"), ne(outcome, sql`'signed-in'`), gt(id, firstEventId(since))],
        eq(channel, "clock"),
      ),
    );
  return row?.people ?? 0;
}

/** When a token of the scope `directory` was last used, ms, to the hour. Null: never. */
export async function syncLastSeen(db: Database): Promise<number | null> {
  const [row] = await db
    .select({ at: sql<number | null>`max(${apiTokens.lastUsedAt})` })
    .from(apiTokens)
    .where(eq(apiTokens.scope, "directory"));
  return row?.at ?? null;
}
