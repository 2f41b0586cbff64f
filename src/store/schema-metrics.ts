// The D1 tables of the metrics: what each isolate counted, how often each kind of event was written into the audit, and
// when the cron trigger ran. docs/storage.md says who reads and writes each column. Times are milliseconds since 1970.

import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What isolates counted: one row for each, and one for all that have ended (`folded`). */
export const meters = sqliteTable("meters", {
  /** A random id that an isolate gives itself, or `folded`. */
  isolate: text("isolate").primaryKey(),
  /** When it was written last. */
  at: integer("at").notNull(),
  /** How often, by keys of Postern's own words (src/metrics/families.ts), as one JSON object. */
  counts: text("counts").notNull(),
  /** How many polls were open then. */
  openPolls: integer("open_polls").notNull(),
  /** When the connector answered last; 0: not yet. */
  connectorAt: integer("connector_at").notNull(),
  /** When the Front-End answered last; 0: not yet. */
  frontEndAt: integer("front_end_at").notNull(),
});

/**
 * How many events of each kind the audit ever got. A trigger writes it (migrations/), so it is right whatever inserts
 * events, and it does not fall when old events are deleted. It has no rowid.
 */
export const auditCounts = sqliteTable(
  "audit_counts",
  {
    channel: text("channel").notNull(),
    outcome: text("outcome").notNull(),
    reason: text("reason").notNull(),
    /** Attempts: an event that stands for several counts as many. */
    events: integer("events").notNull(),
  },
  (table) => [primaryKey({ columns: [table.channel, table.outcome, table.reason] })],
);

/** The last run of each scheduled job. */
export const jobRuns = sqliteTable("job_runs", {
  /** `hourly`. */
  job: text("job").primaryKey(),
  /** When the run ended. */
  at: integer("at").notNull(),
  /** How long it took, ms. */
  took: integer("took").notNull(),
  /** How many of its parts failed. */
  failed: integer("failed").notNull(),
});
