// The queries of user/device partnerships. Only the user's guard writes rows. Everybody else only reads them.

import { and, asc, desc, eq, getTableColumns, gt, gte, inArray, max, ne, or, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Partnership } from "../core/device/partnership.ts";
import type { Database } from "./database.ts";
import { deviceContests, partnerships, policies, users } from "./schema.ts";

/** How many rows one statement writes. D1 takes a hundred parameters, and a partnership has sixteen fields. */
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
 * What may change of a partnership, besides when and where its device was last seen, and what the authority said of it.
 */
const CHANGING_COLUMNS = Object.entries(getTableColumns(partnerships)).filter(
  ([field]) => !["id", "userId", "firstSeenAt", "lastSeenAt", "source", "authority"].includes(field),
);
const excluded = ({ name }: { readonly name: string }): SQL => sql`excluded.${sql.identifier(name)}`;
const CHANGING = Object.fromEntries(CHANGING_COLUMNS.map(([field, column]) => [field, excluded(column)]));
const HELD = sql.join(
  CHANGING_COLUMNS.map(([, column]) => sql`${column}`),
  sql`, `,
);
const GIVEN = sql.join(
  CHANGING_COLUMNS.map(([, column]) => excluded(column)),
  sql`, `,
);

type Seen = Pick<Partnership, "id" | "lastSeenAt" | "source" | "authority">;

/** When and where each of these was seen last, and what the authority said. One parameter, however many they are. */
function seenIn(rows: readonly Seen[]) {
  const said = JSON.stringify(
    rows.map(({ id, lastSeenAt, source, authority }) => [
      ...[id, lastSeenAt, JSON.stringify(source)],
      authority == null ? null : JSON.stringify(authority),
    ]),
  );
  const of = (at: number) =>
    sql`(select seen.value ->> ${sql.raw(String(at))} from json_each(${said}) as seen where seen.value ->> 0 = ${partnerships.id})`;
  return { lastSeenAt: of(1), source: of(2), authority: of(3) };
}

/** Those of the rows of which D1 says something else about that. */
function unlikeIn(rows: readonly Seen[]): SQL | undefined {
  const { id, lastSeenAt, source, authority } = partnerships;
  return or(
    ...rows.map((row) => {
      const said = row.authority == null ? null : JSON.stringify(row.authority);
      const unlike = or(ne(lastSeenAt, row.lastSeenAt), ne(source, row.source), sql`${authority} is not ${said}`);
      return and(eq(id, row.id), unlike);
    }),
  );
}

/**
 * Brings D1 to the state of the user's guard: writes the present rows and deletes the gone ones, in one transaction.
 */
export async function savePartnerships(
  db: Database,
  userId: string,
  present: readonly Partnership[],
  gone: readonly string[],
): Promise<void> {
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
      // Most devices were only seen again. Writing the rest again would cost a row for each index.
      db
        .insert(partnerships)
        .values(rows)
        .onConflictDoUpdate({ target: partnerships.id, set: CHANGING, setWhere: sql`(${HELD}) is not (${GIVEN})` }),
      db.update(partnerships).set(seenIn(rows)).where(unlikeIn(rows)),
    );
  }
  const [first, ...rest] = statements;
  if (first !== undefined) await db.batch([first, ...rest]);
}

/**
 * Partnerships of all users, by id. `after`: the id of the last one on the page before. `seenSince`: only those seen at
 * that time or later, ms.
 */
export async function listPartnerships(
  db: Database,
  page: { readonly after?: string | undefined; readonly limit: number; readonly seenSince?: number },
): Promise<OwnedPartnership[]> {
  // "+" keeps D1 from the index of that time: then it would sort all of them for each page.
  const seen = page.seenSince === undefined ? undefined : sql`+${partnerships.lastSeenAt} >= ${page.seenSince}`;
  const counted = sql<number>`(select count(*) from ${partnerships} as c where c.user_id = ${users.id} and c.state in ('allowed', 'quarantined', 'pending'))`;
  const rows = await db
    .select({ partnership: partnerships, user: users.sipUri, groups: users.groups, devices: counted.as("devices") })
    .from(partnerships)
    .innerJoin(users, eq(users.id, partnerships.userId))
    .where(and(gt(partnerships.id, page.after ?? ""), seen))
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

/** Where a page of contests ended. */
export type ContestCursor = Pick<Contest, "at" | "key"> & { readonly userId: string };

const CONTESTS_SHOWN = 500;

/** The contested device ids of which this user is one side, the last tried first. */
export async function listContests(db: Database, userId: string): Promise<Contest[]> {
  const { items } = await pageOfContests(db, { userId, limit: CONTESTS_SHOWN });
  return items.map(({ userId: _, ...contest }) => contest);
}

/** A page of them. */
export async function pageOfContests(
  db: Database,
  page: { readonly userId?: string | undefined; readonly after?: ContestCursor | undefined; readonly limit: number },
): Promise<{ readonly items: readonly (Contest & ContestCursor)[]; readonly next: ContestCursor | null }> {
  const { userId, after, limit } = page;
  const { at, key, userId: contester } = deviceContests;
  const refused = alias(users, "refused");
  const held = db
    .select({ key: partnerships.key })
    .from(partnerships)
    .where(eq(partnerships.userId, userId ?? ""));
  const rows = await db
    .select({
      user: sql<string>`${refused.sipUri}`.as("refused_user"),
      key,
      holder: sql<string>`${users.sipUri}`.as("holder"),
      device: partnerships.id,
      at,
      userId: contester,
    })
    .from(deviceContests)
    .innerJoin(refused, eq(refused.id, contester))
    .innerJoin(partnerships, eq(partnerships.key, key))
    .innerJoin(users, eq(users.id, partnerships.userId))
    .where(
      and(
        ne(partnerships.userId, contester),
        userId === undefined ? gte(at, 0) : or(eq(contester, userId), inArray(key, held)),
        after && sql`(${at}, ${key}, ${contester}) < (${after.at}, ${after.key}, ${after.userId})`,
      ),
    )
    .orderBy(desc(at), desc(key), desc(contester))
    .limit(limit + 1);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1) ?? null) : null };
}

/** The partnerships that have one of these ids, as the partnership's id or as the device's, with their users. */
export async function holdersOf(db: Database, ids: readonly string[]): Promise<(Partnership & { userId: string })[]> {
  return db
    .select()
    .from(partnerships)
    .where(or(inArray(partnerships.key, [...ids]), inArray(partnerships.id, [...ids])))
    .limit(2);
}
