// The D1 tables (those of the console and of the directory are in files beside this one): users with their names, app
// passwords and devices; the policy; and the audit. docs/storage.md says who reads and writes each column. Times are
// milliseconds since 1970. `npm run migrations` turns a change of this file into a new file under migrations/.

import { isNotNull, isNull, ne, sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Channel, ChannelBinding, Outcome } from "../audit/event.ts";
import type { AuthorityAnswer } from "../core/authority/says.ts";
import type { AdministratorRole, ApiScope } from "../core/credentials/api-scopes.ts";
import type { KeptProof } from "../core/device/partnership.ts";
import type { DeviceFacts, PartnershipState, PersonalDecision, RequestSource } from "../core/device/types.ts";
import type { EnrolmentMode, Policy } from "../core/policy/types.ts";

/** One row per person who may sign in from outside. */
export const users = sqliteTable(
  "users",
  {
    /** `u_` and 16 random characters. */
    id: text("id").primaryKey(),
    /** Normalised `sip:user@domain`. A web ticket request of this user must claim this address. */
    sipUri: text("sip_uri").notNull().unique(),
    /** The user principal name as Active Directory spells it. */
    upn: text("upn"),
    /** NetBIOS domain of the account, for the sign-on to the Front-End. */
    domain: text("domain").notNull(),
    /** sAMAccountName. */
    account: text("account").notNull(),
    createdAt: integer("created_at").notNull(),
    /** When the user was disabled. Null: the user may sign in. */
    disabledAt: integer("disabled_at"),
    /** Words that rules match on, such as `sales` or `site=berlin`. */
    groups: text("groups", { mode: "json" }).$type<readonly string[]>().notNull().default([]),
    /** How this user's devices enrol. Null: as the policy says. */
    enrolment: text("enrolment").$type<EnrolmentMode>(),
    /** How many devices this user may have. Null: as the policy says. */
    maxDevices: integer("max_devices"),
    /** Until when a device may enrol in mode `window`. Null: no window was ever opened. */
    windowUntil: integer("window_until"),
    /** Grows by one with each change of the row, so that a guard never goes back to an older one. */
    revision: integer("revision").notNull().default(0),
    /** The person's name as people write it; null: none was given. Nobody signs in by it. */
    displayName: text("display_name"),
    /** Who added the user: the id of a token, an administrator or an admin key. Null: not known. */
    createdBy: text("created_by"),
    /** Where mail to this person goes. Null: not known. */
    mail: text("mail"),
    /** A telephone number that the directory has of this person. Null: not known. */
    mobile: text("mobile"),
    /**
     * The `objectSid` of the account, `S-1-5-…`: every ticket of this user must be for it. Null: the first ticket
     * tells.
     */
    sid: text("sid"),
    /** The language of mail to this person, such as `de`. Null: not known. */
    language: text("language"),
    /** The pool at which the person is homed, as the directory names it, lower case. Null: not known. */
    pool: text("pool"),
  },
  // Users are written seldom, so an index costs next to nothing. Each user is in one of the first two.
  (table) => [
    index("users_enabled").on(table.sipUri).where(isNull(table.disabledAt)),
    index("users_disabled").on(table.sipUri).where(isNotNull(table.disabledAt)),
    index("users_pool").on(table.pool).where(isNotNull(table.pool)),
    // No directory gives a SID twice: a sync asks who has those that are new.
    index("users_by_sid").on(table.sid).where(isNotNull(table.sid)),
    // The open windows that `policy spread` counts. Few users have one.
    index("users_by_window").on(table.windowUntil).where(isNotNull(table.windowUntil)),
  ],
);

/**
 * The words by which users are searched: those of every name, and of the display name. Triggers write this table
 * (migrations/), so it is right whatever writes the other two. It has no rowid.
 */
export const userWords = sqliteTable(
  "user_words",
  { word: text("word").notNull(), userId: text("user_id").notNull() },
  (table) => [primaryKey({ columns: [table.word, table.userId] })],
);

/**
 * The members of each group, in the order of the list of users. Triggers write it from `users.groups`. It has no rowid.
 */
