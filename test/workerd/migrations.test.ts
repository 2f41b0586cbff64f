// A database as release 0.1.0 left it (test/fixtures/release-0.1.0/d1.sql). It is migrated to this release's schema in
// the way of `wrangler d1 migrations apply`. Everything is found, and the schema is that of a new database.

import { applyD1Migrations, env } from "cloudflare:test";
import { expect, it } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import { findForSignIn, listAppPasswords, showUser } from "../../src/store/directory.ts";
import { listPartnerships, pageOfContests } from "../../src/store/partnerships.ts";
import { currentPolicy } from "../../src/store/policies.ts";
import release from "../fixtures/release-0.1.0/d1.sql?raw";
import { findEvents } from "../kit/stored-events.ts";

const db = openDatabase(env.DB);
/** The migrations of the release; they are never changed. */
const RELEASED = 5;

type Named = { readonly type: string; readonly name: string };

const all = async <Row>(sql: string): Promise<Row[]> => (await env.DB.prepare(sql).all<Row>()).results;

const objects = () =>
  all<Named>(
    "SELECT type, name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
  );

/** Every table with its columns and keys, and every index with its columns. */
async function schema() {
  const described = (await objects()).map(async ({ type, name }) => [
    name,
    await all(type === "table" ? `PRAGMA table_info("${name}")` : `PRAGMA index_info("${name}")`),
    type === "table" ? await all(`PRAGMA foreign_key_list("${name}")`) : [],
  ]);
  return Promise.all(described);
}

/** Empties the database of the test, and makes the one of the release. */
async function goBack(): Promise<void> {
  for (const { type, name } of await objects()) {
    if (type === "view" || type === "trigger") await env.DB.prepare(`DROP ${type} "${name}"`).run();
  }
  const tables = (await objects()).filter(({ type }) => type === "table").map(({ name }) => name);
  const usersLast = tables.toSorted((a, b) => Number(a === "users") - Number(b === "users")); // others refer to it
  for (const name of usersLast) await env.DB.prepare(`DROP TABLE "${name}"`).run();
  const statements = release.trim().split("\n;\n");
  const rowsLast = statements.toSorted((a, b) => Number(a.startsWith("INSERT")) - Number(b.startsWith("INSERT")));
  const batch = ["PRAGMA defer_foreign_keys = on", ...rowsLast].map((sql) => env.DB.prepare(sql));
  await env.DB.batch(batch);
}

it("a database of release 0.1.0 becomes one of this release, and everything in it is found", async () => {
  const wanted = await schema(); // setup.ts has migrated an empty database
  const before = await all<{ name: string }>("SELECT name FROM d1_migrations ORDER BY id");
  await goBack();
  expect(await all("SELECT name FROM d1_migrations ORDER BY id")).toEqual(before.slice(0, RELEASED));
  await applyD1Migrations(env.DB, env.__TEST_MIGRATIONS);
  expect(await schema()).toEqual(wanted);

  const user = await showUser(db, "o1@contoso.test");
  if (user === undefined) return expect.fail("the user is gone");
  expect((await listAppPasswords(db, user.id)).map(({ id, label }) => [id, label])).toEqual([["p_0", "phone"]]);
  expect((await findForSignIn(db, ["contoso\\o1"], Date.now()))?.user.sipUri).toBe("sip:o1@contoso.test");
  const partnerships = (await listPartnerships(db, { limit: 10 })).filter(({ userId }) => userId === user.id);
  expect(partnerships.map(({ key, state }) => `${key} ${state}`).toSorted()).toEqual([
    "endpoint:shared-lost blocked",
    "endpoint:shared-phone allowed",
  ]);
  const { items } = await pageOfContests(db, { limit: 10 });
  expect(items).toMatchObject([{ user: "sip:other@contoso.test", key: "endpoint:shared-phone" }]);
  expect(await currentPolicy(db)).toMatchObject({ version: 1, why: "ticket 4711", text: "# ok\n" });
  expect(await findEvents(db, {}, 100)).toHaveLength(9);
  expect((await findEvents(db, { userId: user.id }, 100)).length).toBeGreaterThan(3);
});
