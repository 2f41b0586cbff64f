// The D1 tables of the directory: users, every name a user is known by, and their app passwords.
// docs/storage.md says who reads and writes each column. Times are milliseconds since 1970.
// `npm run migrations` turns a change of this file into a new file under migrations/.

import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

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