export const userGroups = sqliteTable(
  "user_groups",
  {
    /** In lower case, as SQLite's `lower` writes it. */
    group: text("group_word").notNull(),
    sipUri: text("sip_uri").notNull(),
    userId: text("user_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.group, table.sipUri] })],
);

/** All names of all users, by their normalised keys (src/core/credentials/names.ts). */
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

/** App passwords. The password itself is stored nowhere, but sealed where it asks for a code. */
export const appPasswords = sqliteTable(
  "app_passwords",
  {
    /** `p_` and 16 random characters. */
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** The name that its owner gives it, mostly that of the device. */
    label: text("label").notNull(),
    /**
     * Both NT hashes, sealed for this row (src/core/credentials/sealed-hash.ts). Of one that asks for a code: its
     * characters, sealed.
     */
    ntHashes: text("nt_hashes").notNull(),
    createdAt: integer("created_at").notNull(),
    /** When the password was revoked. Null while it may be used. */
    revokedAt: integer("revoked_at"),
    /** From when on it is refused. Null: it never runs out. */
    expiresAt: integer("expires_at"),
    /** When it was last renewed. Null: never. */
    renewedAt: integer("renewed_at"),
    /** The value of `nt_hashes` before the last renewal, sealed for this row. It is good until `old_until`. */
    oldNtHashes: text("old_nt_hashes"),
    oldUntil: integer("old_until"),
    /** When it last signed somebody in, to the hour. Null: never. */
    lastUsedAt: integer("last_used_at"),
    /** Whether a code has to stand behind it each time (S-64). It never changes. */
    asksCode: integer("asks_code", { mode: "boolean" }).notNull().default(false),
    /** Who made it: an id that the audit knows. Null: it was made before Postern kept this. */
    createdBy: text("created_by"),
  },
  (table) => [
    index("app_passwords_by_user").on(table.userId),
    // App passwords that run out. Those without an end are not in this index.
    index("app_passwords_by_expiry")
      .on(table.expiresAt, table.id)
      .where(sql`${table.expiresAt} is not null and ${table.revokedAt} is null`),
    // Revoked ones, which go after their time.
    index("app_passwords_by_revocation").on(table.revokedAt).where(isNotNull(table.revokedAt)),
  ],
);

/**
 * User/device partnerships. Only the user's guard writes them, and it decides by its own copy. A row here is some
 * seconds old at most. After an administrator's command it is up to date when the command returns.
 */
export const partnerships = sqliteTable(
  "partnerships",
  {
    /** `d_` and 16 random characters. */
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** `deviceKey` of the id by which the device names itself. Null while an expected device has not named itself. */
    key: text("device_key").unique(),
    /** True while no Front-End has accepted the request that named the device. Another user can then take the id. */
    provisional: integer("provisional", { mode: "boolean" }).notNull().default(false),
    /** The app password to which the device is bound. Null once that app password is revoked. */
    credentialId: text("credential_id"),
    state: text("state").$type<PartnershipState>().notNull(),
    /** What an administrator decided about this very device. Null: nobody decided. */
    decision: text("decision").$type<PersonalDecision>(),
    /** `policy`, or the id of the admin key. */
    decidedBy: text("decided_by").notNull(),
    decidedAt: integer("decided_at").notNull(),
    /** A reason code, or the reason given by the person who decided. */
    reason: text("reason").notNull(),
    facts: text("facts", { mode: "json" }).$type<DeviceFacts>().notNull(),
    /** Where the device was seen last. */
    source: text("source", { mode: "json" }).$type<RequestSource>().notNull(),
    firstSeenAt: integer("first_seen_at").notNull(),
    /** When the device was seen last. Written once an hour at most. */
    lastSeenAt: integer("last_seen_at").notNull(),
    /** How well the device's keys prove it. Null: it has no keys. */
    proof: text("proof", { mode: "json" }).$type<KeptProof>(),
    /** The last answer of the organisation's authority. Null: it has given none. */
    authority: text("authority", { mode: "json" }).$type<AuthorityAnswer>(),
  },
  // Each index ends with the id, which gives the order of the list. When a device is seen again, only the index of
  // `last_seen_at` changes. The others cost a row written when a device comes, and when their columns change.
  (table) => [
    index("partnerships_by_user").on(table.userId),
    index("partnerships_by_state").on(table.state, table.id),
    index("partnerships_by_seen").on(table.lastSeenAt, table.id),
    index("partnerships_by_type").on(sql`(${table.facts} ->> '$.type')`, table.id),
    index("partnerships_by_product").on(sql`lower(${table.facts} ->> '$.product')`, table.id),
    index("partnerships_by_version").on(sql`(${table.facts} ->> '$.version')`, table.id),
  ],
);

/**
 * The words by which devices are searched, from their facts. Triggers write it from `partnerships.facts`. It has no
 * rowid.
 */
export const deviceWords = sqliteTable(
  "device_words",
  { word: text("word").notNull(), deviceId: text("device_id").notNull() },
  (table) => [primaryKey({ columns: [table.word, table.deviceId] })],
);

/**
 * Which users were refused because they named a device id of another user, and when this last happened. `device list`
 * and `why` show these rows. The guard of the refused user writes a row. It is deleted when the id is given up.
 */
export const deviceContests = sqliteTable(
  "device_contests",
  {
    key: text("contested_key").notNull(),
    userId: text("contester_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    at: integer("contested_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.key, table.userId] }),
    index("device_contests_by_time").on(table.at, table.key, table.userId),
    index("device_contests_by_user").on(table.userId),
  ],
);

