// How mail leaves: an agent takes what is due, under a lease, and says what became of it. A lease that ran out gives
// the notice to the next who asks, so nothing is lost when an agent dies (S-57).

import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lte, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Keyring } from "../core/crypto/keyring.ts";
import { open } from "../core/crypto/seal.ts";
import { TEST_KIND } from "../notices/kinds.ts";
import type { StoredFacts } from "../notices/of-event.ts";
import type { TakenNotice } from "../notices/taken.ts";
import type { Database } from "./database.ts";
import { newNoticeId } from "./ids.ts";
import { placeOfLink } from "./invitation-mail.ts";
import { NOTICE_LIVES_MS } from "./notices.ts";
import { appPasswords, partnerships, users } from "./schema.ts";
import { notices } from "./schema-directory.ts";

const MINUTE_MS = 60_000;
/** For how long a taken notice belongs to who took it, ms. */
export const LEASE_MS = 2 * MINUTE_MS;
const LONGEST_WAIT_MS = 6 * 60 * MINUTE_MS;
const MAX_DETAIL_CHARS = 200;

/** A row as the lists show it. */
export type StoredNotice = typeof notices.$inferSelect;

/** What a taker needs: the keys of links, and the address of the help desk. */
export type PostConfig = { readonly keyring: Keyring; readonly notices: { readonly helpdesk: string | undefined } };

/** Only what nobody has taken yet, or only the notice of that id. */
export type Fresh = "untried" | { readonly id: string };

/**
 * Takes the notices that have been due longest, at most `max`, for {@link LEASE_MS}. Two takers never get the same.
 * What cannot be sent, because it has no address or its link cannot be opened, is ended here.
 */
export async function takeNotices(
  db: Database,
  config: PostConfig,
  max: number,
  now: number,
  only?: Fresh,
): Promise<TakenNotice[]> {
  const chosen = only === "untried" ? eq(notices.takes, 0) : only && eq(notices.id, only.id);
  const due = db
    .select({ id: notices.id })
    .from(notices)
    .where(and(isNull(notices.endedAt), lte(notices.dueAt, now), gt(notices.expiresAt, now), chosen))
    .orderBy(asc(notices.dueAt))
    .limit(max);
  const taken = await db
    .update(notices)
    .set({ dueAt: now + LEASE_MS, takes: sql`${notices.takes} + 1` })
    .where(inArray(notices.id, due))
    .returning({ id: notices.id });
  if (taken.length === 0) return [];
  const ids = sql`(select value from json_each(${JSON.stringify(taken.map(({ id }) => id))}))`;
  const rows = await db
    .select({
      ...{ notice: notices, mail: users.mail, language: users.language },
      ...{ sipUri: users.sipUri, displayName: users.displayName },
      ...{ device: partnerships.facts, label: appPasswords.label },
    })
    .from(notices)
    .leftJoin(users, eq(users.id, notices.userId))
    .leftJoin(partnerships, eq(partnerships.id, sql`${notices.facts} ->> '$.device'`))
    .leftJoin(appPasswords, eq(appPasswords.id, sql`${notices.facts} ->> '$.password'`))
    .where(sql`${notices.id} in ${ids}`)
    .orderBy(asc(notices.createdAt));
  const results: TakenNotice[] = [];
  const unsendable: Ending[] = [];
  for (const row of rows) {
    const {
      more,
      to: testTo,
      device: _device,
      password: _password,
      ...facts
    } = JSON.parse(row.notice.facts) as StoredFacts;
    const { id, kind, audience, createdAt, takes, secret } = row.notice;
    const to = testTo ?? (audience === "person" ? row.mail : (config.notices.helpdesk ?? null));
    const link = secret === null ? undefined : openLink(config.keyring, id, secret);
    if (to === null) unsendable.push({ id, end: "undeliverable", detail: "no mail address is known" });
    else if (link === null)
      unsendable.push({ id, end: "undeliverable", detail: "its link was sealed with a key that is gone" });
    else
      results.push({
        ...{ id, kind, audience, createdAt, takes, to, link, label: row.label, count: more?.length },
        facts,
        language: audience === "person" ? row.language : null,
        person: row.sipUri === null ? null : { sipUri: row.sipUri, displayName: row.displayName },
        device: row.device && { product: row.device.product, version: row.device.version, os: row.device.os },
      });
  }
  if (unsendable.length > 0) await endNotices(db, unsendable, now);
  return results;
}

