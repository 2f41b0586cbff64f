// A word that many people have is searched in another way than a rare one. Both must find the same people.

import { env } from "cloudflare:test";
import { beforeAll, expect, it } from "vitest";
import { addUsers } from "./add-users.ts";
import { openDatabase } from "./database.ts";
import { pageOfUsers, type UserFilter } from "./user-list.ts";

const db = openDatabase(env.DB);
const PEOPLE = 40;

beforeAll(async () => {
  const rows = Array.from({ length: PEOPLE }, (_, at) => ({
    sipUri: `u${String(at).padStart(2, "0")}-${at % 4 === 0 ? "anna" : "bob"}@common.test`,
    account: `CONTOSO\\u${at}`,
    ...(at % 3 === 0 ? { displayName: `Émile Person${at}` } : {}),
    ...(at % 5 === 0 ? { aliases: [`extra${at}@other.test`] } : {}),
    groups: at % 2 === 0 ? ["even"] : [],
  }));
  await addUsers(db, rows, 0);
  // Of the forty, ten come from a directory, and five through SCIM.
  const link =
    "insert into directory_links (user_id, directory_key, state, since, held, told) select id, ? || id, 'in', 0, 0, 1 from users where sip_uri like ?";
  for (const [prefix, like] of [
    ["ad:", "sip:u0%"],
    ["scim:", "sip:u10%"],
    ["scim:", "sip:u11%"],
    ["scim:", "sip:u12%"],
    ["scim:", "sip:u13%"],
    ["scim:", "sip:u14%"],
  ]) {
    await env.DB.prepare(link).bind(prefix, like).run();
  }
});

/** The addresses of all pages, and how many pages there were. */
async function all(filter: UserFilter, limit: number, how?: { commonFrom: number; maxJudged: number }) {
  const found: string[] = [];
  let after: string | undefined;
  for (let pages = 1; ; pages++) {
    const { items, next } = await pageOfUsers(db, filter, { after, limit }, how);
    expect(items.length).toBeLessThanOrEqual(limit);
    found.push(...items.map(({ sipUri }) => sipUri));
    if (next === null) return { found, pages };
    after = next;
  }
}

it.each<[UserFilter, number]>([
  [{ q: "@common" }, PEOPLE],
  [{ q: "anna" }, 10],
  [{ q: "émile" }, 14],
  [{ q: "emile" }, 0],
  [{ q: "@other" }, 8],
  [{ q: "extra10@" }, 1],
  [{ q: "contoso\\u1" }, 11],
  [{ q: "anna @common", group: "even" }, 10],
  [{ q: "anna émile", disabled: false }, 4],
  [{ origin: "directory" }, 10],
  [{ origin: "scim" }, 5],
  [{ origin: "manual" }, 25],
  [{ origin: "directory", group: "even" }, 5],
  [{ origin: "scim", q: "anna" }, 1],
  [{ origin: "manual", q: "@common", disabled: true }, 0],
])("%j finds the same people whether its words are common or not", async (filter, count) => {
  const rare = await all(filter, 7);
  expect(rare.found).toHaveLength(count);
  for (const maxJudged of [3, 1_000]) {
    expect((await all(filter, 7, { commonFrom: -1, maxJudged })).found).toEqual(rare.found);
  }
});

it("a page of a common word judges a bounded number of users, and says where to go on", async () => {
  const { items, next } = await pageOfUsers(db, { q: "nobody" }, { limit: 7 }, { commonFrom: -1, maxJudged: 10 });
  expect([items, next]).toEqual([[], "sip:u09-bob@common.test"]);
});

it("a rare word beside a common one is searched first", async () => {
  const how = { commonFrom: 12, maxJudged: 1_000 };
  expect((await all({ q: "anna @common" }, 3, how)).found).toEqual((await all({ q: "anna" }, 3)).found);
});
