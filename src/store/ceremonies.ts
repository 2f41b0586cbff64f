// The queries of what waits for a browser's next step. Taking a row deletes it in the same statement, so no step is
// made twice.

import { and, eq, lt, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { ceremonies } from "./schema-console.ts";

/** What waits: `hash` of the browser's secret (hex), `data` as JSON, `expiresAt` in ms. */
export type Ceremony = typeof ceremonies.$inferSelect;

/** Keeps what the next step needs. */
export async function putCeremony(db: Database, ceremony: Ceremony): Promise<void> {
  await db.insert(ceremonies).values(ceremony);
}

/**
 * Takes what was kept under that hash. Undefined when there is nothing, when its time is over, or when it is of another
 * kind. It is gone in each of these cases.
 */
export async function takeCeremony(
  db: Database,
  { hash, kind, now }: { readonly hash: string; readonly kind: string; readonly now: number },
): Promise<Ceremony | undefined> {
  const [taken] = await db.delete(ceremonies).where(eq(ceremonies.hash, hash)).returning();
  return taken !== undefined && taken.kind === kind && taken.expiresAt > now ? taken : undefined;
}

/** What was kept under that hash, which stays. Undefined as with {@link takeCeremony}. */
export async function readCeremony(
  db: Database,
  { hash, kind, now }: { readonly hash: string; readonly kind: string; readonly now: number },
): Promise<Ceremony | undefined> {
  const [found] = await db.select().from(ceremonies).where(eq(ceremonies.hash, hash));
  return found !== undefined && found.kind === kind && found.expiresAt > now ? found : undefined;
}

/**
 * Writes `data` over what was kept, if nobody did since: its `step` is still that one. False: somebody did, or it is
 * gone.
 */
export async function stepCeremony(db: Database, hash: string, step: number, data: string): Promise<boolean> {
  const isStill = and(eq(ceremonies.hash, hash), sql`json_extract(${ceremonies.data}, '$.step') = ${step}`);
  const changed = await db.update(ceremonies).set({ data }).where(isStill).returning({ hash: ceremonies.hash });
  return changed.length > 0;
}

/** Deletes what nobody came back for. */
export async function purgeCeremonies(db: Database, now: number): Promise<void> {
  await db.delete(ceremonies).where(lt(ceremonies.expiresAt, now));
}
