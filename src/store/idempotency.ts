// The queries of requests that may come twice. The row exists from the moment in which a request begins. So when two
// come together, only one begins.

import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { idempotency } from "./schema.ts";

/** How long a key is kept, ms. */
const KEPT_FOR_MS = 86_400_000;
/** A request that has not ended after this time never will, because its isolate is gone. In ms. */
const GIVEN_UP_AFTER_MS = 120_000;
/** The most rows that one run of the scheduled job deletes. */
const MAX_FORGOTTEN = 5_000;

/** Who sent the key, and for which request. */
export type Keyed = { readonly caller: string; readonly key: string; readonly requestHash: string };
export type KeptRequest = typeof idempotency.$inferSelect;

/** Begins a request at `now` (ms). Returns `begun`, or the row of the earlier request with this key. */
export async function beginKeyed(db: Database, keyed: Keyed, now: number): Promise<"begun" | KeptRequest> {
  const { caller, key, requestHash, status, at } = idempotency;
  const row = { ...keyed, status: null, body: null, at: now };
  const again = or(
    lt(at, now - KEPT_FOR_MS),
    and(isNull(status), lt(at, now - GIVEN_UP_AFTER_MS), eq(requestHash, keyed.requestHash)),
  );
  const [begun] = await db
    .insert(idempotency)
    .values(row)
    .onConflictDoUpdate({ target: [caller, key], set: row, ...(again && { setWhere: again }) })
    .returning({ at });
  if (begun !== undefined) return "begun";
  const [before] = await db
    .select()
    .from(idempotency)
    .where(and(eq(caller, keyed.caller), eq(key, keyed.key)));
  return before ?? beginKeyed(db, keyed, now); // the earlier request gave its key up between the two statements
}

/** Stores the answer of a request. */
export async function endKeyed(db: Database, { caller, key }: Keyed, status: number, body: string): Promise<void> {
  await db
    .update(idempotency)
    .set({ status, body })
    .where(and(eq(idempotency.caller, caller), eq(idempotency.key, key)));
}

/** Forgets a request that changed nothing, so that it may be made again. */
export async function dropKeyed(db: Database, { caller, key }: Keyed): Promise<void> {
  await db.delete(idempotency).where(and(eq(idempotency.caller, caller), eq(idempotency.key, key)));
}

/** Deletes a bounded number of rows that are more than a day old. */
export async function forgetKeyed(db: Database, now: number): Promise<void> {
  const old = db
    .select({ rowid: sql`rowid` })
    .from(idempotency)
    .where(lt(idempotency.at, now - KEPT_FOR_MS))
    .limit(MAX_FORGOTTEN);
  await db.delete(idempotency).where(sql`rowid in ${old}`);
}
