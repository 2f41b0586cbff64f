// Walks through every table of the schema, so that no new one is forgotten by the backup.

import { readdirSync } from "node:fs";
import { getTableName, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { beforeAll, expect, it } from "vitest";
import { GATEWAY_TABLES, LEFT_OUT, USER_TABLES } from "../../src/store/backup-tables.ts";

const STORE = new URL("../../src/store/", import.meta.url);
const schema: SQLiteTable[] = [];

beforeAll(async () => {
  for (const name of readdirSync(STORE).filter((each) => /^schema.*(?<!\.test)\.ts$/.test(each))) {
    const module = (await import(new URL(name, STORE).href)) as Record<string, unknown>;
    for (const each of Object.values(module)) if (is(each, SQLiteTable)) schema.push(each);
  }
});

it("S-76: every table of D1 is in a backup once, or is left out with its reason", () => {
  const listed = [...Object.values(USER_TABLES), ...Object.values(GATEWAY_TABLES)].map(({ table }) => table);
  const names = [...listed, ...LEFT_OUT.keys()].map((table) => getTableName(table));
  expect(schema.length).toBeGreaterThan(20);
  expect(names.toSorted()).toEqual(schema.map((table) => getTableName(table)).toSorted());
  for (const [name, { table }] of [...Object.entries(USER_TABLES), ...Object.entries(GATEWAY_TABLES)]) {
    expect(getTableName(table)).toBe(name);
  }
});

it("S-76: every table with rows of users comes with the user", () => {
  const left = [...LEFT_OUT.keys()].map((table) => getTableName(table));
  const missing = schema
    .filter((table) =>
      getTableConfig(table).foreignKeys.some((key) => getTableName(key.reference().foreignTable) === "users"),
    )
    .map((table) => getTableName(table))
    .filter((name) => !left.includes(name) && !Object.hasOwn(USER_TABLES, name));
  expect(missing).toEqual([]);
});