/** The link; null when it cannot be opened. */
function openLink(keyring: Keyring, id: string, sealed: string): string | null {
  const opened = open(keyring, "notice", placeOfLink(id), Buffer.from(sealed, "base64url"));
  return opened.ok ? new TextDecoder().decode(opened.value) : null;
}

/** What became of a notice. `later`: it could not be sent now. */
export type Ending = {
  readonly id: string;
  readonly end: "sent" | "undeliverable" | "later";
  readonly detail?: string | undefined;
  /**
   * The number of the taking that ends so. When somebody took it again since, only `sent` counts. Undefined: an agent,
   * which does not say.
   */
  readonly takes?: number | undefined;
};

/** A wait is up to a quarter longer, so that what failed together does not come back together. */
const JITTER = 0.25;

/**
 * Says what became of notices. One that is to be sent later waits from one minute up to six hours, twice as long each
 * time; when its time is over before that, it is undeliverable. A quarter of each wait is drawn. To say it again changes nothing. Returns how many of
 * them still waited.
 */
export async function endNotices(
  db: Database,
  endings: readonly Ending[],
  now: number,
  random: () => number = Math.random,
): Promise<number> {
  const [first, ...rest] = endings.map(({ id, end, detail = "", takes }) => {
    const reason = `undeliverable: ${detail}`.slice(0, MAX_DETAIL_CHARS);
    // 2 ^ 9 minutes are more than six hours.
    const wait = sql`min(${LONGEST_WAIT_MS}, ${MINUTE_MS} * (1 << min(max(${notices.takes} - 1, 0), 9)))`;
    const dueAt = sql`cast(${now} + ${wait} * ${1 + JITTER * random()} as integer)`;
    const stillTaken = end === "sent" || takes === undefined ? undefined : eq(notices.takes, takes);
    const isOver = sql`(${dueAt}) >= ${notices.expiresAt}`;
    const gone = { endedAt: now, secret: sql`null` };
    const set =
      end === "later"
        ? {
            ...{ dueAt, end: sql`case when ${isOver} then ${reason} else ${detail.slice(0, MAX_DETAIL_CHARS)} end` },
            endedAt: sql`case when ${isOver} then ${now} end`,
            secret: sql`case when ${isOver} then null else ${notices.secret} end`,
          }
        : { ...gone, end: end === "sent" ? "sent" : reason };
    return db
      .update(notices)
      .set(set)
      .where(and(eq(notices.id, id), isNull(notices.endedAt), stillTaken))
      .returning({ id: notices.id });
  });
  if (first === undefined) return 0;
  return (await db.batch([first, ...rest])).flat().length;
}

/** Queues a test. `to`: where it goes. Returns its id. */
export async function queueTest(db: Database, to: string, now: number): Promise<string> {
  const id = newNoticeId();
  await db.insert(notices).values({
    ...{
      id,
      kind: TEST_KIND,
      userId: null,
      audience: "helpdesk",
      facts: JSON.stringify({ at: now, to }),
      secret: null,
    },
    ...{ createdAt: now, dueAt: now, expiresAt: now + NOTICE_LIVES_MS, takes: 0 },
  });
  return id;
}

/** Where a page of a list begins: after this row. */
export type ListPlace = { readonly at: number; readonly id: string };
type Page = { readonly limit: number; readonly after: ListPlace | undefined };

/** A row of a list with the address of its person. */
export type ListedNotice = Omit<StoredNotice, "secret"> & { readonly sipUri: string | null };

