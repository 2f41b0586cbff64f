// The D1 tables that keep Postern in step with the organisation: which users come from its directory, what the sync
// reported last, the mail that waits to be sent, and invitations of users. docs/storage.md says who reads and writes
// each column. Times are milliseconds since 1970.

import { eq, isNotNull, isNull, ne, sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { DirectoryState } from "../core/directory/plan.ts";
import type { NoticeAudience } from "../notices/kinds.ts";
import { users } from "./schema.ts";

export type { DirectoryState };

/**
 * The users who come from a directory: one row for each. A user without a row was made by hand, and no sync touches
 * that user.
 */
export const directoryLinks = sqliteTable(
  "directory_links",
  {
    userId: text("user_id")
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    /** Who the person is in the directory, for good: `ad:` and the objectGUID, or `scim:` and the client's externalId. */
    key: text("directory_key").notNull().unique(),
    /** Whether the directory lets the person in, and if not, why. */
    state: text("state").$type<DirectoryState>().notNull(),
    /** Since when the state is what it is. */
    since: integer("since").notNull(),
    /** An administrator disabled the user too. Then the directory cannot enable the user (S-46). */
    held: integer("held", { mode: "boolean" }).notNull(),
    /** Whether the user's guard has heard of everything that the sync changed. False after a failure in between. */
    told: integer("told", { mode: "boolean" }).notNull(),
    /** An administrator keeps the person: nobody erases it by itself (S-79). */
    kept: integer("kept", { mode: "boolean" }).notNull().default(false),
  },
  // Those who left, the longest ago first. Few people are in it.
  (table) => [index("directory_links_left").on(table.since, table.userId).where(ne(table.state, sql`'in'`))],
);

/** What each source of people reported last: one row for each agent, and one for SCIM. */
export const directorySources = sqliteTable("directory_sources", {
  /** `ad` or `scim`: the prefix of its keys. */
  source: text("source").primaryKey(),
  /** Where the agent goes on, in its own words. Postern gives it back and does not read it. */
  cursor: text("cursor"),
  /** When the source last said that Postern is in step. */
  inStepAt: integer("in_step_at"),
  /** When it last compared everybody. */
  comparedAt: integer("compared_at"),
  /** When it last reported at all. */
  reportedAt: integer("reported_at").notNull(),
  /** Who reported: `t_…`. */
  reportedBy: text("reported_by").notNull(),
  /** Until when it may take over users who were made by hand. Null: an administrator never allowed it. */
  adoptUntil: integer("adopt_until"),
  /** How many people it takes from the directory. */
  people: integer("people").notNull(),
  /** What it could not do, or waits for: the brake, and people who cannot be taken, as JSON (`SourceReport`). */
  report: text("report").notNull(),
});

/** Mail that waits to be sent, and for 30 days what became of it. */
export const notices = sqliteTable(
  "notices",
  {
    /**
     * What it tells of, and `/person` or `/helpdesk`; or `n_` and 16 random characters. docs/storage.md lists the
     * forms.
     */
    id: text("id").primaryKey(),
    kind: text("kind").notNull(),
    /** Whom it is about. */
    userId: text("user_id").references(() => users.id, { onDelete: "cascade" }),
    audience: text("audience").$type<NoticeAudience>().notNull(),
    /** What its text says, as JSON. No secret. */
    facts: text("facts").notNull(),
    /** The secret of its link, sealed for this row. Null: it has none, or it was sent. */
    secret: text("secret"),
    createdAt: integer("created_at").notNull(),
    /** When it may be taken next. */
    dueAt: integer("due_at").notNull(),
    /** After this it is not sent any more. */
    expiresAt: integer("expires_at").notNull(),
    /** How often somebody took it. */
    takes: integer("takes").notNull(),
    /** Null: it waits. */
    endedAt: integer("ended_at"),
    /** `sent`, or why it was not. Of one that waits: why it could not be sent the last time. */
    end: text("ended_as"),
  },
  (table) => [
    index("notices_waiting").on(table.dueAt).where(isNull(table.endedAt)),
    index("notices_by_user").on(table.userId),
    // How many the help desk got of a kind today. Of a person there are few.
    index("notices_of_helpdesk").on(table.kind, table.createdAt).where(eq(table.audience, sql`'helpdesk'`)),
    index("notices_by_end").on(table.endedAt).where(isNotNull(table.endedAt)),
  ],
);

/** Invitations of users. The secret of the link is nowhere. The user's guard decides whether one may be used. */
export const userInvitations = sqliteTable(
  "user_invitations",
  {
    /** `i_` and 16 random characters. */
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: integer("created_at").notNull(),
    /** Who invited: `t_…`, `a_…`, or the id of a key of ADMIN_KEYS. */
    createdBy: text("created_by").notNull(),
    expiresAt: integer("expires_at").notNull(),
    /** Null while nobody has used it. */
    usedAt: integer("used_at"),
    /** When somebody withdrew it, or a newer one took its place. */
    withdrawnAt: integer("withdrawn_at"),
  },
  (table) => [
    index("user_invitations_by_user").on(table.userId),
    index("user_invitations_by_expiry").on(table.expiresAt),
  ],
);