/** Every policy that was ever applied. The policy with the highest version is in force. */
export const policies = sqliteTable("policies", {
  version: integer("version").primaryKey(),
  at: integer("at").notNull(),
  /** The id of the admin key with which it was applied. */
  by: text("applied_by").notNull(),
  why: text("why"),
  policy: text("policy", { mode: "json" }).$type<Policy>().notNull(),
  /** The text of the file that the policy was read from, unchanged. */
  text: text("text"),
});

/**
 * The API's tokens. Their secrets are stored nowhere. When a token has ended, its row stays, because the audit names
 * it.
 */
export const apiTokens = sqliteTable("api_tokens", {
  /** `t_` and 16 random characters, which stand in the token as well. */
  id: text("id").primaryKey(),
  /** The name that its maker gave it: the program or the person it is for. */
  name: text("name").notNull(),
  scope: text("scope").$type<ApiScope>().notNull(),
  /** SHA-256 of the secret, in hex. */
  hash: text("hash").notNull(),
  createdAt: integer("created_at").notNull(),
  /** Who made it: `t_…`, `a_…`, or the id of a key of ADMIN_KEYS. */
  createdBy: text("created_by").notNull(),
  expiresAt: integer("expires_at").notNull(),
  /** When the token was last used, to the hour. Null: never. */
  lastUsedAt: integer("last_used_at"),
  /** When somebody revoked it. Null: nobody did. */
  revokedAt: integer("revoked_at"),
  revokedBy: text("revoked_by"),
  /** The networks in CIDR from which it may be used. Null: from everywhere. */
  networks: text("networks", { mode: "json" }).$type<readonly string[]>(),
});

/** The people who administrate. When somebody leaves, the row stays, because the audit needs the name. */
export const administrators = sqliteTable(
  "administrators",
  {
    /** `a_` and 16 random characters. */
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    /** In lower case. No two active administrators have the same address. */
    email: text("email").notNull(),
    role: text("role").$type<AdministratorRole>().notNull(),
    createdAt: integer("created_at").notNull(),
    createdBy: text("created_by").notNull(),
    /** Null: the person may administrate. */
    disabledAt: integer("disabled_at"),
    /** Grows by one with each change of the row. The ETag shows it. */
    revision: integer("revision").notNull().default(0),
    /** Who vouched for the person first: another administrator, or a provider of identities at the first sign-in. */
    source: text("source").$type<AdministratorSource>().notNull().default("invited"),
    /**
     * Who the person is at the provider of identities: its issuer, `#`, and what it calls the person. Null: never came
     * that way.
     */
    subject: text("subject"),
  },
  (table) => [
    uniqueIndex("administrators_by_email").on(table.email).where(isNull(table.disabledAt)),
    uniqueIndex("administrators_by_subject").on(table.subject).where(isNotNull(table.subject)),
  ],
);

