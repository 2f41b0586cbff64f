// What a cleaning reads, in a real object with all its tables.

import { env, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { LazyTables } from "../guards/storage.ts";
import { firstExpiries, noneUntil } from "./first-expiries.ts";
import { SCHEMA_STEPS } from "./schema.ts";
import { UsedOnce } from "./used-once.ts";

const NOW = 1_795_000_000_000;
let objects = 0;

/** An object that nobody else has, with every statement that its tables are asked. */
const within = <T>(act: (tables: LazyTables, asked: string[]) => T): Promise<T> =>
  runInDurableObject(env.USER_GUARD.getByName(`first-expiries-${++objects}`), (_, { storage }) => {
    const tables = new LazyTables(storage, SCHEMA_STEPS);
    const asked: string[] = [];
    const { exec } = tables;
    const heard: LazyTables = Object.create(tables, {
      exec: {
        value: (...statement: Parameters<typeof exec>) => {
          asked.push(statement[0]);
          return exec(...statement);
        },
      },
      exist: { value: () => tables.exist() },
    });
    return act(heard, asked);
  });

describe("when the first row of each table expires", () => {
  it("is not asked of an object that has stored nothing, which then stores nothing", async () => {
    expect(await within((tables, asked) => [firstExpiries(tables), asked, tables.exist()])).toEqual([{}, [], false]);
  });

  it("is told of every table that has a column expires_at", async () => {
    const { told, have } = await within((tables) => {
      const have = tables
        .exec<{ name: string }>(
          "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'expires_at'",
        )
        .toArray();
      return { told: firstExpiries(tables), have: have.map(({ name }) => name) };
    });
    expect(have.length).toBeGreaterThan(4);
    for (const table of have) expect(told).toHaveProperty(table, null);
  });

  it("is the smallest, and a table that was not read may have anything", async () => {
    const told = await within((tables) => {
      const used = new UsedOnce(tables, "used_challenges");
      for (const at of [9, 3, 5]) used.use(`${at}`, NOW + at);
      return firstExpiries(tables);
    });
    expect(told.used_challenges).toBe(NOW + 3);
    expect(noneUntil(told, "used_challenges", NOW + 2)).toBe(true);
    expect(noneUntil(told, "used_challenges", NOW + 3)).toBe(false);
    expect(noneUntil(told, "invitations", NOW)).toBe(true);
    expect(noneUntil({}, "invitations", NOW)).toBe(false);
  });

  it("spares a table its own statements until a row of it is over", async () => {
    const { before, after, left } = await within((tables, asked) => {
      const used = new UsedOnce(tables, "used_challenges");
      used.use("one", NOW + 10);
      used.use("two", NOW + 20);
      const firsts = firstExpiries(tables);
      asked.length = 0;
      const next = used.expire(NOW + 9, firsts);
      const before = { next, asked: asked.length };
      const after = { next: used.expire(NOW + 10, firsts), asked: asked.length };
      return { before, after, left: ["one", "two"].filter((id) => used.isUsed(id)) };
    });
    expect(before).toEqual({ next: NOW + 10, asked: 0 });
    expect(after).toEqual({ next: NOW + 20, asked: 2 });
    expect(left).toEqual(["two"]);
  });
});
