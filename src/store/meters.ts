// What isolates counted, in D1. Each isolate has one row that it replaces. The cron trigger folds the rows of isolates
// that have ended into one, in one transaction, so that no sum ever falls (S-73).

import { and, eq, lt, ne, sql } from "drizzle-orm";
import type { MeterRow } from "../metrics/meters.ts";
import type { Database } from "./database.ts";
import { auditCounts, jobRuns, meters } from "./schema-metrics.ts";

/** The row that has the counts of all isolates that have ended. */
const FOLDED = "folded";
/** A row that was not written for this long belongs to no isolate any more, ms. An isolate begins another row sooner. */
export const FOLD_AFTER_MS = 3_600_000;
/** How old an isolate's number of open polls may be to count as of now, ms. A poll that ends is written again. */
const POLLS_COUNT_FOR_MS = 5 * 60_000;

/** Writes an isolate's row. An older write that comes late changes nothing. */
export async function keepMeters(db: Database, { counts, ...row }: MeterRow): Promise<void> {
  const values = { ...row, counts: JSON.stringify(counts) };
  await db
    .insert(meters)
    .values(values)
    .onConflictDoUpdate({ target: meters.isolate, set: values, setWhere: sql`${meters.at} <= excluded.at` });
}

/** Folds the rows of isolates that have ended into one. */
export async function foldMeters(db: Database, now: number): Promise<void> {
  const ended = and(lt(meters.at, now - FOLD_AFTER_MS), ne(meters.isolate, FOLDED));
  const old = sql`from meters as m, json_each(m.counts) as e where m.isolate = ${FOLDED} or m.at < ${now - FOLD_AFTER_MS}`;
  const summed = sql`select coalesce(json_group_object(key, total), '{}') from (select e.key as key, sum(e.value) as total ${old} group by e.key)`;
  const latest = (column: string) =>
    sql`(select max(${sql.raw(column)}) from meters where isolate = ${FOLDED} or at < ${now - FOLD_AFTER_MS})`;
  await db.batch([
    db
      .insert(meters)
      .values({ isolate: FOLDED, at: now, counts: "{}", openPolls: 0, connectorAt: 0, frontEndAt: 0 })
      .onConflictDoNothing(),
    db
      .update(meters)
      .set({
        ...{ at: now, counts: sql`(${summed})` },
        ...{ connectorAt: latest("connector_at"), frontEndAt: latest("front_end_at") },
      })
      .where(eq(meters.isolate, FOLDED)),
    db.delete(meters).where(ended),
  ]);
}

/** What all isolates counted, and what they knew last. Times in ms; 0: never. */
export type Metered = {
  readonly counts: ReadonlyMap<string, number>;
  readonly openPolls: number;
  readonly isolates: number;
  readonly connectorAt: number;
  readonly frontEndAt: number;
};

/** How often each kind of event was written into the audit. */
export type AuditCount = typeof auditCounts.$inferSelect;

/** The last run of a scheduled job. */
export type JobRun = typeof jobRuns.$inferSelect;

/** Everything that is counted, at `now` (ms), as of one moment. */
export async function readMeters(
  db: Database,
  now: number,
): Promise<{ readonly metered: Metered; readonly audit: readonly AuditCount[]; readonly jobs: readonly JobRun[] }> {
  const isFresh = sql`${meters.at} > ${now - POLLS_COUNT_FOR_MS} and ${meters.isolate} <> ${FOLDED}`;
  const [counts, [latest], audit, jobs] = await db.batch([
    db
      .select({ key: sql<string>`e.key`, count: sql<number>`sum(e.value)` })
      .from(sql`meters as m, json_each(m.counts) as e`)
      .groupBy(sql`e.key`),
    db
      .select({
        openPolls: sql<number>`coalesce(sum(case when ${isFresh} then ${meters.openPolls} end), 0)`,
        isolates: sql<number>`coalesce(sum(${isFresh}), 0)`,
        connectorAt: sql<number>`coalesce(max(${meters.connectorAt}), 0)`,
        frontEndAt: sql<number>`coalesce(max(${meters.frontEndAt}), 0)`,
      })
      .from(meters),
    db.select().from(auditCounts),
    db.select().from(jobRuns),
  ]);
  const none = { openPolls: 0, isolates: 0, connectorAt: 0, frontEndAt: 0 };
  return {
    metered: { counts: new Map(counts.map(({ key, count }) => [key, count])), ...(latest ?? none) },
    audit,
    jobs,
  };
}

/** Notes that a scheduled job has run. */
export async function noteJob(db: Database, run: JobRun): Promise<void> {
  await db.insert(jobRuns).values(run).onConflictDoUpdate({ target: jobRuns.job, set: run });
}
