// The result of the Worker's own synthetic sign-ins: one row of D1, because the API asks another isolate than the cron
// trigger.

import { sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { probeRuns } from "./schema-probe.ts";

const ROW = 1;

/** The row. Times in milliseconds. */
export type ProbeRuns = Omit<typeof probeRuns.$inferSelect, "id">;

/** One run at `at` (ms). */
export type ProbeRun = {
  readonly at: number;
  readonly ms: number;
  /** Undefined: it went well. */
  readonly fault: string | undefined;
  readonly pingFault: string | undefined;
};

/** What came of the runs; undefined before the first one. */
export async function probeRunsOf(db: Database): Promise<ProbeRuns | undefined> {
  const [row] = await db.select().from(probeRuns);
  return row;
}

/** Notes a run. */
export async function noteProbeRun(db: Database, { at, ms, fault, pingFault }: ProbeRun): Promise<void> {
  const failed = fault === undefined ? 0 : 1;
  const last = { at, ms, fault: fault ?? null, pingFault: pingFault ?? null };
  await db
    .insert(probeRuns)
    .values({ id: ROW, ...last, runs: 1, failed, failures: failed, since: failed === 0 ? null : at })
    .onConflictDoUpdate({
      target: probeRuns.id,
      set: {
        ...last,
        runs: sql`${probeRuns.runs} + 1`,
        failed: sql`${probeRuns.failed} + ${failed}`,
        failures: failed === 0 ? 0 : sql`${probeRuns.failures} + 1`,
        since: failed === 0 ? null : sql`coalesce(${probeRuns.since}, ${at})`,
      },
    });
}
