// The D1 tables by which people sign in to the console. docs/storage.md says who reads and writes each column. Times
// are milliseconds since 1970.

import { customType, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { administrators } from "./schema.ts";

/** Bytes. D1 takes them as an ArrayBuffer and gives an array of numbers. Drizzle's own `blob` needs Node's Buffer. */
const bytes = customType<{ data: Uint8Array<ArrayBuffer>; driverData: ArrayBuffer | readonly number[] }>({
  dataType: () => "blob",
  toDriver: (value) => value.slice().buffer,
  fromDriver: (value) => Uint8Array.from(value instanceof ArrayBuffer ? new Uint8Array(value) : value),
});

/**
 * Links by which an administrator sets up the first passkey. The secret of the link is nowhere. A person has one at
 * most.
 */
export const adminInvitations = sqliteTable(
  "admin_invitations",
  {
    /** `i_` and 16 random characters. */
    id: text("id").primaryKey(),
    administratorId: text("administrator_id")
      .notNull()
      .references(() => administrators.id, { onDelete: "cascade" }),
    /** SHA-256 of the secret, in hex. */
    hash: text("hash").notNull().unique(),
    createdAt: integer("created_at").notNull(),
    /** Who invited: `t_…`, `a_…`, or the id of a key of ADMIN_KEYS. */
    createdBy: text("created_by").notNull(),
    expiresAt: integer("expires_at").notNull(),
    /** Null while nobody has used it. */
    usedAt: integer("used_at"),
  },
  (table) => [
    index("admin_invitations_by_administrator").on(table.administratorId),
    index("admin_invitations_by_expiry").on(table.expiresAt),
  ],
);

/** The passkeys of administrators: public keys only. */
export const passkeys = sqliteTable(
  "passkeys",
  {
    /** The credential id that the authenticator chose, base64url. */
    id: text("id").primaryKey(),
    administratorId: text("administrator_id")
      .notNull()
      .references(() => administrators.id, { onDelete: "cascade" }),
    /** The random id under which authenticators keep this person, base64url. The same for all passkeys of a person. */
    userHandle: text("user_handle").notNull(),
    /** The COSE public key. */
    publicKey: bytes("public_key").notNull(),
    /** The signature counter of the last sign-in. Synced passkeys keep it at 0. */
    counter: integer("counter").notNull(),
    transports: text("transports", { mode: "json" }).$type<readonly string[]>().notNull(),
    /** What its owner calls it. */
    name: text("name").notNull(),
    deviceType: text("device_type").$type<"singleDevice" | "multiDevice">().notNull(),
    backedUp: integer("backed_up", { mode: "boolean" }).notNull(),
    /** The RP ID for which it was made. It works for no other. */
    rpId: text("rp_id").notNull(),
    createdAt: integer("created_at").notNull(),
    /** Null while nobody has signed in with it. */
    lastUsedAt: integer("last_used_at"),
  },
  (table) => [index("passkeys_by_administrator").on(table.administratorId)],
);

/** Who is signed in to the console. The secret of the cookie is nowhere. */
export const webSessions = sqliteTable(
  "web_sessions",
  {
    /** SHA-256 of the cookie's secret, in hex. */
    hash: text("hash").primaryKey(),
    /** `s_` and 16 random characters: what lists show, and what is ended. */
    id: text("id").notNull().unique(),
    administratorId: text("administrator_id")
      .notNull()
      .references(() => administrators.id, { onDelete: "cascade" }),
    createdAt: integer("created_at").notNull(),
    /** The last request, written once a minute at most. */
    seenAt: integer("seen_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    /** When the person last proved to be there. */
    freshAt: integer("fresh_at").notNull(),
    how: text("how").$type<SignInWay>().notNull(),
    /** What the provider of identities calls the person; null with a passkey. */
    subject: text("subject"),
    /** The network from which the person signed in. */
    source: text("source").notNull(),
    userAgent: text("user_agent").notNull(),
  },
  (table) => [
    index("web_sessions_by_administrator").on(table.administratorId),
    index("web_sessions_by_expiry").on(table.expiresAt),
  ],
);

/** How somebody signed in to the console. */
export type SignInWay = "passkey" | "oidc" | "access";

/** Steps of a sign-in that wait for their answer, and forms that wait for a fresh factor. Each is taken once. */
export const ceremonies = sqliteTable(
  "ceremonies",
  {
    /** SHA-256 of the secret that its browser has, in hex. */
    hash: text("hash").primaryKey(),
    kind: text("kind").notNull(),
    /** What the next step needs, as JSON. */
    data: text("data").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("ceremonies_by_expiry").on(table.expiresAt)],
);
