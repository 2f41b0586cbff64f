// What each source of people reported last.

import { asc, count, eq } from "drizzle-orm";
import type { Database } from "./database.ts";
import { directorySources } from "./schema-directory.ts";

/** A row of `directory_sources`. Times in ms. */
export type DirectorySource = typeof directorySources.$inferSelect;

/** All sources, by name. */
export const listSources = (db: Database): Promise<DirectorySource[]> =>
  db.select().from(directorySources).orderBy(asc(directorySources.source));

/** One source; undefined when it never reported. */
export async function findSource(db: Database, source: string): Promise<DirectorySource | undefined> {
  const [row] = await db.select().from(directorySources).where(eq(directorySources.source, source));
  return row;
}

/** How many sources there are. */
export async function countSources(db: Database): Promise<number> {
  const [row] = await db.select({ n: count() }).from(directorySources);
  return row?.n ?? 0;
}

/** Keeps what a source reports. A field that is undefined stays as it is. */
export async function keepSource(
  db: Database,
  {
    source,
    ...report
  }: Omit<DirectorySource, "cursor" | "inStepAt" | "comparedAt" | "adoptUntil"> & Partial<DirectorySource>,
): Promise<void> {
  await db
    .insert(directorySources)
    .values({ source, ...report })
    .onConflictDoUpdate({ target: directorySources.source, set: report });
}

/**
 * Until when (ms) a source may take over users who were made by hand. The source may report later for the first time.
 */
export async function allowAdoption(db: Database, source: string, adoptUntil: number): Promise<void> {
  const first = { source, reportedAt: 0, reportedBy: "", people: 0, report: "{}" };
  await db
    .insert(directorySources)
    .values({ ...first, adoptUntil })
    .onConflictDoUpdate({ target: directorySources.source, set: { adoptUntil } });
}
