// S-79: docs/retention.md says of each table of D1 and of the guards how long its rows live.

import { env, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import text from "../../docs/retention.md?raw";
import { SCHEMA_STEPS as guestSteps } from "../../src/guest-guard/guest-guard.ts";
import { SCHEMA_STEPS as sourceSteps } from "../../src/source-guard/source-guard.ts";
import { openDatabase } from "../../src/store/database.ts";
import { purgeOld } from "../../src/store/retention.ts";
import { SCHEMA_STEPS as userSteps } from "../../src/user-guard/schema.ts";

const DAY_MS = 86_400_000;
const db = openDatabase(env.DB);

/** The first column of the table below a heading. */
function tablesBelow(heading: string): string[] {
  const part = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...part.matchAll(/^\| `(\w+)` \| ./gm)].map(([, name = ""]) => name);
}

beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));

describe("S-79: docs/retention.md", () => {
  it("has every table of D1, and no other", async () => {
    const { results } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    ).all<{ name: string }>();
    const tables = results.map(({ name }) => name).filter((name) => name !== "d1_migrations");
    expect(tablesBelow("D1").toSorted()).toEqual(tables.toSorted());
  });

  it("has every table of the guards, and no other", async () => {
    const made = await runInDurableObject(env.USER_GUARD.getByName("retention"), (_, { storage: { sql } }) => {
      for (const statement of [userSteps, sourceSteps, guestSteps].flat(2)) sql.exec(statement);
      return sql
        .exec<{ name: string }>(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        )
        .toArray()
        .map(({ name }) => name);
    });
    expect(tablesBelow("Guards").toSorted()).toEqual(made.toSorted());
  });
});

describe("S-79: what would grow for ever", () => {
  const now = Date.UTC(2032, 0, 1);
  const days = (n: number) => now - n * DAY_MS;
  const left = async (column: string, table: string) =>
    (await env.DB.prepare(`SELECT ${column} AS it FROM ${table} ORDER BY 1`).all<{ it: unknown }>()).results.map(
      ({ it: value }) => value,
    );

  it("goes in its time", async () => {
    const run = (statement: string) => env.DB.prepare(statement).run();
    await run(
      "INSERT INTO users (id, sip_uri, domain, account, created_at) VALUES ('u_1', 'sip:a@b.test', 'B', 'a', 1)",
    );
    for (const [id, at] of [
      ["live", "NULL"],
      ["lately", days(364)],
      ["old", days(366)],
    ]) {
      await run(
        `INSERT INTO app_passwords (id, user_id, label, nt_hashes, created_at, revoked_at) VALUES ('${id}', 'u_1', '', '', 1, ${at})`,
      );
    }
    for (const [key, at] of [
      ["lately", days(179)],
      ["old", days(181)],
    ]) {
      await run(
        `INSERT INTO device_contests (contested_key, contester_id, contested_at) VALUES ('${key}', 'u_1', ${at})`,
      );
    }
    for (let version = 1; version <= 60; version++) {
      await run(
        `INSERT INTO policies (version, at, applied_by, policy) VALUES (${version}, ${version < 55 ? days(731) : days(1)}, 'k', '{}')`,
      );
    }
    for (const [id, expires, revoked] of [
      ["live", now + DAY_MS, "NULL"],
      ["ended lately", days(9), "NULL"],
      ["ended", days(11), "NULL"],
      ["revoked", now + DAY_MS, days(11)],
    ]) {
      await run(
        `INSERT INTO api_tokens (id, name, scope, hash, created_at, created_by, expires_at, revoked_at) VALUES ('${id}', '', 'read', '', 1, 'k', ${expires}, ${revoked})`,
      );
    }
    await purgeOld(db, now, undefined);
    expect(await left("id", "api_tokens")).toHaveLength(4);
    await purgeOld(db, now, 10);
    expect(await left("id", "app_passwords")).toEqual(["lately", "live"]);
    expect(await left("contested_key", "device_contests")).toEqual(["lately"]);
    expect(await left("version", "policies")).toEqual(Array.from({ length: 50 }, (_, at) => at + 11));
    expect(await left("id", "api_tokens")).toEqual(["ended lately", "live"]);
  });
});
