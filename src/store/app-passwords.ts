// Changes an app password that exists: its name, its end, or its secret. A renewal gives the app password a new secret.
// The old secret stays good for a while, so that the user has time to type the new one.

import { and, asc, eq, gt, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { appPasswords, users } from "./schema.ts";

const LIVE = isNull(appPasswords.revokedAt);

const ofUser = (userId: string, id: string): SQL | undefined =>
  and(eq(appPasswords.id, id), eq(appPasswords.userId, userId), LIVE);

/** What may be changed. An undefined field stays as it is. `expiresAt`: ms, or null for no end. */
export type AppPasswordChange = {
  readonly label?: string | undefined;
  readonly expiresAt?: number | null | undefined;
};

/** Changes a live app password of a user. False: the user has no such live password. */
export async function changeAppPassword(
  db: Database,
  userId: string,
  id: string,
  change: AppPasswordChange,
): Promise<boolean> {
  const changed = await db
    .update(appPasswords)
    .set(change)
    .where(ofUser(userId, id))
    .returning({ id: appPasswords.id });
  return changed.length > 0;
}

/** A renewal. Times in ms. */
export type Renewal = {
  /** The new secret, sealed for the same user and id. */
  readonly ntHashes: string;
  readonly renewedAt: number;
  /** The new end. Null: it never runs out. */
  readonly expiresAt: number | null;
  /** Until when the old secret is good. */
  readonly oldUntil: number;
  /** When it was renewed last, as the caller has read it. Somebody who renewed it meanwhile wins. Absent: whenever. */
  readonly lastRenewedAt?: number | null;
};

/**
 * Gives a live app password of a user a new secret. Only the last secret stays good: one that an earlier renewal left
 * is refused now. False: the user has no such live password.
 */
export async function renewAppPassword(db: Database, userId: string, id: string, renewal: Renewal): Promise<boolean> {
  const { oldUntil, lastRenewedAt, ...rest } = renewal;
  const { ntHashes, expiresAt, renewedAt } = appPasswords;
  const unlessMeanwhile = lastRenewedAt === undefined ? undefined : sql`${renewedAt} is ${lastRenewedAt}`;
  const changed = await db
    .update(appPasswords)
    .set({
      ...rest,
      oldNtHashes: sql`${ntHashes}`,
      // A renewal must not make the old secret live longer than before.
      oldUntil: sql`min(${oldUntil}, coalesce(${expiresAt}, ${oldUntil}))`,
    })
    .where(and(ofUser(userId, id), unlessMeanwhile))
    .returning({ id: appPasswords.id });
  return changed.length > 0;
}

/** An app password that runs out, and its user. Times in ms. */
export type RunningOut = {
  readonly id: string;
  readonly label: string;
  readonly userId: string;
  readonly sipUri: string;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
};

/** Where a page of {@link passwordsRunningOut} ended. */
export type AfterRunningOut = { readonly expiresAt: number; readonly id: string };

/**
 * Live app passwords whose end lies between two times (ms), of users who may sign in. The first to run out comes first.
 */
export async function passwordsRunningOut(
  db: Database,
  before: number,
  {
    from,
    after,
    limit,
  }: { readonly from: number; readonly after?: AfterRunningOut | undefined; readonly limit: number },
): Promise<RunningOut[]> {
  const { id, label, userId, expiresAt, lastUsedAt } = appPasswords;
  const start = after ?? { expiresAt: from, id: "" };
  const rows = await db
    .select({ id, label, userId, sipUri: users.sipUri, expiresAt, lastUsedAt })
    .from(appPasswords)
    .innerJoin(users, eq(users.id, userId))
    .where(
      and(
        LIVE,
        sql`${expiresAt} is not null`, // lets D1 use the index
        lt(expiresAt, before),
        or(gt(expiresAt, start.expiresAt), and(eq(expiresAt, start.expiresAt), gt(id, start.id))),
        isNull(users.disabledAt),
      ),
    )
    .orderBy(asc(expiresAt), asc(id))
    .limit(limit);
  return rows.flatMap(({ expiresAt: ends, ...row }) => (ends === null ? [] : [{ ...row, expiresAt: ends }]));
}

/**
 * How exact `last_used_at` is, ms. A client signs in many times an hour, and each change would be one more row written.
 */
const USED_EXACT_TO_MS = 3_600_000;

/**
 * The statement that notes when an app password signed somebody in. It writes nothing when that is known to the hour.
 */
export const noteUsed = (db: Database, id: string, at: number) =>
  db
    .update(appPasswords)
    .set({ lastUsedAt: at })
    .where(
      sql`${appPasswords.id} = ${id} and (${appPasswords.lastUsedAt} is null or ${appPasswords.lastUsedAt} < ${at - USED_EXACT_TO_MS})`,
    );
