// Reads rows for a backup, in pages and by key, as D1 has them: by the columns' names, with bytes in hex.

import { and, asc, desc, eq, getTableColumns, gt, inArray, ne, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { GATEWAY_TABLES, type GatewayTable, USER_TABLES, type UserTable } from "./backup-tables.ts";
import type { Database } from "./database.ts";
import { administrators, auditEvents, names, partnerships, users } from "./schema.ts";
import { portalPasskeys } from "./schema-portal.ts";

/** A row by the names of its columns. Bytes are in hex. */
export type PlainRow = Readonly<Record<string, string | number | null>>;
/** A user's rows, by table. */
export type UserRows = Readonly<Partial<Record<UserTable, readonly PlainRow[]>>>;

/** The columns of a table by their names in SQL. */
export const columnsOf = (table: SQLiteTable): SQLiteColumn[] =>
  Object.values<SQLiteColumn>(getTableColumns(table) as Record<string, SQLiteColumn>);

/** Whether a column has bytes. */
export const hasBytes = (column: SQLiteColumn): boolean => column.getSQLType() === "blob";

const selection = (table: SQLiteTable): Record<string, SQL.Aliased<string | number | null>> =>
  Object.fromEntries(
    columnsOf(table).map((column) => {
      // The column's own type would be read as JSON or as a boolean.
      const plain = hasBytes(column) ? sql`hex(${column})` : sql`${column}`;
      return [column.name, plain.mapWith((value: string | number | null) => value).as(`plain_${column.name}`)];
    }),
  );

/** A page of a gateway's table. `after`: the key of the last row before it. */
export async function pageOfTable(
  db: Database,
  name: GatewayTable,
  after: string | number | undefined,
  limit: number,
): Promise<PlainRow[]> {
  const { table, key }: { table: SQLiteTable; key: SQLiteColumn } = GATEWAY_TABLES[name];
  return db
    .select(selection(table))
    .from(table)
    .where(after === undefined ? undefined : gt(key, after))
    .orderBy(asc(key))
    .limit(limit);
}

/** The next users by id. */
export async function usersAfter(
  db: Database,
  after: string,
  limit: number,
): Promise<{ readonly id: string; readonly sipUri: string }[]> {
  const { id, sipUri } = users;
  return db.select({ id, sipUri }).from(users).where(gt(id, after)).orderBy(asc(id)).limit(limit);
}

/** The rows of these users, by user. One query for each table. */
export async function rowsOfUsers(db: Database, ids: readonly string[]): Promise<Map<string, UserRows>> {
  const found = new Map<string, Record<string, PlainRow[]>>(ids.map((id) => [id, {}]));
  for (const [name, each] of Object.entries(USER_TABLES)) {
    const { table, owner }: { table: SQLiteTable; owner: SQLiteColumn } = each;
    const rows = await db.select(selection(table)).from(table).where(among(owner, ids));
    for (const row of rows) {
      const user = found.get(String(row[owner.name]));
      if (user !== undefined) user[name] = [...(user[name] ?? []), row];
    }
  }
  return found;
}

/** All ids are one parameter, because a statement takes a hundred at most. */
const among = (column: SQLiteColumn, ids: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(ids)}))`;

/** The migration that D1 took last, such as `0008_portal.sql`; empty if nobody knows. */
export async function lastMigration(db: Database): Promise<string> {
  const [row] = await db
    .select({ name: sql<string>`name`.as("migration") })
    .from(sql`d1_migrations`)
    .orderBy(sql`id desc`)
    .limit(1);
  return row?.name ?? "";
}

/** Whether nobody is in the database: no user, and no administrator. */
export async function isEmptyDatabase(db: Database): Promise<boolean> {
  const [one] = await db.select({ id: users.id }).from(users).limit(1);
  const [other] = await db.select({ id: administrators.id }).from(administrators).limit(1);
  return one === undefined && other === undefined;
}

/** How many users there are. */
export async function countUsers(db: Database): Promise<number> {
  const [row] = await db.select({ all: sql<number>`count(*)`.as("all_users") }).from(users);
  return row?.all ?? 0;
}

/** Of these device keys, those that other users have. */
export async function keysOfOthers(db: Database, userId: string, keys: readonly string[]): Promise<string[]> {
  const { key } = partnerships;
  const rows = await db
    .select({ key })
    .from(partnerships)
    .where(and(among(key, keys), ne(partnerships.userId, userId)));
  return rows.flatMap((row) => row.key ?? []);
}

/** The last events of these reasons, the newest first. */
export async function lastEventsOf(
  db: Database,
  reasons: readonly ("restore-begun" | "restore-finished")[],
): Promise<{ readonly reason: string; readonly change: string | null }[]> {
  const { id, reason, change } = auditEvents;
  return db
    .select({ reason, change })
    .from(auditEvents)
    .where(inArray(reason, [...reasons]))
    .orderBy(desc(id))
    .limit(1);
}

/** What the audit says of users who are gone: `deleted` or `erased`, by id. `digests`: of the same ids, in order. */
export async function goneUsers(
  db: Database,
  ids: readonly string[],
  digests: readonly string[],
): Promise<Map<string, "deleted" | "erased">> {
  const { reason, userId, change } = auditEvents;
  const rows = await db
    .select({ reason, userId, change })
    .from(auditEvents)
    .where(or(and(eq(reason, "user-deleted"), among(userId, ids)), eq(reason, "user-erased")));
  const erased = new Set(rows.flatMap((row) => (row.reason === "user-erased" ? digestIn(row.change) : [])));
  const deleted = new Set(rows.flatMap((row) => (row.reason === "user-deleted" ? (row.userId ?? []) : [])));
  return new Map(
    ids.flatMap((id, at): [string, "deleted" | "erased"][] => {
      if (erased.has(digests[at] ?? "")) return [[id, "erased"]];
      return deleted.has(id) ? [[id, "deleted"]] : [];
    }),
  );
}

/** The digest that an erasure left in its event. */
function digestIn(change: string | null): string[] {
  const value: unknown = change === null ? null : JSON.parse(change);
  if (typeof value !== "object" || value === null || !("after" in value)) return [];
  const { after } = value;
  return typeof after === "object" && after !== null && "erased" in after ? [String(after.erased)] : [];
}

/** The rows of a gateway's table that have these keys. */
export async function rowsOfKeys(
  db: Database,
  name: GatewayTable,
  keys: readonly (string | number | null | undefined)[],
): Promise<Map<string, PlainRow>> {
  const { table, key }: { table: SQLiteTable; key: SQLiteColumn } = GATEWAY_TABLES[name];
  const rows = await db
    .select(selection(table))
    .from(table)
    .where(sql`${key} in (select value from json_each(${JSON.stringify(keys)}))`);
  return new Map(rows.map((row) => [String(row[key.name]), row]));
}

/** Whether one of these names belongs to another user. */
export async function isNameOfOthers(db: Database, userId: string, wanted: readonly string[]): Promise<boolean> {
  const rows = await db
    .select({ name: names.name })
    .from(names)
    .where(and(among(names.name, wanted), ne(names.userId, userId)))
    .limit(1);
  return rows.length > 0;
}

/** The ids of a user's passkeys of the portal, as D1 has them. */
export async function passkeyIdsOf(db: Database, userId: string): Promise<string[]> {
  const { id } = portalPasskeys;
  const rows = await db.select({ id }).from(portalPasskeys).where(eq(portalPasskeys.userId, userId));
  return rows.map((row) => row.id);
}
