// The list of users in the order of their addresses, searched by the beginnings of words, and filtered. An index serves
// each filter. A page of a search reads the words with that beginning, and their users. Any other page reads little
// more than it returns.

import { and, asc, eq, exists, getTableColumns, gt, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import type { User } from "./directory.ts";
import { names, userGroups, users, userWords } from "./schema.ts";
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
};

/** A page of users. `next`: the SIP URI after which the next page begins. Null: this was the last page. */
export type UserPage = { readonly items: readonly User[]; readonly next: string | null };

/** One page of the users that match. `after`: the `next` of the page before. */
export async function pageOfUsers(
  db: Database,
  filter: UserFilter,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<UserPage> {
  const { after = "", limit } = page;
  const words = searchedWords(filter.q ?? "");
  const groups = filter.group === undefined ? undefined : casesOf(filter.group);
  const state =
    filter.disabled === undefined
      ? undefined
      : filter.disabled
        ? isNotNull(users.disabledAt)
        : isNull(users.disabledAt);
  const rows = await matching().limit(limit + 1);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.sipUri ?? null) : null };

  function matching() {
    const select = db.select(getTableColumns(users));
    if (words.length > 0) {
      const member = groups && exists(db.select({ one: sql`1` }).from(userGroups).where(isMember(groups)));
      return select
        .from(sql`(${usersWithWords(db, words)}) as found`)
        .crossJoin(users) // "cross" keeps the order: words first, then their users
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
      .where(
        and(inArray(userGroups.group, groups), gt(userGroups.sipUri, after), eq(users.id, userGroups.userId), state),
      )
      .orderBy(asc(userGroups.sipUri));
  }
}

const isMember = (groups: string[]) => and(inArray(userGroups.group, groups), eq(userGroups.sipUri, users.sipUri));

/** The ids, as `user_id`, of the users who have all these words. */
export function usersWithWords(db: Database, words: readonly (readonly string[])[]): SQL {
  const each = words.map((cases) => usersWithWord(db, cases).getSQL());
  return sql.join(each, sql` intersect `);
}

function usersWithWord(db: Database, cases: readonly string[]) {
  const wanted = cases.map((text) => text.replace(/^sips?:/, ""));
  // A text with "@" or "\" is looked up in `names`. So a search for "co" does not match the domain that everybody has.
  return wanted.some((text) => /.@|\\/.test(text))
    ? db.select({ userId: names.userId }).from(names).where(beginsWith(names.name, wanted)).groupBy(names.userId)
    : db
        .select({ userId: userWords.userId })
        .from(userWords)
        .where(beginsWith(userWords.word, wanted))
        .groupBy(userWords.userId);
}
