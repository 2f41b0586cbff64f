// What is sealed under which key in D1, and the walk over all users that seals it again: docs/keys.md.

import { and, asc, eq, gt, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { appPasswords, keyAges, users } from "./schema.ts";
import { notices } from "./schema-directory.ts";
import { sealingWalk } from "./schema-keys.ts";

const ROW = 1;
/** So many characters of base64url are within the four bytes of a key's id. */
export const PREFIX_CHARS = 5;

/** How far the walk is. Times in ms. */
export type SealingWalk = Omit<typeof sealingWalk.$inferSelect, "id">;

/** Secrets in D1 whose text begins so. `live`: they sign somebody in. `ended`: they are only recognised. */
export type SealedInD1 = { readonly prefix: string; readonly live: number; readonly ended: number };

/** Counts the app passwords by the beginning of what is sealed. Reads every row. */
export async function sealedAppPasswords(db: Database, now: number): Promise<SealedInD1[]> {
  const { ntHashes, oldNtHashes, revokedAt, expiresAt, oldUntil } = appPasswords;
  const count = (text: typeof ntHashes | typeof oldNtHashes, live: SQL) => {
    const prefix = sql<string>`substr(${text}, 1, ${PREFIX_CHARS})`;
    const signsIn = sql<number>`sum(${revokedAt} is null and ${live})`;
    return db
      .select({ prefix, live: signsIn, all: sql<number>`count(*)` })
      .from(appPasswords)
      .where(sql`${text} is not null`)
      .groupBy(sql`1`);
  };
  const [current, before] = await db.batch([
    count(ntHashes, sql`coalesce(${expiresAt} > ${now}, 1)`),
    count(oldNtHashes, sql`coalesce(${oldUntil} > ${now}, 0)`),
  ]);
  const sums = new Map<string, SealedInD1>();
  for (const { prefix, live, all } of [...current, ...before]) {
    const sum = sums.get(prefix) ?? { prefix, live: 0, ended: 0 };
    sums.set(prefix, { prefix, live: sum.live + live, ended: sum.ended + all - live });
  }
  return [...sums.values()];
}

/** Counts links of invitations that wait in the mail, by the beginning of what is sealed. They end within days. */
export const sealedMail = (db: Database) =>
  db
    .select({ prefix: sql<string>`substr(${notices.secret}, 1, ${PREFIX_CHARS})`, waiting: sql<number>`count(*)` })
    .from(notices)
    .where(isNotNull(notices.secret))
    .groupBy(sql`1`);

/**
 * The sealing keys that Postern has seen and that are not among `ids` any more, unless a walk over all users has ended
 * with one that is. What they sealed may be lost. Reads a few rows, whatever the number of users.
 */
export async function keysGoneEarly(db: Database, ids: readonly string[]): Promise<readonly string[]> {
  const [seen, walk] = await Promise.all([
    db.select({ id: keyAges.id }).from(keyAges).where(eq(keyAges.kind, "sealing")),
    sealingWalkOf(db),
  ]);
  if (walk !== undefined && walk.endedAt !== null && walk.lost === 0 && ids.includes(walk.keyId)) return [];
  return seen.flatMap(({ id }) => (ids.includes(id) ? [] : [id]));
}

/** The walk; undefined before the first one. */
export async function sealingWalkOf(db: Database): Promise<SealingWalk | undefined> {
  const [row] = await db.select().from(sealingWalk);
  return row;
}

/** A walk over all users begins at `now` (ms). It takes the place of an earlier one. */
export async function beginSealingWalk(db: Database, keyId: string, now: number): Promise<SealingWalk> {
  const begun = { keyId, after: "", startedAt: now, endedAt: null, users: 0, resealed: 0, lost: 0, left: "{}" };
  await db
    .insert(sealingWalk)
    .values({ id: ROW, ...begun })
    .onConflictDoUpdate({ target: sealingWalk.id, set: begun });
  return begun;
}

/** Keeps how far it has come. False: another call went on with it meanwhile, so these users were done twice. */
export async function keepSealingWalk(db: Database, before: SealingWalk, walk: SealingWalk): Promise<boolean> {
  const kept = await db
    .update(sealingWalk)
    .set(walk)
    .where(and(eq(sealingWalk.startedAt, before.startedAt), eq(sealingWalk.after, before.after)))
    .returning({ id: sealingWalk.id });
  return kept.length > 0;
}

/** The next users after an id, in the order of their ids. */
export const usersAfter = (db: Database, after: string, limit: number) =>
  db
    .select({ id: users.id, sipUri: users.sipUri })
    .from(users)
    .where(gt(users.id, after))
    .orderBy(asc(users.id))
    .limit(limit);

/** Everything that is sealed in the rows of these users' app passwords. */
export const sealedSecretsOf = (db: Database, userIds: readonly string[]) => {
  const { id, userId, ntHashes, oldNtHashes, asksCode } = appPasswords;
  return db
    .select({ id, userId, ntHashes, oldNtHashes, asksCode })
    .from(appPasswords)
    .where(inArray(userId, sql`(select value from json_each(${JSON.stringify(userIds)}))`));
};

/**
 * Since when this sealing key stands first (ms): from then on nothing is sealed with another. `now` when it has just
 * come there.
 */
export async function firstSince(db: Database, id: string, now: number): Promise<number> {
  const [kept] = await db.select().from(keyAges).where(eq(keyAges.kind, "sealing-first"));
  if (kept?.id === id) return kept.firstSeenAt;
  await db.batch([
    db.delete(keyAges).where(eq(keyAges.kind, "sealing-first")),
    db.insert(keyAges).values({ kind: "sealing-first", id, firstSeenAt: now }),
  ]);
  return now;
}
