// The guard's devices inside workerd: what an administrator's command ends by the time it returns.

import { env, evictDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { attempt, eventsOf, relayed, stopClock, typed } from "../../test/kit/attempts.ts";
import { apply, type Owner, owner } from "../../test/kit/devices.ts";
import type { Partnership } from "../core/device/partnership.ts";
import { openDatabase } from "../store/database.ts";
import { partnershipsOfUser } from "../store/partnerships.ts";

const db = openDatabase(env.DB);

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
});

const inD1 = async ({ id }: Owner): Promise<Partnership[]> =>
  (await partnershipsOfUser(db, id)).sort((a, b) => (a.key ?? "").localeCompare(b.key ?? ""));
const statesOf = async (who: Owner): Promise<string[]> => (await inD1(who)).map(({ state }) => state);

/** The audit's events about somebody's devices: outcomes and reasons, oldest first. */
const decisions = async ({ guard }: Owner): Promise<string[]> =>
  (await eventsOf(guard)).map(({ outcome, reason }) => `${outcome} ${reason}`);

beforeEach(async () => {
  await apply({});
});

describe("S-17: after the command returns", () => {
  it("a blocked device's tickets are dead, old and new, and nothing recognises it", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    await who.names(ticket, "phone");
    await who.uses(ticket, "application", "101");
    const other = await who.signIn("p_2");
    await who.names(other, "tablet");
    expect(await who.command({ kind: "block", device: "phone" })).toMatchObject({ ok: true });
    for (const use of ["discovery", "application", "service"] as const) {
      expect(await who.uses(ticket, use, "101"), use).toBe("dead");
    }
    expect(await who.signIn("p_1")).toBeUndefined(); // proved before, but comes too late
    expect(await who.uses(other, "application", "202")).toBe("served");
    expect(await inD1(who)).toMatchObject([
      { state: "blocked", decision: "block", decidedBy: "0123abcd" },
      { state: "allowed" },
    ]);
    await evictDurableObject(who.guard);
    expect(await who.uses(ticket, "discovery")).toBe("dead");
  });

  it("a forgotten device belongs to nobody, and any user may enrol it", async () => {
    const [alice, bob] = [await owner(), await owner()];
    const ticket = await alice.signIn("p_1");
    await alice.names(ticket, "shared phone");
    await alice.command({ kind: "forget", device: "shared phone" });
    expect(await alice.uses(ticket, "discovery")).toBe("dead");
    expect(await statesOf(alice)).toEqual([]);
    expect(await bob.names(await bob.signIn("p_1"), "shared phone")).toBe("served");
    expect(await alice.names(await alice.signIn("p_1"), "tablet")).toBe("served");
  });

  it("a revoked app password's tickets are dead, also those of a sign-in that read D1 before", async () => {
    const who = await owner();
    const before = await who.profile();
    const ticket = await who.signIn("p_1");
    await who.names(ticket, "phone");
    await who.command({ kind: "revoke-password", credentialId: "p_1" });
    expect(await who.uses(ticket, "discovery")).toBe("dead");
    expect(await who.signIn("p_1")).toBeUndefined();
    expect(before.subject.disabled).toBe(false);
  });

  it("an app password that was revoked behind the guard's back ends with the user's next attempt, and frees its device", async () => {
    const who = await owner();
    const stolen = await who.signIn("p_1");
    expect(await who.names(stolen, "phone")).toBe("served");
    const record = { id: who.id, sipUri: who.sipUri, disabled: false, credentials: [] };
    const revoked = [{ id: "p_1", ntHashes: "" }];
    await who.guard.signIn(attempt({ ...record, revoked }, typed("wrong")));
    expect(await who.uses(stolen, "discovery")).toBe("dead");
    expect(await who.names(await who.signIn("p_2"), "phone")).toBe("served");
    expect(await decisions(who)).toContain("changed password-revoked");
    await who.guard.signIn(attempt({ ...record, revoked }, typed("wrong again")));
    const changes = (await decisions(who)).filter((decision) => decision === "changed password-revoked");
    expect(changes).toHaveLength(1);
  });

  it("S-35: tickets are for the account that the first one showed, until the user is enabled again", async () => {
    const who = await owner();
    const remember = async (id: string, account?: string) =>
      who.guard.rememberTicket(relayed(id), await who.profile(), undefined, account);
    expect(await remember("t_1", "S-1-5-21-1")).toBe("remembered");
    expect(await remember("t_2", "S-1-5-21-2")).toBe("another-account");
    expect(await who.uses("t_2", "discovery")).toBe("dead");
    await evictDurableObject(who.guard);
    expect(await remember("t_3", "S-1-5-21-2")).toBe("another-account");
    expect(await remember("t_4")).toBe("remembered"); // a ticket that shows no account
    expect(await remember("t_5", "S-1-5-21-1")).toBe("remembered");
    await who.command({ kind: "user-changed", reason: "user-enabled" });
    expect(await remember("t_6", "S-1-5-21-2")).toBe("remembered");
    expect(await remember("t_7", "S-1-5-21-1")).toBe("another-account");
  });

  it("a disabled user's tickets are dead, and an older reading of D1 does not bring them back", async () => {
    const who = await owner();
    const before = await who.profile();
    const ticket = await who.signIn("p_1");
    await who.names(ticket, "phone");
    await who.disable();
    expect(await who.uses(ticket, "discovery")).toBe("dead");
    expect(await who.guard.rememberTicket(relayed("late", { credentialId: "p_1" }), before)).toBe("ended");
  });

  it("S-39: the audit has one event of it, with who and why", async () => {
    const who = await owner();
    await who.names(await who.signIn("p_1"), "phone");
    await who.command({ kind: "block", device: "phone" });
    const [, blocked] = await eventsOf(who.guard);
    expect(blocked).toMatchObject({
      channel: "command",
      outcome: "blocked",
      reason: "device-blocked",
      by: "0123abcd",
      user: who.sipUri,
    });
    expect(await eventsOf(who.guard)).toHaveLength(2);
  });

  it("S-39: the audit has what was, and what is, also of a device that is expected or gone", async () => {
    const who = await owner();
    await who.command({ kind: "expect", credentialId: "p_1", key: null });
    await who.command({ kind: "revoke-password", credentialId: "p_2" });
    await who.names(await who.signIn("p_3"), "phone");
    await who.command({ kind: "forget", device: "phone" });
    const changes = (await eventsOf(who.guard)).flatMap(({ reason, change }) =>
      change == null ? [] : [[reason, JSON.parse(change) as unknown]],
    );
    expect(changes).toMatchObject([
      ["device-expected", { before: {}, after: { state: "pending", decision: "allow", credentialId: "p_1" } }],
      [
        "device-forgotten",
        {
          before: { state: "allowed", key: expect.stringContaining(who.own("phone")), credentialId: "p_3" },
          after: {},
        },
      ],
    ]);
  });

  it.each(["approve", "block", "forget"] as const)("%s says when there is no such device", async (kind) => {
    const who = await owner();
    expect(await who.command({ kind, device: "phone" })).toEqual({ ok: false, reason: "no-such-device" });
  });
});
