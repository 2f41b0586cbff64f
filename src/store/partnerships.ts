// The queries of user/device partnerships. Only the user's guard writes rows. Everybody else only reads them.

import { and, asc, desc, eq, gt, inArray, max, ne, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Partnership } from "../core/device/partnership.ts";
import type { Database } from "./database.ts";
import { deviceContests, partnerships, policies, users } from "./schema.ts";

/** How many rows one statement writes. D1 takes a hundred parameters, and a partnership has fifteen fields. */
const ROWS_OF_A_STATEMENT = 6;
/** A row of `devices`. */
export type StoredPartnership = typeof partnerships.$inferSelect;
/** A partnership, and the user to whom it belongs. */
export type OwnedPartnership = StoredPartnership & {
  readonly user: string;
  readonly groups: readonly string[];
  /** How many devices of the user count towards the limit. */
  readonly devices: number;
};

/** All partnerships of a user, oldest first. */
export async function partnershipsOfUser(db: Database, userId: string): Promise<Partnership[]> {
  const rows = await db
    .select()
    .from(partnerships)
    .where(eq(partnerships.userId, userId))
    .orderBy(asc(partnerships.firstSeenAt), asc(partnerships.id));
  return rows.map(({ userId: _owner, ...partnership }) => partnership);
}

/** The result of a claim on a device's id. */
export type IdClaim =
  /**
   * The user has the device id now. `id`: the partnership's id, which differs from the given one if the row existed.
   */
  | { readonly kind: "claimed"; readonly id: string }
  /**
   * Another user has the device id, in that partnership. `provisional`: according to D1, the other user can give it up.
   */
  | {
      readonly kind: "foreign";
      readonly userId: string;
      readonly user: string;
      readonly id: string;
      readonly provisional: boolean;
    };

/** A claim, and the version of the policy in force when it was decided. */
export type ClaimAnswer = { readonly claim: IdClaim; readonly policyVersion: number };

/**
 * Claims a device's id for a user. If two users come at the same moment, D1 decides which of them gets it. If another
 * user has the id, D1 keeps `now` (ms) as the time of this user's attempt.
 */
export async function claimDevice(
  db: Database,
  userId: string,
  partnership: Partnership & { readonly key: string },
  now: number,
): Promise<ClaimAnswer> {
  const row = { ...partnership, userId };
  const { id: _id, key: _key, userId: _userId, ...changing } = row;
  // An expected device has its row already. If the claim fails, its guard writes the row again.
  const [[policy], , [claimed]] = await db.batch([
    db.select({ version: max(policies.version) }).from(policies),
    db.delete(partnerships).where(and(eq(partnerships.id, row.id), eq(partnerships.userId, userId))),
    db
      .insert(partnerships)
      .values(row)
      .onConflictDoUpdate({ target: partnerships.key, set: changing, setWhere: eq(partnerships.userId, userId) })
      .returning({ id: partnerships.id }),
  ]);
  const policyVersion = policy?.version ?? 0;
  if (claimed !== undefined) return { claim: { kind: "claimed", id: claimed.id }, policyVersion };
  const { key } = partnership;
  const [[owner]] = await db.batch([ownerQuery(db, key), contestInsert(db, key, userId, now)]);
  // The owner gave the id up between the two statements. The next attempt gets it.
  if (owner === undefined) throw new Error("the device's id was claimed by somebody who no longer has it");
  return { claim: { kind: "foreign", ...owner }, policyVersion };
}

/**
 * Says which other user has a device id, and the version of the policy in force. If another user has the id for good,
 * D1 keeps `now` (ms) as the time of this user's attempt.
 */
export async function ownerOfDevice(
  db: Database,
  userId: string,
  key: string,
  now: number,
): Promise<{
  readonly owner: Extract<IdClaim, { readonly kind: "foreign" }> | undefined;
  readonly policyVersion: number;
}> {
  const [[policy], [found]] = await db.batch([
    db.select({ version: max(policies.version) }).from(policies),
    ownerQuery(db, key),
  ]);
  const policyVersion = policy?.version ?? 0;
  if (found === undefined || found.userId === userId) return { owner: undefined, policyVersion };
  if (!found.provisional) await contestInsert(db, key, userId, now);
  return { owner: { kind: "foreign", ...found }, policyVersion };
}

const ownerQuery = (db: Database, key: string) =>
  db
    .select({
      userId: sql<string>`${users.id}`.as("owner_id"),
      user: users.sipUri,
      id: sql<string>`${partnerships.id}`.as("device"),
      provisional: partnerships.provisional,
    })
    .from(partnerships)
    .innerJoin(users, eq(users.id, partnerships.userId))
    .where(eq(partnerships.key, key));

const contestInsert = (db: Database, key: string, userId: string, at: number) =>
  db
    .insert(deviceContests)
    .values({ key, userId, at })
    .onConflictDoUpdate({ target: [deviceContests.key, deviceContests.userId], set: { at } });

/**
 * Brings D1 to the state of the user's guard: writes the present rows and deletes the gone ones, in one transaction.
 */
