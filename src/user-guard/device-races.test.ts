// What happens while D1 is asked whether an id belongs to another user. Meanwhile the guard goes on, and commands,
// policies and failures come. After all of them, one app password has one device, the limit is kept, and D1 agrees with
// the guard.

import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { aboutFrom, eventsOf, stopClock, storageOf } from "../../test/kit/attempts.ts";
import { apply, enrolment, notMoved, type Owner, owner } from "../../test/kit/devices.ts";
import { ABOUT } from "../../test/kit/events.ts";
import type { BareCommand } from "../api/devices.ts";
import type { DeviceId } from "../core/device/types.ts";
import { openDatabase } from "../store/database.ts";
import { partnershipsOfUser } from "../store/partnerships.ts";
import { UserGuard } from "./user-guard.ts";

const db = openDatabase(env.DB);

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
  await apply({});
});

/** The guard's devices of somebody. After the guard has told D1, D1 has the same. */
async function devicesOf(who: Owner): Promise<string[]> {
  await runDurableObjectAlarm(who.guard);
  const { rows } = await storageOf(who.guard);
  const kept = await runInDurableObject(who.guard, (_, { storage }) => {
    const devices = "devices" in rows ? storage.sql.exec("SELECT partnership FROM devices").toArray() : [];
    return devices.map(({ partnership }) => JSON.parse(String(partnership)));
  });
  const said = (partnerships: readonly { id: string; credentialId: string | null; state: string }[]): string[] =>
    partnerships.map(({ id, credentialId, state }) => `${id} ${credentialId} ${state}`).sort();
  expect(said(await partnershipsOfUser(db, who.id))).toEqual(said(kept));
  return kept.map(({ credentialId, state }) => `${credentialId} ${state}`).sort();
}

/** A device names itself, and an administrator gives a command before D1 has answered. */
async function meanwhile(who: Owner, ticket: string | undefined, bare: BareCommand) {
  const profile = await who.profile();
  const by = { about: { ...ABOUT, channel: "command" as const }, by: "0123abcd", why: "" };
  return Promise.all([who.names(ticket, "phone"), who.guard.command(profile, { ...bare, ...by }).then(notMoved)]);
}

const expectAny = { kind: "expect", credentialId: "p_1", key: null } as const;
const idOf = async (who: Owner): Promise<string> => {
  const expected = await who.command(expectAny);
  return (expected.ok && expected.value.partnership?.id) || "none";
};

describe("S-17, S-27: a command that comes while a device is being enrolled", () => {
  it("blocks the expected device, which stays blocked", async () => {
    const who = await owner();
    const device = await idOf(who);
    const [named, blocked] = await meanwhile(who, await who.signIn("p_1"), { kind: "block", device });
    expect([named, blocked.ok]).toEqual(["dead", true]);
    expect(await devicesOf(who)).toEqual(["p_1 blocked"]);
    expect(await who.signIn("p_1")).toBeUndefined();
  });

  it("forgets the expected device, or revokes its app password: nothing is left", async () => {
    for (const kind of ["forget", "revoke-password"] as const) {
      const who = await owner();
      const device = await idOf(who);
      const command = kind === "forget" ? { kind, device } : ({ kind, credentialId: "p_1" } as const);
      const [named] = await meanwhile(who, await who.signIn("p_1"), command);
      expect([named, await devicesOf(who)], kind).toEqual(["dead", []]);
    }
  });

  it("expects another device with the same app password: one app password has one device", async () => {
    for (const key of [null, "endpoint:tablet of them"]) {
      const who = await owner();
      const [named, expected] = await meanwhile(who, await who.signIn("p_1"), { ...expectAny, key });
      expect([named, expected]).toEqual(["served", { ok: false, reason: "password-has-a-device" }]);
      expect(await devicesOf(who)).toEqual(["p_1 allowed"]);
    }
  });

  it("two who expect two devices with one app password: one of them is told", async () => {
    const who = await owner();
    const keys = ["endpoint:one of them", "endpoint:other of them", null];
    const outcomes = await Promise.all(keys.map((key) => who.command({ ...expectAny, key })));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await devicesOf(who)).toEqual(["p_1 pending"]);
  });

  it("an expected device takes one place of the limit while it comes, not two", async () => {
    const who = await owner();
    await who.names(await who.signIn("p_0"), "watch");
    await who.command(expectAny);
    const tickets = [await who.signIn("p_1"), await who.signIn("p_2"), await who.signIn("p_3")];
    const named = await Promise.all(tickets.map((ticket, at) => who.names(ticket, `device ${at}`)));
    expect(named.toSorted()).toEqual(["refused", "served", "served"]);
  });
});

