// The D1 table of the synthetic sign-in.

import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What came of the Worker's own synthetic sign-ins. One row, from the first run on. */
export const probeRuns = sqliteTable("probe_runs", {
  /** Always 1. */
  id: integer("id").primaryKey(),
  /** When the last run ended, ms. */
  at: integer("at").notNull(),
  /** How long it took, ms. */
  ms: integer("ms").notNull(),
  /** How many runs there were, and how many failed. Neither number falls. */
  runs: integer("runs").notNull(),
  failed: integer("failed").notNull(),
  /** How many runs failed in a row, up to the last one. 0: the last one went well. */
  failures: integer("failures").notNull(),
  /** When the first of these failed, ms. Null: the last run went well. */
  since: integer("since"),
  /** Stage and reason of the last failure, such as `sign-in refused 401`. Null: the last run went well. */
  fault: text("fault"),
  /** Why the heartbeat service did not take the last ping, such as `404`. Null: it took it, or was not asked. */
  pingFault: text("ping_fault"),
});