/** How a row of `administrators` came to be: somebody added it, or a provider named a person whose group has a role. */
export type AdministratorSource = "invited" | "oidc" | "access";

/**
 * How many events each complete hour has, for the console's chart: counted from the audit, so that nobody counts twice.
 */
export const auditHours = sqliteTable("audit_hours", {
  /** When the hour begins. */
  hour: integer("hour").primaryKey(),
  signedIn: integer("signed_in").notNull(),
  refused: integer("refused").notNull(),
  failed: integer("failed").notNull(),
  /** Refusals because somebody or a network has to wait: the lockout at work. They are among `refused`. */
  locked: integer("locked").notNull(),
  /** Devices that began to wait for an approval. */
  devicesWaiting: integer("devices_waiting").notNull(),
  /**
   * When it was counted. An event may come late, so an hour that was counted soon after its end is counted once more.
   */
  countedAt: integer("counted_at").notNull(),
});

/** When Postern saw each key of its configuration first, so that `health` can say how old a key is. */
export const keyAges = sqliteTable(
  "key_ages",
  {
    /** Of which variable it is. `sealing-first`: the first key of SEALING_KEYS, since it is the first. */
    kind: text("kind").notNull(),
    /** The key's id, which says nothing about the key. */
    id: text("id").notNull(),
    firstSeenAt: integer("first_seen_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id] })],
);

/** Requests that were made with an idempotency key, for a day: a repeated one gets the answer of the first. */
export const idempotency = sqliteTable(
  "idempotency",
  {
    /** The id of the caller. Two callers may use the same key for different requests. */
    caller: text("caller").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of method, path and body, in hex. */
    requestHash: text("request_hash").notNull(),
    /** Null: the request is still being carried out. */
    status: integer("status"),
    /** The answer. If it has a secret, only the id of what was made. */
    body: text("body"),
    at: integer("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.caller, table.key] }), index("idempotency_by_time").on(table.at)],
);

/**
 * The audit: one row for each event, with the fields of `AuditedEvent` (src/audit/event.ts). The guards add rows from
 * their alarms and never change them. The table does not reference `users`, because events stay when a user is deleted.
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
    /** The id of the partnership. */
    device: text("device"),
    /** The device key of the id by which the device named itself. */
    deviceKey: text("device_key"),
    /** Who made a change: `t_…`, `a_…`, or the id of a key of ADMIN_KEYS. */
    by: text("changed_by"),
    /** The reason given by the person who decided. */
    why: text("why"),
    /** What a change changed, as JSON: `before` and `after`. */
    change: text("change"),
    /** Whether the client named its TLS channel in NTLM. */
    channelBinding: text("channel_binding").$type<ChannelBinding>(),
    /** Where Cloudflare believes the client to be: a country's code, and a town. Null: not known. */
    country: text("country"),
    city: text("city"),
    /** For what the request of a sign-in waited, as JSON. Null: it was no sign-in, or it was made by an older version. */
    stages: text("stages"),
  },
  // Each index is one more billed row for an event that is in it, so each leaves out what its question never asks for:
  // docs/costs.md weighs them. Most events are sign-ins that succeeded. Only the first two have all of those, and
  // `device` has those by a device's key.
  (table) => [
    // For `postern audit --user`: the events of one user in time order.
    index("audit_events_by_user").on(table.userId, table.id).where(isNotNull(table.userId)),
    // For the question whether a guessing network got in anywhere. It needs every event.
    index("audit_events_by_source").on(table.source, table.id),
    index("audit_events_by_outcome").on(table.outcome, table.id).where(ne(table.outcome, sql`'signed-in'`)),
    index("audit_events_by_reason").on(table.reason, table.id).where(ne(table.outcome, sql`'signed-in'`)),
    index("audit_events_by_device").on(table.device, table.id).where(isNotNull(table.device)),
    index("audit_events_by_device_key").on(table.deviceKey, table.id).where(isNotNull(table.deviceKey)),
    index("audit_events_by_actor").on(table.by, table.id).where(isNotNull(table.by)),
    // For `lock list`: the few events that made somebody wait.
    index("audit_events_waiting").on(table.waitUntil).where(isNotNull(table.waitUntil)),
  ],
);