export async function savePartnerships(
  db: Database,
  userId: string,
  present: readonly Partnership[],
  gone: readonly string[],
): Promise<void> {
  const excluded = (column: string) => sql.raw(`excluded.${column}`);
  const statements = [];
  if (gone.length > 0) {
    const given = db
      .select({ key: partnerships.key })
      .from(partnerships)
      .where(and(eq(partnerships.userId, userId), inArray(partnerships.id, [...gone])));
    statements.push(
      db.delete(deviceContests).where(inArray(deviceContests.key, given)),
      db.delete(partnerships).where(and(eq(partnerships.userId, userId), inArray(partnerships.id, [...gone]))),
    );
  }
  for (let at = 0; at < present.length; at += ROWS_OF_A_STATEMENT) {
    const rows = present.slice(at, at + ROWS_OF_A_STATEMENT).map((partnership) => ({ ...partnership, userId }));
    statements.push(
      db
        .insert(partnerships)
        .values(rows)
        .onConflictDoUpdate({
          target: partnerships.id,
          set: {
            key: excluded("device_key"),
            provisional: excluded("provisional"),
            credentialId: excluded("credential_id"),
            state: excluded("state"),
            decision: excluded("decision"),
            decidedBy: excluded("decided_by"),
            decidedAt: excluded("decided_at"),
            reason: excluded("reason"),
            facts: excluded("facts"),
            source: excluded("source"),
            lastSeenAt: excluded("last_seen_at"),
            proof: excluded("proof"),
          },
        }),
    );
  }
  const [first, ...rest] = statements;
  if (first !== undefined) await db.batch([first, ...rest]);
}

/** Partnerships of all users or of one, sorted by user and age. `after`: the id of the last one on the page before. */
export async function listPartnerships(
  db: Database,
  page: { readonly userId?: string | undefined; readonly after?: string | undefined; readonly limit: number },
): Promise<OwnedPartnership[]> {
  const counted = sql<number>`(select count(*) from ${partnerships} as c where c.user_id = ${users.id} and c.state in ('allowed', 'quarantined', 'pending'))`;
  const rows = await db
    .select({ partnership: partnerships, user: users.sipUri, groups: users.groups, devices: counted.as("devices") })
    .from(partnerships)
    .innerJoin(users, eq(users.id, partnerships.userId))
    .where(
      and(
        page.userId === undefined ? undefined : eq(partnerships.userId, page.userId),
        page.after === undefined ? undefined : gt(partnerships.id, page.after),
      ),
    )
    .orderBy(asc(partnerships.id))
    .limit(page.limit);
  return rows.map(({ partnership, ...owner }) => ({ ...partnership, ...owner }));
}

/** Users that have a partnership, sorted by id. `after`: the last id on the page before. */
export async function usersWithDevices(
  db: Database,
  page: { readonly after: string; readonly limit: number },
): Promise<{ readonly id: string; readonly sipUri: string }[]> {
  return db
    .select({ id: users.id, sipUri: users.sipUri })
    .from(partnerships)
    .innerJoin(users, eq(users.id, partnerships.userId))
    .where(gt(users.id, page.after))
    .groupBy(users.id)
    .orderBy(asc(users.id))
    .limit(page.limit);
}

/** A device id that a user named although another user has it. Times in milliseconds. */
export type Contest = {
  /** The SIP URI of the user who was refused. */
  readonly user: string;
  readonly key: string;
  /** The SIP URI of the user who has the id. */
  readonly holder: string;
  /** The id of the partnership that has it. */
  readonly device: string;
  readonly at: number;
};

const CONTESTS_SHOWN = 500;

/** The device ids that are contested now, the last tried first. `userId`: only those of which this user is one side. */
export async function listContests(db: Database, userId?: string): Promise<Contest[]> {
  const refused = alias(users, "refused");
  return db
    .select({
      user: sql<string>`${refused.sipUri}`.as("refused_user"),
      key: deviceContests.key,
      holder: sql<string>`${users.sipUri}`.as("holder"),
      device: partnerships.id,
      at: deviceContests.at,
    })
    .from(deviceContests)
    .innerJoin(refused, eq(refused.id, deviceContests.userId))
    .innerJoin(partnerships, eq(partnerships.key, deviceContests.key))
    .innerJoin(users, eq(users.id, partnerships.userId))
    .where(
      and(
        ne(partnerships.userId, deviceContests.userId),
        userId === undefined ? undefined : or(eq(deviceContests.userId, userId), eq(partnerships.userId, userId)),
      ),
    )
    .orderBy(desc(deviceContests.at))
    .limit(CONTESTS_SHOWN);
}

/** The partnerships that have one of these ids, as the partnership's id or as the device's, with their users. */
export async function holdersOf(db: Database, ids: readonly string[]): Promise<(Partnership & { userId: string })[]> {
  return db
    .select()
    .from(partnerships)
    .where(or(inArray(partnerships.key, [...ids]), inArray(partnerships.id, [...ids])))
    .limit(2);
}
