// The Worker beside the gateway that reaches its database for this process.

import { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isUniqueViolation } from "../src/store/database.ts";
import { users } from "../src/store/schema.ts";
import { DATABASE_WORKER, databaseAt, databaseWorker, newDatabaseKey } from "./database.ts";

const key = newDatabaseKey();
let workerd: Miniflare;
let url: URL;
beforeAll(async () => {
  workerd = new Miniflare({ host: "127.0.0.1", cf: false, workers: [databaseWorker(key)] });
  url = await workerd.unsafeGetDirectURL(DATABASE_WORKER);
});
afterAll(() => workerd?.dispose());

it("answers nobody without the key", async () => {
  const body = JSON.stringify({ statements: [{ sql: "SELECT 1", params: [] }], columns: false });
  for (const authorization of ["", newDatabaseKey()]) {
    const answer = await fetch(url, { method: "POST", headers: { authorization }, body });
    expect([answer.status, await answer.text()]).toEqual([404, ""]);
  }
});

it("runs statements in one transaction, and names the constraint that a write violates", async () => {
  const { db, execute } = databaseAt(url, key);
  await execute(["CREATE TABLE users (id TEXT PRIMARY KEY, x BLOB)", "INSERT INTO users VALUES ('a', x'00ff')"]);
  expect(await execute(["SELECT id, x FROM users", "SELECT 1 AS one"])).toEqual([
    [{ id: "a", x: [0, 255] }],
    [{ one: 1 }],
  ]);
  await expect(
    execute(["INSERT INTO users VALUES ('b', NULL)", "INSERT INTO users VALUES ('a', NULL)"]),
  ).rejects.toThrow("UNIQUE constraint failed: users.id");
  expect(await db.select({ id: users.id }).from(users)).toEqual([{ id: "a" }]);
  const fault = await execute(["INSERT INTO users VALUES ('a', NULL)"]).catch((reason: unknown) => reason);
  expect(isUniqueViolation(fault)).toBe(true);
});
