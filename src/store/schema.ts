// The D1 tables: of the directory, users, every name a user is known by, and their app passwords; and the audit of sign-ins.
// docs/storage.md says who reads and writes each column. Times are milliseconds since 1970.
// `npm run migrations` turns a change of this file into a new file under migrations/.

import { isNotNull } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Channel, Outcome } from "../audit/event.ts";

/** One row per person who may sign in from outside. */
export const users = sqliteTable("users", {
  /** `u_` and 16 random characters. */
  id: text("id").primaryKey(),
  /** Normalised `sip:user@domain`; what a web ticket request of this user must claim. */
  sipUri: text("sip_uri").notNull().unique(),
  /** The user principal name as Active Directory spells it. */
  upn: text("upn"),
  /** NetBIOS domain of the account, for the sign-on to the Front-End. */
  domain: text("domain").notNull(),
  /** sAMAccountName. */
  account: text("account").notNull(),
  createdAt: integer("created_at").notNull(),
  /** Null while the user may sign in. */
  disabledAt: integer("disabled_at"),
});

/** Every name that leads to a user, by its normalised key (src/credentials/names.ts). */
export const names = sqliteTable(
  "names",
  {
    name: text("name").primaryKey(),
    kind: text("kind", { enum: ["sip", "upn", "account", "alias"] }).notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
  },
  (table) => [index("names_by_user").on(table.userId)],
);

/** App passwords. The password itself is nowhere. */
export const appPasswords = sqliteTable(
  "app_passwords",
  {
    /** `p_` and 16 random characters. */
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** What its owner calls it: the device it is for. */
    label: text("label").notNull(),
    /** Both NT hashes, sealed for this row (src/credentials/sealed-hash.ts). */
    ntHashes: text("nt_hashes").notNull(),
    createdAt: integer("created_at").notNull(),
    /** Null while the password may be used. */
    revokedAt: integer("revoked_at"),
  },
  (table) => [index("app_passwords_by_user").on(table.userId)],
);

/**
 * The audit: one row per event, with the fields of `SignInEvent` (src/audit/event.ts), added by the guards' alarms and never
 * changed. No reference to `users`: what happened stays when a user goes.
 */
export const auditEvents = sqliteTable(
  "audit_events",
  {
    id: text("id").primaryKey(),
    at: integer("at").notNull(),
    requestId: text("request_id").notNull(),
    channel: text("channel").$type<Channel>().notNull(),
    host: text("host").notNull(),
    source: text("source").notNull(),
    userAgent: text("user_agent").notNull(),
    workstation: text("workstation").notNull(),
    outcome: text("outcome").$type<Outcome>().notNull(),
    reason: text("reason").notNull(),
    userId: text("user_id"),
    user: text("user"),
    credentialId: text("credential_id"),
    waitUntil: integer("wait_until"),
    wouldRefuse: text("would_refuse"),
    repeats: integer("repeats"),
  },
  // Each index is one more billed row for an event that is in it, so each leaves out what its question never asks for.
  (table) => [
    // The events of one user in time order: `postern audit --user`.
    index("audit_events_by_user").on(table.userId, table.id).where(isNotNull(table.userId)),
    // Who and what waits now, `lock list`: the few events that made someone wait.
    index("audit_events_waiting").on(table.waitUntil).where(isNotNull(table.waitUntil)),
  ],
);
