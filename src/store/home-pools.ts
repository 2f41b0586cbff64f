// The pools at which people are homed, as the directory names them.

import { sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { users } from "./schema.ts";

const MOST = 100;

/**
 * Each pool once, in order, at most a hundred. The index leads from one to the next, so a pool costs a row or two,
 * however many people are there.
 */
export async function homePoolsOf(db: Database): Promise<readonly string[]> {
  const found = sql`(with recursive found(pool) as (
      select min(pool) from ${users} where pool is not null
      union all
      select (select min(pool) from ${users} where pool > found.pool) from found where found.pool is not null
      limit ${MOST}
    ) select pool from found where pool is not null) as found`;
  const rows = await db.select({ pool: sql<string>`pool` }).from(found);
  return rows.map(({ pool }) => pool);
}
