// The D1 table of the change of a sealing key.

import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** How far the walk over all users has come that seals everything again with the first key. One row. */
export const sealingWalk = sqliteTable("sealing_walk", {
  /** Always 1. */
  id: integer("id").primaryKey(),
  /** The id of the key that seals: the walk is about no other. */
  keyId: text("key_id").notNull(),
  /** The id of the last user whose things were sealed again; empty at the beginning. */
  after: text("after").notNull(),
  /** When it began, and when it had been at every user, ms. Null: it goes on. */
  startedAt: integer("started_at").notNull(),
  endedAt: integer("ended_at"),
  /** At how many users it has been, how much was sealed again, and how much no key of SEALING_KEYS opens. */
  users: integer("users").notNull(),
  resealed: integer("resealed").notNull(),
  lost: integer("lost").notNull(),
  /** What guards keep under other keys and cannot seal again: JSON of `LeftInGuards` by the id of the key. */
  left: text("left").notNull(),
});
