// The D1 table about the organisation's authority.

import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * Whether the authority is silent, for all guards together. One row at most: it is there from the first question
 * without an answer until the next answer.
 */
export const authoritySilence = sqliteTable("authority_silence", {
  /** Always 1. */
  id: integer("id").primaryKey(),
  /** When the first question got no answer. */
  since: integer("since").notNull(),
  /** How many questions in a row got none. */
  failures: integer("failures").notNull(),
  /** Why the last one got none. */
  fault: text("fault").notNull(),
  /** Nobody is asked before then. */
  openUntil: integer("open_until").notNull(),
});
