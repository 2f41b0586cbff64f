// Objects as release 0.1.0 wrote them (test/fixtures/release-0.1.0), opened by this release. Everything is found, and
// the schema is that of a new object.

import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import guestGuard from "../../test/fixtures/release-0.1.0/guest-guard.sql?raw";
import sourceGuard from "../../test/fixtures/release-0.1.0/source-guard.sql?raw";
import userGuard from "../../test/fixtures/release-0.1.0/user-guard.sql?raw";
import { aboutFrom, attempt, eventsOf, MINUTE, pass, presented, someone, typed } from "../../test/kit/attempts.ts";
import { auditEvent } from "../audit/event.ts";
import type { KeptRows } from "./kept-rows.ts";
import { guardOf, sourceGuardOf, whoKey } from "./route.ts";

/** The time at which they were written. */
const WRITTEN_AT = Date.UTC(2030, 0, 1, 12);
const USER = "u_5e37owvm27zpvnjm";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: WRITTEN_AT });
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

const statementsOf = (fixture: string): readonly string[] => fixture.trim().split("\n;\n");

/** Puts the fixture into an object that nobody has used, without some of its tables, and puts the object to sleep. */
async function write(guard: DurableObjectStub, fixture: string, without: readonly string[] = []): Promise<void> {
  const left = statementsOf(fixture).filter(
    (each) => !without.some((table) => new RegExp(`^(?:CREATE TABLE|INSERT INTO) ${table} `).test(each)),
  );
  await runInDurableObject(guard, (_, { storage }) => {
    for (const statement of left) storage.sql.exec(statement);
  });
  await evictDurableObject(guard);
}

/** Every table, with how its columns are declared. */
const schemaOf = (guard: DurableObjectStub) =>
  runInDurableObject(guard, (_, { storage: { sql } }) => {
    const names = sql.exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf_%' ORDER BY name",
    );
    return names.toArray().map(({ name }) => [name, sql.exec(`PRAGMA table_info(${name})`).toArray()]);
  });

let users = 0;
const emptyUser = () => guardOf(env, `sip:release-${++users}@contoso.test`);

describe("a user's guard of release 0.1.0", () => {
  it("finds its tickets, devices, places, applications, failures, dead passwords and events", async () => {
    const guard = emptyUser();
    await write(guard, userGuard);
    const source = "203.0.113.7";
    expect((await guard.judge(presented("t1", { kind: "application", application: "101" }, source))).kind).toBe(
      "served",
    );
    expect((await guard.judge(presented("t3", { kind: "discovery" }, source))).kind).toBe("served");
    // Its device was blocked.
    expect((await guard.judge(presented("t2", { kind: "discovery" }, source))).kind).toBe("dead");
    const { pairs, strangers } = await guard.locks();
    expect(pairs.map(({ source, familiar, failures }) => [source, familiar, failures])).toEqual([
      ["198.51.100.10", false, 1],
      ["198.51.100.9", false, 1],
      ["203.0.113.7", true, 0],
    ]);
    expect(strangers.level).toBe(2);
    expect((await eventsOf(guard)).length).toBeGreaterThanOrEqual(3);
    const kept = JSON.parse(await guard.kept()) as KeptRows;
    expect(kept.devices?.map(({ key, state }) => [key, state])).toEqual(
      expect.arrayContaining([
        ["endpoint:shared-phone", "allowed"],
        ["endpoint:shared-lost", "blocked"],
      ]),
    );
    expect(kept.dead_passwords).toEqual([{ id: "p_9", at: "2030-01-01T12:00:00.000Z" }]);
    expect(kept.named_places).toHaveLength(1);
    expect(kept.audit_quota?.[0]).toMatchObject({ sinceAt: "2030-01-01T12:00:00.000Z" });
    expect(kept.snapshots?.map(({ name }) => name)).toEqual(expect.arrayContaining(["restored", "subject"]));
  });

  it("knows the user it was erased for, and keeps what it held", async () => {
    const guard = emptyUser();
    await write(guard, userGuard);
    await guard.erase(USER, "sip:release@contoso.test");
    expect((await guard.judge(presented("t1"))).kind).toBe("dead");
  });

  it("has the schema of a new object afterwards, even if some of its tables came later", async () => {
    const fresh = someone();
    await fresh.guard.signIn(attempt(fresh.user, typed("wrong")));
    const wanted = await schemaOf(fresh.guard);
    expect(wanted.map(([name]) => name)).toContain("schema_version");
    for (const without of [[], ["audit_quota"], ["named_places", "dead_passwords"], ["applications"]]) {
      const guard = emptyUser();
      await write(guard, userGuard, without);
      await guard.locks();
      expect(await schemaOf(guard), without.join()).toEqual(wanted);
      expect((await guard.judge(presented("t1"))).kind).toBe("served");
    }
  });
});

describe("a network's guard of release 0.1.0", () => {
  it("finds its level, who is familiar, its dead tickets and its events", async () => {
    const guard = sourceGuardOf(env, "203.0.113.77");
    await write(guard, sourceGuard);
    expect(await guard.lock()).toMatchObject({ level: 4, familiarUsers: 1 });
    expect(await guard.familiarSince([whoKey("fixture@contoso.test")])).toEqual([WRITTEN_AT]);
    expect(await eventsOf(guard)).not.toEqual([]);
    const room = await countUntilFull(guard);
    pass(60 * MINUTE);
    expect(await countUntilFull(guard)).toBe(room + 4); // four failures counted against it, and are forgotten
  });

  it("has the schema of a new object afterwards, even if some of its tables came later", async () => {
    const fresh = sourceGuardOf(env, "203.0.113.78");
    await fresh.countDeadTicket();
    const wanted = await schemaOf(fresh);
    for (const [at, without] of [[], ["dead_tickets"], ["audit_quota"], ["dead_tickets", "audit_quota"]].entries()) {
      const guard = sourceGuardOf(env, `198.51.100.${at}`);
      await write(guard, sourceGuard, without);
      await guard.lock();
      expect(await schemaOf(guard), without.join()).toEqual(wanted);
    }
  });
});

/** How many more dead tickets the network may present. */
async function countUntilFull(guard: ReturnType<typeof sourceGuardOf>): Promise<number> {
  for (let count = 1; ; count++) if ((await guard.countDeadTicket()) !== undefined) return count;
}

describe("a guests' guard of release 0.1.0", () => {
  it("finds its tries, its level and its events, and has the schema of a new object afterwards", async () => {
    const guard = env.GUEST_GUARD.getByName("of release 0.1.0");
    await write(guard, guestGuard);
    const about = aboutFrom("203.0.113.77");
    expect(await guard.reserve(about, "c1", "why")).toMatchObject({ network: "familiar" });
    expect(await guard.reserve(about, "c2", "why")).toMatchObject({ network: "failed" });
    expect(await eventsOf(guard)).not.toEqual([]);
    const fresh = env.GUEST_GUARD.getByName("fresh");
    await fresh.record(auditEvent(about, { outcome: "refused", reason: "wrong-conference-key" }, Date.now()));
    expect(await schemaOf(guard)).toEqual(await schemaOf(fresh));
  });
});
