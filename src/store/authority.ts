// The circuit breaker of the organisation's authority, and what its question says of a user. The breaker is one row of
// D1, because isolates share no memory and a question is rare: docs/design/0020-authority.md.

import { and, eq, gte, lte, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { users } from "./schema.ts";
import { authoritySilence } from "./schema-authority.ts";

/** After so many questions in a row without an answer the breaker opens. */
export const BREAKS_AFTER = 5;
/** While it is open, one question in this time tries whether the authority is back, ms. */
export const OPEN_FOR_MS = 30_000;

const ROW = 1;

/** The silence of the authority as it is kept. Times in milliseconds. */
export type Silence = Omit<typeof authoritySilence.$inferSelect, "id">;

/** What a question needs of D1. `user`: undefined when there is no such user. */
export type AskingContext = {
  readonly user: { readonly sipUri: string; readonly upn: string | null; readonly account: string } | undefined;
  readonly silence: Silence | undefined;
};

/** Reads it in one batch. */
export async function askingContext(db: Database, userId: string): Promise<AskingContext> {
  const { sipUri, upn, domain, account } = users;
  const [[user], [silence]] = await db.batch([
    db.select({ sipUri, upn, domain, account }).from(users).where(eq(users.id, userId)),
    db.select().from(authoritySilence),
  ]);
  const named = user && { sipUri: user.sipUri, upn: user.upn, account: `${user.domain}\\${user.account}` };
  return { user: named, silence };
}

/** The silence, if the authority is silent. */
export async function authoritySilenceOf(db: Database): Promise<Silence | undefined> {
  const [silence] = await db.select().from(authoritySilence);
  return silence;
}

/**
 * Whether a question may go out at `now` (ms). While the breaker is open, D1 lets one question through at a time. Then
 * the answer is no for everybody else until that one had its time.
 */
export async function mayAsk(db: Database, silence: Silence | undefined, now: number): Promise<boolean> {
  if (silence === undefined || silence.failures < BREAKS_AFTER) return true;
  if (silence.openUntil > now) return false;
  const tried = await db
    .update(authoritySilence)
    .set({ openUntil: now + OPEN_FOR_MS })
    .where(
      and(
        eq(authoritySilence.id, ROW),
        gte(authoritySilence.failures, BREAKS_AFTER),
        lte(authoritySilence.openUntil, now),
      ),
    )
    .returning({ id: authoritySilence.id });
  return tried.length > 0;
}

/** A question got no answer at `now` (ms). Returns the silence as it is now. */
export async function noteSilence(db: Database, fault: string, now: number): Promise<Silence> {
  const { failures } = authoritySilence;
  const [silence] = await db
    .insert(authoritySilence)
    .values({ id: ROW, since: now, failures: 1, fault, openUntil: 0 })
    .onConflictDoUpdate({
      target: authoritySilence.id,
      set: {
        failures: sql`${failures} + 1`,
        fault,
        openUntil: sql`iif(${failures} + 1 >= ${BREAKS_AFTER}, ${now + OPEN_FOR_MS}, 0)`,
      },
    })
    .returning();
  return silence ?? { since: now, failures: 1, fault, openUntil: 0 };
}

/** The authority has answered: the breaker closes. */
export async function endSilence(db: Database): Promise<void> {
  await db.delete(authoritySilence).where(eq(authoritySilence.id, ROW));
}
