// Adds many users in a few statements. Each row is judged by itself: when one cannot be added, the others still are.

import { inArray } from "drizzle-orm";
import { ok, type Result } from "../core/result.ts";
import { type Database, isUniqueViolation } from "./database.ts";
import { addUser, type User } from "./directory.ts";
import { fromJson, listOf } from "./from-json.ts";
import { type NewUser, type NewUserFault, rowsOfNewUser, type UserRows, userOf } from "./new-user.ts";
import { names, users } from "./schema.ts";

/** The outcome of a row. `taken`: those of its names that another user has, or an earlier row of the same call. */
export type Added =
  | { readonly ok: true; readonly value: User }
  | { readonly ok: false; readonly reason: NewUserFault | "name-taken"; readonly taken: readonly string[] };

/**
 * Adds the users that can be added. `now` in ms. With `dryRun` it adds nobody, and says what would happen. When two
 * rows have a name in common, only the first of them is added.
 */
export async function addUsers(
  db: Database,
  rows: readonly NewUser[],
  now: number,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<Added[]> {
  const read = rows.map((given) => ({ given, rows: rowsOfNewUser(given) }));
  const taken = new Set(
    await takenOf(
      db,
      read.flatMap((row) => keysOf(row.rows)),
    ),
  );
  const good: Good[] = [];
  const added = read.map(({ given, rows: row }): Added => {
    if (!row.ok) return { ...row, taken: [] };
    const keys = keysOf(row);
    const clash = keys.filter((key) => taken.has(key));
    if (clash.length > 0) return { ok: false, reason: "name-taken", taken: clash };
    for (const key of keys) taken.add(key);
    const user = userOf(row.value, given, now);
    good.push({ user, names: row.value.names });
    return ok(user);
  });
  if (dryRun || good.length === 0) return added;
  try {
    await insertAll(db, good);
    return added;
  } catch (fault) {
    if (!isUniqueViolation(fault)) throw fault;
  }
  // Somebody else took one of the names in the meantime. Now the rows are added one by one, so that only that row
  // fails.
  const again: Added[] = [];
  for (const [index, { given }] of read.entries()) {
    const before = added[index];
    again.push(before === undefined || before.ok ? await addOne(db, given, now) : before);
  }
  return again;
}

async function addOne(db: Database, given: NewUser, now: number): Promise<Added> {
  const added = await addUser(db, given, now);
  if (added.ok) return added;
  const { reason } = added;
  return { ok: false, reason, taken: await takenOf(db, keysOf(rowsOfNewUser(given))) };
}

type Good = { readonly user: User; readonly names: UserRows["names"] };

const keysOf = (rows: Result<UserRows, NewUserFault>): string[] =>
  rows.ok ? rows.value.names.map(({ name }) => name) : [];

/** Which of these keys belong to a user already. */
async function takenOf(db: Database, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const found = await db
    .select({ name: names.name })
    .from(names)
    .where(inArray(names.name, listOf(keys)));
  return found.map(({ name }) => name);
}

/** Adds all of these rows or none, in two statements. */
async function insertAll(db: Database, rows: readonly Good[]): Promise<void> {
  const every = rows.flatMap(({ user, names: all }) => all.map((row) => ({ ...row, userId: user.id })));
  await db.batch([
    db.insert(users).select(
      fromJson(
        users,
        rows.map(({ user }) => user),
      ),
    ),
    db.insert(names).select(fromJson(names, every)),
  ]);
}
