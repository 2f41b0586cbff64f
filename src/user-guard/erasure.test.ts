// S-40 at the guards: requests that were under way when a user was erased do not bring the user back. A person can see
// every table of the user's guard.

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  attempt,
  eventsOf,
  HOUR,
  NOTHING,
  ntlm,
  pass,
  presented,
  profileOf,
  relayed,
  someone,
  stopClock,
  storageOf,
  strangeNetwork,
} from "../../test/kit/attempts.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import { auditEvent } from "../audit/event.ts";
import { generateAppPassword } from "../core/credentials/app-password.ts";
import type { KeptRows } from "../guards/kept-rows.ts";
import { sourceGuardOf, whoKey } from "../guards/route.ts";
import { openDatabase } from "../store/database.ts";

const d1 = openDatabase(env.DB);
beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

/** A user with a ticket, a place and an event that D1 does not have. */
async function inUse() {
  const who = someone();
  const { guard, user, password } = who;
  await guard.signIn(attempt(user, ntlm(password)));
  const decision = { outcome: "signed-in", reason: "cwt", userId: user.id, user: user.sipUri } as const;
  const event = auditEvent(aboutFrom("203.0.113.7"), decision, Date.now());
  await guard.rememberTicket(relayed("t"), profileOf(user), event);
  return { ...who, event };
}

const textOf = (guard: DurableObjectStub): Promise<string> =>
  runInDurableObject(guard, (_, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'")
      .toArray();
    return JSON.stringify(tables.map(({ name }) => storage.sql.exec(`SELECT * FROM ${name}`).toArray()));
  });

describe("S-40: a user's guard that is told to erase", () => {
  it("gives the audit what it has, and keeps neither ticket nor name; an hour later it is gone", async () => {
    const { guard, user } = await inUse();
    await guard.erase(user.id, user.sipUri);
    expect(await findEvents(d1, { userId: user.id }, 10)).toHaveLength(1);
    expect(await guard.judge(presented("t"))).toEqual({ kind: "dead" });
    expect(await textOf(guard)).not.toMatch(new RegExp(`${user.id}|p_0|203\\.0\\.113`));
    pass(HOUR);
    await runDurableObjectAlarm(guard);
    expect(await storageOf(guard)).toEqual(NOTHING);
  });

  it("lets in and keeps nothing of a sign-in that read D1 before, an eviction included", async () => {
    const { guard, user, password, event } = await inUse();
    await guard.erase(user.id, user.sipUri);
    await evictDurableObject(guard);
    expect(await guard.signIn(attempt(user, ntlm(password)))).toEqual({ kind: "refused" });
    expect(await guard.rememberTicket(relayed("late"), profileOf(user), event)).toBe("ended");
    await guard.recordEnd(event);
    expect(await guard.judge(presented("late"))).toEqual({ kind: "dead" });
    expect(await eventsOf(guard)).toEqual([]);
    expect(await textOf(guard)).not.toContain(user.id);
  });

  it("serves a new user who was added with the same address", async () => {
    const { guard, user } = await inUse();
    await guard.erase(user.id, user.sipUri);
    const anew = { ...user, id: "u_anew" };
    expect(await guard.rememberTicket(relayed("n"), profileOf(anew))).toBe("remembered");
    expect(await guard.judge(presented("n"))).toEqual({ kind: "served" });
  });

  it("serves the same user when it was interrupted and an administrator enables the user again", async () => {
    const { guard, user, password } = await inUse();
    await guard.erase(user.id, user.sipUri);
    const command = { about: { ...aboutFrom("203.0.113.9"), channel: "command" as const }, by: "k", why: "" };
    await guard.command(profileOf(user), { kind: "user-changed", reason: "user-enabled", ...command });
    expect((await guard.signIn(attempt(user, ntlm(password)))).kind).toBe("signed-in");
  });

  it("fails while D1 is down, and may be told again", async () => {
    const { guard, user } = await inUse();
    const failing = (): never => {
      throw new Error("down");
    };
    await runInDurableObject(guard, async (object) => {
      const bindings = Reflect.get(object, "env") as object;
      Reflect.set(object, "env", { ...bindings, DB: { prepare: failing, batch: failing } });
      await expect(object.erase(user.id, user.sipUri)).rejects.toThrow("D1 did not take the audit");
      Reflect.set(object, "env", bindings);
    });
    expect(await guard.judge(presented("t"))).toEqual({ kind: "dead" });
    await guard.erase(user.id, user.sipUri);
    expect(await findEvents(d1, { userId: user.id }, 10)).toHaveLength(1);
  });
});

it("S-40: a network's guard forgets a user's names, whom it holds off for them, and no other", async () => {
  const source = strangeNetwork();
  const guard = sourceGuardOf(env, source);
  const [zoe, yan] = [whoKey("zoe@contoso.test"), whoKey("yan@contoso.test")];
  for (const name of [zoe, yan]) {
    const who = { name, client: "client" };
    await guard.reserve(aboutFrom(source), who);
    await guard.settle(aboutFrom(source), who, { kind: "signed-in", forgiven: 0 }, { counted: true });
    const until = Date.now() + HOUR;
    const owner = { userId: `u_${name}`, user: name };
    const strange = { name, client: "strange" };
    await guard.settle(aboutFrom(source), strange, { kind: "held", until }, { counted: false, owner });
    for (let i = 0; i < 3; i++) await guard.reserve(aboutFrom(source), { name, client: "strange" });
  }
  await guard.forgetUser([zoe]);
  expect([await guard.familiarSince([zoe]), await guard.familiarSince([yan])]).toEqual([[], [Date.now()]]);
  expect(await textOf(guard)).not.toContain(zoe);
  const events = await findEvents(d1, { source }, 10);
  expect(events.map(({ user, repeats }) => [user, repeats]).sort()).toEqual(
    [zoe, yan]
      .flatMap((user) => [
        [user, 2],
        [user, null],
      ])
      .sort(),
  );
  expect(await guard.reserve(aboutFrom(source), { name: zoe, client: "strange" })).toMatchObject({ kind: "admitted" });
  expect(await guard.reserve(aboutFrom(source), { name: yan, client: "strange" })).toEqual({ kind: "refused" });
});

it("S-40: every table of a user's guard is shown, or left out on purpose", async () => {
  const { guard, user } = await inUse();
  await guard.signIn(attempt(user, ntlm(generateAppPassword())));
  const kept = JSON.parse(await guard.kept()) as KeptRows;
  const { rows } = await storageOf(guard);
  expect(Object.keys(kept).sort()).toEqual(Object.keys(rows).sort());
  expect(JSON.stringify(kept)).not.toContain("notShown");
  expect(kept.relayed_tickets).toMatchObject([{ kind: "user", network: "203.0.113.7", workstation: "PC-17" }]);
  expect(kept.pairs).toMatchObject([{ network: "203.0.113.7", familiar: true, lastFailureAt: expect.anything() }]);
  expect(kept.snapshots).toContainEqual(
    expect.objectContaining({ name: "subject", value: expect.objectContaining({ sipUri: user.sipUri }) }),
  );
});
