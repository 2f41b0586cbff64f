// The list of devices, filtered. One filter uses its index: the one that usually leaves the fewest rows. The other
// filters are judged row by row (examined.ts).

import { and, asc, eq, getTableColumns, gt, gte, lt, or, type SQL, sql } from "drizzle-orm";
import type { DeviceType, PartnershipState } from "../core/device/types.ts";
import type { Database } from "./database.ts";
import { examine, MAX_EXAMINED, type Page } from "./examined.ts";
import type { StoredPartnership } from "./partnerships.ts";
import { deviceWords, partnerships, users } from "./schema.ts";
import { usersWithWords } from "./user-list.ts";
import { beginsWith, searchedWords } from "./words.ts";

/** Which devices to list. An absent field restricts nothing. Times in ms. */
export type DeviceFilter = {
  readonly userId?: string | undefined;
  readonly state?: PartnershipState | undefined;
  readonly type?: DeviceType | undefined;
  /** The product, in any case. */
  readonly product?: string | undefined;
  /** The version, or its first numbers: `6.25` finds `6.25.0.38` and not `6.250`. */
  readonly version?: string | undefined;
  /** Only devices that were last seen before this time. */
  readonly seenBefore?: number | undefined;
  /** Only devices that were last seen at this time or later. */
  readonly seenAfter?: number | undefined;
  /**
   * Words. Each must be the beginning of the device's id, of a word of its model, system, product or workstation, or of
   * a word of its user's names.
   */
  readonly q?: string | undefined;
};

/** A device, and its user. */
export type ListedDevice = StoredPartnership & {
  readonly user: string;
  readonly displayName: string | null;
  readonly groups: readonly string[];
};

/** Where a page ended. `seen`: the time (ms), in a list in the order of `last_seen_at`. */
export type DeviceCursor = { readonly id: string; readonly seen?: number | undefined };

/**
 * One page of the devices that match, by id. When `seenBefore` or `seenAfter` is the only filter: those seen longest
 * ago first.
 */
export async function pageOfDevices(
  db: Database,
  filter: DeviceFilter,
  page: { readonly after?: DeviceCursor | undefined; readonly limit: number },
): Promise<Page<ListedDevice, DeviceCursor>> {
  const { ids, driven } = driverOf(db, filter, page.after, await isCommon(db, filter.version));
  const examined = sql`(${ids} limit ${MAX_EXAMINED}) as examined`;
  const judged = judgeOf(filter, driven);
  const { items, next } = await examine<Marked, Mark>(db, {
    limit: page.limit,
    judged: judged !== undefined,
    matching: (limit) =>
      db
        .select({
          ...getTableColumns(partnerships),
          user: users.sipUri,
          displayName: users.displayName,
          groups: users.groups,
        })
        .from(examined)
        .crossJoin(partnerships) // "cross" keeps the order: the ids come in the order of the list
        .crossJoin(users)
        .where(and(eq(partnerships.id, sql`examined.id`), eq(users.id, partnerships.userId), judged))
        .limit(limit),
    lastExamined: () =>
      db
        .select({ id: sql<string>`examined.id`, lastSeenAt: sql<number>`examined.last_seen_at` })
        .from(examined)
        .limit(1)
        .offset(MAX_EXAMINED - 1),
  });
  return { items, next: next && { id: next.id, ...(listedBySeen(filter) && { seen: next.lastSeenAt }) } };
}

type Mark = { readonly id: string; readonly lastSeenAt: number };
type Marked = ListedDevice & Mark;

type Driver = {
  /** A select of ids, as `id` and `last_seen_at`, in the order of the list. */
  readonly ids: SQL;
  /** The filters that every row of this select passes. */
  readonly driven: readonly (keyof DeviceFilter)[];
};

/** A version that more devices have is not gathered: walking through the devices in their order fills a page sooner. */
const COMMON_FROM = 2_000;

async function isCommon(db: Database, version: string | undefined): Promise<boolean> {
  if (version === undefined) return false;
  const few = db
    .select({ one: sql`1` })
    .from(partnerships)
    .where(ofVersion(version))
    .limit(COMMON_FROM + 1);
  const [row] = await db.select({ found: sql<number>`count(*)` }).from(sql`(${few})`);
  return (row?.found ?? 0) > COMMON_FROM;
}