/** What waits, in the order in which it was made; or what has ended, the last first. */
export async function listNotices(
  db: Database,
  state: "waiting" | "ended",
  { limit, after }: Page,
): Promise<ListedNotice[]> {
  const { secret: _never, ...columns } = shown;
  const from = db.select({ ...columns, sipUri: users.sipUri }).from(notices);
  const joined = from.leftJoin(users, eq(users.id, notices.userId));
  if (state === "waiting") {
    const later = after && sql`(${notices.createdAt}, ${notices.id}) > (${after.at}, ${after.id})`;
    return joined
      .where(and(isNull(notices.endedAt), later))
      .orderBy(asc(notices.createdAt), asc(notices.id))
      .limit(limit);
  }
  const earlier = after && sql`(${notices.endedAt}, ${notices.id}) < (${after.at}, ${after.id})`;
  return joined
    .where(and(isNotNull(notices.endedAt), earlier))
    .orderBy(desc(notices.endedAt), desc(notices.id))
    .limit(limit);
}

/** All mail about a person, the oldest first. There are never many: five of a kind and day, for 30 days. */
export async function noticesOf(db: Database, userId: string): Promise<Omit<StoredNotice, "secret">[]> {
  const { secret: _never, ...columns } = shown;
  return db.select(columns).from(notices).where(eq(notices.userId, userId)).orderBy(asc(notices.createdAt));
}

const shown = {
  ...{ id: notices.id, kind: notices.kind, userId: notices.userId, audience: notices.audience, facts: notices.facts },
  ...{ secret: notices.secret, createdAt: notices.createdAt, dueAt: notices.dueAt, expiresAt: notices.expiresAt },
  ...{ takes: notices.takes, endedAt: notices.endedAt, end: notices.end },
};

/** How the post goes. Times in ms. */
export type PostStatus = {
  readonly waiting: number;
  /** Since when the notice waits that has been due longest. Null: none is due. */
  readonly oldestDueAt: number | null;
  /** When the oldest was made that is to be sent and was not, tried or not. Null: there is none. */
  readonly oldestUnsentAt: number | null;
  /** Why that one was not sent the last time. Null: nobody has tried. */
  readonly oldestEnd: string | null;
  readonly lastSentAt: number | null;
  /** How many could not be sent since yesterday. */
  readonly failedOfADay: number;
};

const DAY_MS = 86_400_000;

/** When a notice was to be sent first. One that stands for many waits until its day is over. */
const toBeSentAt = sql`case when ${notices.id} glob 'more/*' then ${notices.expiresAt} - ${NOTICE_LIVES_MS} else ${notices.createdAt} end`;

/** How the post goes at `now` (ms). */
export async function postStatus(db: Database, now: number): Promise<PostStatus> {
  const ended = (condition: ReturnType<typeof sql>) =>
    sql`(select ${condition} from notices where ended_at is not null and ended_at > ${now - DAY_MS} and ended_as <> 'sent' and ended_as <> 'withdrawn')`;
  const [status] = await db
    .select({
      waiting: sql<number>`count(*)`,
      oldestDueAt: sql<number | null>`min(case when ${notices.dueAt} <= ${now} then ${notices.dueAt} end)`,
      oldestUnsentAt: sql<number | null>`min(case when ${toBeSentAt} <= ${now} then ${toBeSentAt} end)`,
      oldestEnd: sql<
        string | null
      >`(select ended_as from notices where ended_at is null and ended_as is not null order by created_at limit 1)`,
      failedOfADay: sql<number>`${ended(sql`count(*)`)}`,
      lastSentAt: sql<
        number | null
      >`(select ended_at from notices where ended_at is not null and ended_as = 'sent' order by ended_at desc limit 1)`,
    })
    .from(notices)
    .where(isNull(notices.endedAt));
  const none = { oldestDueAt: null, oldestUnsentAt: null, oldestEnd: null, lastSentAt: null };
  return status ?? { waiting: 0, failedOfADay: 0, ...none };
}

const addressless = alias(users, "addressless");

/** How many people may sign in and have no mail address. Reads every user. */
export async function countWithoutAddress(db: Database): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`count(*)` })
    .from(addressless)
    .where(and(isNull(addressless.disabledAt), isNull(addressless.mail)));
  return row?.n ?? 0;
}
