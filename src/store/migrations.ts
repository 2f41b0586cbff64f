// Which migrations of D1 there are, and which were applied. wrangler keeps the second in a table of its own.

import { desc } from "drizzle-orm";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import journal from "../../migrations/meta/_journal.json" with { type: "json" };
import type { Database } from "./database.ts";

/** wrangler's table. It is no table of the schema: wrangler makes it. */
const applied = sqliteTable("d1_migrations", { name: text("name") });

/** The last migration of this version, such as `0008_portal`. */
export const NEWEST_MIGRATION: string =
  journal.entries
    .map(({ tag }) => tag)
    .toSorted()
    .at(-1) ?? "";

/** The last migration that was applied. Null: none was. Rejects where D1 has no such table. */
export async function lastMigration(db: Database): Promise<string | null> {
  const [last] = await db.select({ name: applied.name }).from(applied).orderBy(desc(applied.name)).limit(1);
  return last?.name?.replace(/\.sql$/, "") ?? null;
}