function driverOf(
  db: Database,
  filter: DeviceFilter,
  after: DeviceCursor | undefined,
  hasCommonVersion: boolean,
): Driver {
  const { id, lastSeenAt, userId, state } = partnerships;
  const columns = { id, lastSeenAt };
  const later = gt(id, after?.id ?? "");
  const matching = (...where: (SQL | undefined)[]): SQL =>
    db
      .select(columns)
      .from(partnerships)
      .where(and(...where, later))
      .orderBy(asc(id))
      .getSQL();
  const among = (found: SQL): SQL =>
    db
      .select(columns)
      .from(sql`(${found}) as found`)
      .crossJoin(partnerships)
      .where(and(eq(id, sql`found.id`), later))
      .orderBy(asc(id))
      .getSQL();
  if (filter.userId !== undefined && filter.q === undefined) {
    return { ids: matching(eq(userId, filter.userId)), driven: ["userId"] };
  }
  const words = searchedWords(filter.q ?? "");
  if (words.length > 0) return { ids: among(devicesWithWords(db, words)), driven: ["q"] };
  if (listedBySeen(filter)) {
    const { seenAfter = 0, seenBefore } = filter;
    const from =
      after?.seen === undefined
        ? gte(lastSeenAt, seenAfter)
        : sql`(${lastSeenAt}, ${id}) > (${after.seen}, ${after.id})`;
    const until = seenBefore === undefined ? undefined : lt(lastSeenAt, seenBefore);
    const found = db.select(columns).from(partnerships).where(and(from, until));
    return { ids: found.orderBy(asc(lastSeenAt), asc(id)).getSQL(), driven: ["seenAfter", "seenBefore"] };
  }
  // Most devices are allowed. Only the other states are rare enough for an index to help.
  const few = filter.state !== undefined && filter.state !== "allowed";
  if (filter.version !== undefined && !few && !hasCommonVersion) {
    const each = db.select({ id }).from(partnerships);
    return { ids: among(each.where(ofVersion(filter.version)).getSQL()), driven: ["version"] };
  }
  if (filter.product !== undefined && !few) return { ids: matching(ofProduct(filter.product)), driven: ["product"] };
  if (filter.state !== undefined && (few || filter.type === undefined)) {
    return { ids: matching(eq(state, filter.state)), driven: ["state"] };
  }
  return filter.type === undefined
    ? { ids: matching(), driven: [] }
    : { ids: matching(ofType(filter.type)), driven: ["type"] };
}

/** Whether a list with this filter is in the order of `last_seen_at`. */
const listedBySeen = ({ q, userId, seenBefore, seenAfter }: DeviceFilter): boolean =>
  (seenBefore ?? seenAfter) !== undefined && q === undefined && userId === undefined;

/** The filters that are judged row by row. Undefined: there are none. */
function judgeOf(filter: DeviceFilter, driven: Driver["driven"]): SQL | undefined {
  const left = Object.fromEntries(Object.entries(filter).filter(([name]) => !driven.some((each) => each === name)));
  const { userId, state, type, product, version, seenAfter, seenBefore }: DeviceFilter = left;
  return and(
    userId === undefined ? undefined : eq(partnerships.userId, userId),
    state === undefined ? undefined : eq(partnerships.state, state),
    type === undefined ? undefined : ofType(type),
    product === undefined ? undefined : ofProduct(product),
    version === undefined ? undefined : ofVersion(version),
    seenAfter === undefined ? undefined : gte(partnerships.lastSeenAt, seenAfter),
    seenBefore === undefined ? undefined : lt(partnerships.lastSeenAt, seenBefore),
  );
}

const ofType = (type: DeviceType): SQL => sql`(${partnerships.facts} ->> '$.type') = ${type}`;
const ofProduct = (product: string): SQL => sql`lower(${partnerships.facts} ->> '$.product') = lower(${product})`;

function ofVersion(version: string): SQL | undefined {
  const column = sql`(${partnerships.facts} ->> '$.version')`;
  return or(sql`${column} = ${version}`, beginsWith(column, [`${version}.`]));
}

/** The ids of the devices that have all these words, each among their own words or their user's. */
function devicesWithWords(db: Database, words: readonly (readonly string[])[]): SQL {
  return sql.join(
    words.map((cases) => sql`select id from (${devicesWithWord(db, cases)}) group by id`),
    sql` intersect `,
  );
}

function devicesWithWord(db: Database, cases: readonly string[]): SQL {
  const { id, userId } = partnerships;
  const found = [
    db
      .select({ id: sql`${deviceWords.deviceId}`.as("id") })
      .from(deviceWords)
      .where(beginsWith(deviceWords.word, cases)),
    db
      .select({ id })
      .from(sql`(${usersWithWords(db, [cases])}) as theirs`)
      .crossJoin(partnerships)
      .where(eq(userId, sql`theirs.user_id`)),
    ...(cases.some((text) => text.startsWith("d_"))
      ? [db.select({ id }).from(partnerships).where(beginsWith(id, cases))]
      : []),
  ];
  return sql.join(
    found.map((each) => each.getSQL()),
    sql` union all `,
  );
}
