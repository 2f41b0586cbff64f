// Writes rows of a backup into D1. Columns that the backup does not have get their defaults, so a backup of an earlier
// schema can be restored. Names of tables and columns come from the schema, never from the file.

import { and, eq, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Policy } from "../core/policy/types.ts";
import { columnsOf, hasBytes, type PlainRow } from "./backup-read.ts";
import { GATEWAY_TABLES, type GatewayTable, USER_TABLES, type UserTable } from "./backup-tables.ts";
import { type Database, isUniqueViolation } from "./database.ts";
import { auditEvents, names, partnerships, policies, users } from "./schema.ts";
import { adminInvitations, ceremonies, webSessions } from "./schema-console.ts";
import { auditCounts } from "./schema-metrics.ts";
import { portalPasskeys } from "./schema-portal.ts";

/** Rows as one parameter: D1 takes a hundred parameters, and two megabytes. */
function insertion(db: Database, table: SQLiteTable, rows: readonly PlainRow[]) {
  const said = JSON.stringify(rows);
  const values = columnsOf(table).map((column): SQL => {
    const path = sql.raw(`'$.${column.name}'`);
    const given = hasBytes(column) ? sql`unhex(row.value ->> ${path})` : sql`row.value ->> ${path}`;
    // Of a column that came after the backup, no row has a value. JSON's null is a value.
    const missing =
      column.default === undefined || !column.notNull ? sql`null` : sql`${column.mapToDriverValue(column.default)}`;
    return sql`iif(json_type(row.value, ${path}) is null, ${missing}, ${given})`;
  });
  return db
    .insert(table)
    .select(sql`select ${sql.join(values, sql`, `)} from json_each(${said}) as row where true`)
    .onConflictDoNothing();
}

/** Inserts the rows of a gateway's table that are not there yet. */
export async function insertRows(db: Database, name: GatewayTable, rows: readonly PlainRow[]): Promise<void> {
  if (rows.length === 0) return;
  const inserting = insertion(db, GATEWAY_TABLES[name].table, rows);
  if (name === "audit_events") await db.batch([countedBefore(db, rows), inserting]);
  else await inserting;
}

/**
 * Takes those events that are not there yet off the counters, because the trigger adds them when they come. Otherwise a
 * monitor would see the failures of half a year in one minute, and call it an attack.
 */
function countedBefore(db: Database, rows: readonly PlainRow[]) {
  const said = JSON.stringify(
    rows.map(({ id, channel, outcome, reason, repeats }) => ({ id, channel, outcome, reason, repeats })),
  );
  const counted = sql`select row.value ->> '$.channel', row.value ->> '$.outcome', row.value ->> '$.reason', -sum(coalesce(row.value ->> '$.repeats', 1))
    from json_each(${said}) as row
    where not exists (select 1 from ${auditEvents} where ${auditEvents.id} = row.value ->> '$.id')
    group by 1, 2, 3`;
  const { channel, outcome, reason, events } = auditCounts;
  return db
    .insert(auditCounts)
    .select(counted)
    .onConflictDoUpdate({ target: [channel, outcome, reason], set: { events: sql`${events} + excluded.events` } });
}

const ORDER: readonly UserTable[] = [
  ...(["users", "names", "app_passwords", "directory_links"] as const),
  ...(["user_invitations", "portal_passkeys", "portal_subjects", "device_contests"] as const),
];

/**
 * Inserts a user who is not there, with all rows except the partnerships, which the guard writes. All or nothing.
 * `taken`: the address or another name belongs to somebody else.
 */
export async function insertUser(
  db: Database,
  userId: string,
  rows: Readonly<Partial<Record<UserTable, readonly PlainRow[]>>>,
): Promise<"inserted" | "taken"> {
  const mine = (name: UserTable): readonly PlainRow[] =>
    (rows[name] ?? []).filter((row) => row[USER_TABLES[name].owner.name] === userId);
  const [first, ...rest] = ORDER.filter((name) => mine(name).length > 0).map((name) =>
    insertion(db, USER_TABLES[name].table, mine(name)),
  );
  if (first === undefined) return "inserted";
  const wanted = mine("names").map(({ name }) => String(name));
  // A name of somebody else would be left out quietly. Then the row of the user is refused, and with it everything.
  const all = sql`(select count(*) from ${names} where ${names.userId} = ${userId} and ${names.name} in (select value from json_each(${JSON.stringify(wanted)})))`;
  try {
    await db.batch([
      first,
      ...rest,
      db
        .update(users)
        .set({ domain: sql`iif(${all} = ${wanted.length}, ${users.domain}, null)` })
        .where(eq(users.id, userId)),
    ]);
  } catch (fault) {
    if (isUniqueViolation(fault) || isRefused(fault)) return "taken";
    throw fault;
  }
  return "inserted";
}

function isRefused(fault: unknown): boolean {
  for (let cause = fault; cause instanceof Error; cause = cause.cause) {
    if (/NOT NULL constraint failed: users.domain|FOREIGN KEY constraint failed/i.test(cause.message)) return true;
  }
  return false;
}

/** Inserts app passwords of a user who is there. */
export async function insertPasswords(db: Database, rows: readonly PlainRow[]): Promise<void> {
  if (rows.length > 0) await insertion(db, USER_TABLES.app_passwords.table, rows);
}

/** Makes the row of a user newer than `revision`, so that the user's guard believes it. False: it was. */
export async function raiseRevision(db: Database, userId: string, revision: number): Promise<boolean> {
  const raised = await db
    .update(users)
    .set({ revision: revision + 1 })
    .where(and(eq(users.id, userId), lt(users.revision, revision)))
    .returning({ id: users.id });
  return raised.length > 0;
}

/** A passkey of the portal, as D1 finds its owner by it. */
export type KnownPasskeyRow = { readonly id: string; readonly rpId: string; readonly createdAt: number };

/** Makes D1 say of a user's passkeys what the guard says. */
export async function agreeOnPasskeys(db: Database, userId: string, right: readonly KnownPasskeyRow[]): Promise<void> {
  const { id } = portalPasskeys;
  const kept = sql`${id} not in (select value from json_each(${JSON.stringify(right.map((each) => each.id))}))`;
  await db.batch([
    db.delete(portalPasskeys).where(and(eq(portalPasskeys.userId, userId), kept)),
    ...right.map((each) =>
      db
        .insert(portalPasskeys)
        .values({ ...each, userId })
        .onConflictDoNothing(),
    ),
  ]);
}

/** Deletes partnerships that the user's guard does not have. */
export async function deletePartnerships(db: Database, userId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.delete(partnerships).where(and(eq(partnerships.userId, userId), inArray(partnerships.id, [...ids])));
}

/** Writes a policy that D1 has lost and a guard still has. `at` in ms. */
export async function insertPolicy(
  db: Database,
  lost: {
    readonly version: number;
    readonly at: number;
    readonly by: string;
    readonly why: string;
    readonly policy: Policy;
  },
): Promise<void> {
  await db
    .insert(policies)
    .values({ ...lost, text: null })
    .onConflictDoNothing();
}

/** Ends every session of the console, every step of a sign-in, and every open link. */
export async function endConsole(db: Database): Promise<void> {
  await db.batch([db.delete(webSessions), db.delete(ceremonies), db.delete(adminInvitations)]);
}