describe("an app password that is expected with a device", () => {
  it("is not another device's, known though that one is", async () => {
    const who = await owner();
    await who.names(await who.signIn("p_0"), "phone");
    await who.command({ kind: "revoke-password", credentialId: "p_0" });
    await who.command({ ...expectAny, key: `endpoint:${who.own("tablet")}` });
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("refused");
    expect(await devicesOf(who)).toEqual(["null allowed", "p_1 pending"]);
  });

  it("approves a known device that comes with it, when any is expected", async () => {
    const who = await owner();
    await apply(enrolment({ mode: "approval" }));
    await who.names(await who.signIn("p_0"), "phone");
    await who.command({ kind: "revoke-password", credentialId: "p_0" });
    await who.command(expectAny);
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("served");
    expect(await devicesOf(who)).toEqual(["p_1 allowed"]);
  });

  it("is expected no more once it is revoked, and takes no place of the limit", async () => {
    const who = await owner();
    await apply(enrolment({ maxDevices: 1 }));
    await who.command(expectAny);
    await who.command({ kind: "revoke-password", credentialId: "p_1" });
    expect(await who.names(await who.signIn("p_2"), "phone")).toBe("served");
    expect(await who.command(expectAny)).toEqual({ ok: false, reason: "no-such-password" });
    expect(await devicesOf(who)).toEqual(["p_2 allowed"]);
  });
});

describe("a policy that was applied after the ticket was got", () => {
  it("decides who enrols, though no guard was told", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    await apply(enrolment({ mode: "closed" }));
    expect(await who.names(ticket, "phone")).toBe("refused");
    expect((await eventsOf(who.guard)).map(({ reason }) => reason)).toEqual(["enrolment-closed"]);
    expect(await devicesOf(who)).toEqual([]);
  });
});

const failing = (): never => {
  throw new Error("D1_ERROR: the database is down");
};
const NO_DATABASE = { prepare: failing, batch: failing } as unknown as D1Database;
/** D1 does what it is told, but its answer is lost. */
const DEAF_DATABASE = new Proxy(env.DB, {
  get: (target, key) => {
    if (key === "batch") return async (statements: D1PreparedStatement[]) => target.batch(statements).then(failing);
    const member: unknown = Reflect.get(target, key);
    return typeof member === "function" ? member.bind(target) : member;
  },
});

describe("S-37: D1 fails while a device names itself", () => {
  const named = (who: Owner, id: string, ticket: string, DB: D1Database) =>
    runInDurableObject(who.guard, async (_, state) => {
      const device: DeviceId = { kind: "endpoint", id: who.own(id) };
      const source = { network: "192.0.2.1", country: "DE", asn: 0 };
      const asked = { id: ticket, device, source, told: { httpUserAgent: "" }, about: aboutFrom("192.0.2.1") };
      const verdict = await new UserGuard(state, { ...env, DB }).nameDevice(asked).catch(() => "thrown");
      return typeof verdict === "string" ? verdict : verdict.kind;
    });

  it.each([
    ["before it has written", NO_DATABASE],
    ["after it has written", DEAF_DATABASE],
  ])("%s: nobody is served, and nothing is half done", async (_, database) => {
    const who = await owner();
    const ticket = (await who.signIn("p_1")) ?? "";
    expect(await named(who, "phone", ticket, database)).toBe("thrown");
    expect(await who.uses(ticket, "service")).toBe("refused");
    expect((await storageOf(who.guard)).alarm).not.toBeNull();
    expect(await devicesOf(who)).toEqual([]);
    expect(await who.names(ticket, "tablet")).toBe("served");
    expect(await devicesOf(who)).toEqual(["p_1 allowed"]);
  });

  it("an expected device is still expected, and D1 says so, when its app password comes with a foreign id", async () => {
    const [who, other] = [await owner(), await owner()];
    const first = await other.signIn("p_1");
    await other.names(first, "shared by force");
    await other.confirms(first);
    await who.command(expectAny);
    const ticket = await who.signIn("p_1");
    for (let i = 0; i < 3; i++) expect(await who.names(ticket, "shared by force")).toBe("refused");
    expect(await devicesOf(who)).toEqual(["p_1 pending"]);
    // In three seconds D1 is asked once, and the owner is told once.
    expect((await eventsOf(other.guard)).filter(({ reason }) => reason === "device-of-another-user")).toHaveLength(1);
    expect(await who.names(ticket, "phone")).toBe("served");
  });

  it("the audit gets to D1 though the partnerships do not", async () => {
    const who = await owner();
    await who.names(await who.signIn("p_1"), "phone");
    const before = await eventsOf(who.guard);
    expect(before).not.toEqual([]);
    await runInDurableObject(who.guard, async (_, state) => {
      const batch = vi.fn(async (statements: D1PreparedStatement[]) =>
        batch.mock.calls.length === 1 ? failing() : env.DB.batch(statements),
      );
      const database = { prepare: (statement: string) => env.DB.prepare(statement), batch } as unknown as D1Database;
      state.storage.sql.exec("INSERT OR IGNORE INTO unsaved_devices SELECT id FROM devices");
      await new UserGuard(state, { ...env, DB: database }).alarm();
    });
    expect(await eventsOf(who.guard)).toEqual([]);
    expect((await storageOf(who.guard)).alarm).not.toBeNull();
  });
});

describe("a flood with a live ticket", () => {
  it("of ever new ids writes no more than a thousand events in a quarter of an hour", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    await who.names(ticket, "phone");
    for (let i = 0; i < 1_200; i++) expect(await who.names(ticket, `device ${i}`)).toBe("refused");
    expect((await eventsOf(who.guard)).length).toBeLessThanOrEqual(1_002);
  });
});
