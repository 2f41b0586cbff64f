// The list of users, in the order of their addresses: searched by the beginnings of words, and filtered. An index
// serves each filter. A search for a rare word gathers its users. For a word that many have, such as everybody's
// domain, that would read the whole directory for one page: then the page goes through the users in their order and
// asks each whether it has the word.

import {
  and,
  asc,
  eq,
  exists,
  getTableColumns,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  not,
  notExists,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import type { Database } from "./database.ts";
import type { User } from "./directory.ts";
import { examine } from "./examined.ts";
import { names, userGroups, users, userWords } from "./schema.ts";
import { directoryLinks } from "./schema-directory.ts";
import { beginsWith, casesOf, searchedWords } from "./words.ts";

/** Which users to list. An absent field restricts nothing. */
export type UserFilter = {
  /**
   * Words. Each must be the beginning of a word of the SIP address, the account, the UPN, an alias or the display name.
   * `@domain` finds the domain of an address. `name@` and `DOMAIN\name` find the beginning of a whole name.
   */
  readonly q?: string | undefined;
  readonly disabled?: boolean | undefined;
  /** One of the words in `groups`, in any case. */
  readonly group?: string | undefined;
  readonly origin?: UserOrigin | undefined;
};

/** Where a user comes from: made by hand, through SCIM, or from a directory that a program such as the agent follows. */
export const USER_ORIGINS = ["manual", "directory", "scim"] as const;
type UserOrigin = (typeof USER_ORIGINS)[number];

/** A page of users. `next`: the SIP URI after which the next page begins. Null: this was the last page. */
export type UserPage = { readonly items: readonly User[]; readonly next: string | null };

/** A word that more names have than this is common: its users are judged, one by one, and not gathered. */
const COMMON_FROM = 10_000;
/** Users of whom one page asks whether they have a common word, or where they come from. Each is some eight rows read. */
const MAX_JUDGED = 2_000;

/**
 * A page of the users that match; `after` is what the page before gave as `next`. Where every word of a search is
 * common, or an origin is asked for, a page examines {@link MAX_JUDGED} users at most: it may have fewer items than
 * `limit`, and still a `next`.
 */
export async function pageOfUsers(
  db: Database,
  filter: UserFilter,
  page: { readonly after?: string | undefined; readonly limit: number },
  { commonFrom, maxJudged } = { commonFrom: COMMON_FROM, maxJudged: MAX_JUDGED },
): Promise<UserPage> {
  const { limit } = page;
  const words = await weighed(db, searchedWords(filter.q ?? ""), commonFrom);
  const common = words.filter(({ isCommon }) => isCommon).map(({ cases }) => cases);
  const rare = words.filter(({ isCommon }) => !isCommon).map(({ cases }) => cases);
  if (common.length === 0 && filter.origin === undefined) {
    const rows = await inOrder(db, filter, rare, page.after).limit(limit + 1);
    const items = rows.slice(0, limit);
    return { items, next: rows.length > limit ? (items.at(-1)?.sipUri ?? null) : null };
  }
  const examined = sql`(${inOrder(db, filter, rare, page.after).limit(maxJudged)}) as examined`;
  const { items, next } = await examine<User, Pick<User, "sipUri">>(db, {
    limit,
    judged: true,
    matching: (most) =>
      db
        .select(getTableColumns(users))
        .from(examined)
        .crossJoin(users) // "cross" keeps the order
        .where(
          and(
            eq(users.id, sql`examined.id`),
            comesFrom(db, filter.origin),
            ...common.map((cases) => hasWord(db, cases)),
          ),
        )
        .limit(most),
    lastExamined: () =>
      db
        .select({ sipUri: sql<string>`examined.sip_uri` })
        .from(examined)
        .limit(1)
        .offset(maxJudged - 1),
  });
  return { items, next: next?.sipUri ?? null };
}

/**
 * Which words of a search are common: more than `commonFrom` names have them. It reads no more rows than that of each.
 */
async function weighed(db: Database, words: readonly (readonly string[])[], commonFrom: number) {
  const [first, ...rest] = words.map((cases) => {
    const few = rowsOfWord(db, cases).limit(commonFrom + 1);
    return db.select({ found: sql<number>`count(*)` }).from(sql`(${few})`);
  });
  if (first === undefined) return [];
  const counts = await db.batch([first, ...rest]);
  return words.map((cases, at) => ({ cases, isCommon: (counts[at]?.[0]?.found ?? 0) > commonFrom }));
}

/** Users after an address who have these words, and pass the other filters, in the order of their addresses. */
function inOrder(db: Database, { group, disabled }: UserFilter, words: readonly (readonly string[])[], after = "") {
  const groups = group === undefined ? undefined : casesOf(group);
  const state = disabled === undefined ? undefined : disabled ? isNotNull(users.disabledAt) : isNull(users.disabledAt);
  const select = db.select(getTableColumns(users));
  if (words.length > 0) {
    const member = groups && exists(db.select({ one: sql`1` }).from(userGroups).where(isMember(groups)));
    return select
      .from(sql`(${usersWithWords(db, words)}) as found`)
      .crossJoin(users) // "cross" keeps the order: first the words, then their users
      .where(and(eq(users.id, sql`found.user_id`), gt(users.sipUri, after), state, member))
      .orderBy(asc(users.sipUri));
  }
  if (groups === undefined) {
    return select
      .from(users)
      .where(and(gt(users.sipUri, after), state))
      .orderBy(asc(users.sipUri));
  }
  return select
    .from(userGroups)
    .crossJoin(users)
    .where(and(inArray(userGroups.group, groups), gt(userGroups.sipUri, after), eq(users.id, userGroups.userId), state))
    .orderBy(asc(userGroups.sipUri));
}

/** That the user at hand comes from there. */
function comesFrom(db: Database, origin: UserOrigin | undefined): SQL | undefined {
  if (origin === undefined) return undefined;
  const { userId, key } = directoryLinks;
  const isScim = and(gte(key, "scim:"), lt(key, "scim;")); // ";" follows ":" in ASCII
  const wanted = { manual: undefined, scim: isScim, directory: isScim && not(isScim) }[origin];
  const link = db
    .select({ one: sql`1` })
    .from(directoryLinks)
    .where(and(eq(userId, users.id), wanted));
  return origin === "manual" ? notExists(link) : exists(link);
}

const isMember = (groups: string[]) => and(inArray(userGroups.group, groups), eq(userGroups.sipUri, users.sipUri));

/**
 * That the user at hand has a word. It looks at the user's names and display name, of which the views `words_of_names`
 * and `words_of_display_names` make the words (migrations/): SQLite reads a whole view for each user.
 */
function hasWord(db: Database, cases: readonly string[]): SQL | undefined {
  const wanted = addressless(cases);
  const { name, userId } = names;
  const local = sql`iif(instr(${name}, '@') > 0, substr(${name}, 1, instr(${name}, '@') - 1), substr(${name}, instr(${name}, '\\') + 1))`;
  const domain = sql`iif(instr(${name}, '@') > 0, substr(${name}, instr(${name}, '@')), '')`;
  const parts = sql`${split(local, [])} || ${split(local, [".", "-", "_", "+"])} || ' ' || ${domain}`;
  const begins = isWholeName(wanted) ? beginsWith(name, wanted) : hasPart(parts, wanted);
  const named = exists(
    db
      .select({ one: sql`1` })
      .from(names)
      .where(and(eq(userId, users.id), begins)),
  );
  if (isWholeName(wanted)) return named;
  const called = sql`lower(${users.displayName})`;
  return or(hasPart(sql`${split(called, [","])} || ${split(called, [",", ".", "-", "'", "(", ")"])}`, wanted), named);
}

/** A text with spaces in place of these characters, and one before it. */
const split = (text: SQL, at: readonly string[]): SQL =>
  sql`' ' || ${at.reduce((whole, char) => sql`replace(${whole}, ${sql.raw(`'${char.replace("'", "''")}'`)}, ' ')`, text)}`;

const hasPart = (text: SQL, wanted: readonly string[]): SQL | undefined =>
  or(...wanted.map((word) => sql`instr(${text}, ${` ${word}`}) > 0`));

/** The ids, as `user_id`, of the users who have all these words. */
export function usersWithWords(db: Database, words: readonly (readonly string[])[]): SQL {
  const each = words.map((cases) => usersWithWord(db, cases).getSQL());
  return sql.join(each, sql` intersect `);
}

const usersWithWord = (db: Database, cases: readonly string[]) => rowsOfWord(db, cases).groupBy(sql`user_id`);

/** Whose names or words begin so, as `user_id`; a user once for each. */
function rowsOfWord(db: Database, cases: readonly string[]) {
  const wanted = addressless(cases);
  const { table, userId, word } = isWholeName(wanted)
    ? { table: names, userId: names.userId, word: names.name }
    : { table: userWords, userId: userWords.userId, word: userWords.word };
  return db.select({ userId }).from(table).where(beginsWith(word, wanted));
}

const addressless = (cases: readonly string[]): string[] => cases.map((text) => text.replace(/^sips?:/, ""));

/** A whole name is in `names`: no word of a search for "co" may be the domain that everybody has. */
const isWholeName = (wanted: readonly string[]): boolean => wanted.some((text) => /.@|\\/.test(text));
