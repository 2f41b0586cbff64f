import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { openDatabase } from "./database.ts";
import { addUser } from "./directory.ts";
import { homePoolsOf } from "./home-pools.ts";

const db = openDatabase(env.DB);
const add = (name: string, pool?: string) =>
  addUser(db, { sipUri: `sip:${name}@pools.test`, account: `POOLS\\${name}`, pool }, 0);

describe("S-70: the pools at which people are homed", () => {
  it("are each named once, in order, and nobody without a pool counts", async () => {
    expect(await homePoolsOf(db)).toEqual([]);
    await add("nowhere");
    await add("empty", "");
    expect(await homePoolsOf(db)).toEqual([]);
    for (const [name, pool] of [
      ["a", "pool2.contoso.local"],
      ["b", "pool1.contoso.local"],
      ["c", "pool2.contoso.local"],
      ["d", "1:3"],
    ] as const) {
      await add(name, pool);
    }
    expect(await homePoolsOf(db)).toEqual(["1:3", "pool1.contoso.local", "pool2.contoso.local"]);
  });
});
