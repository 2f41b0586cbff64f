// The D1 table of the people who sign in to the portal at the organisation's identity provider. docs/storage.md says
// who reads and writes each column. Times are milliseconds since 1970.

import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./schema.ts";

/** Which user a subject of an issuer is. A user has one subject at each issuer. */
export const portalSubjects = sqliteTable(
  "portal_subjects",
  {
    issuer: text("issuer").notNull(),
    /** What the issuer calls the person for good (`sub`). */
    subject: text("subject").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.subject] }),
    uniqueIndex("portal_subjects_by_user").on(table.userId, table.issuer),
  ],
);
