// S-62: a device that waits for its own user, and what a person decides about own devices, in a real guard.

import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { DAY, eventsOf, pass, stopClock } from "../../test/kit/attempts.ts";
import { apply, enrolment, type Owner, owner } from "../../test/kit/devices.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { decides, eventsSaid, ownDevice, stateOf, waitingPhone } from "../../test/kit/own-devices.ts";
import { rule } from "../../test/kit/policies.ts";
import { BY_SELF } from "../audit/event.ts";
import type { EnrolmentMode, Policy } from "../core/policy/types.ts";
import { openDatabase } from "../store/database.ts";
import { addAppPassword, disableUser, listAppPasswords } from "../store/directory.ts";
import { partnershipsOfUser } from "../store/partnerships.ts";
import { UserGuard } from "./user-guard.ts";

const db = openDatabase(env.DB);
const SELF = enrolment({ mode: "self" });

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
  await apply(SELF);
});

const refused = (reason: string) => ({ ok: false, reason });

describe("S-62: a new device in the mode self", () => {
  it("waits for its user, is served nothing, and is served after the approval", async () => {
    const { who, ticket } = await waitingPhone();
    expect(await who.uses(ticket, "service")).toBe("refused");
    expect(await ownDevice(who, "phone")).toMatchObject({ state: "quarantined", reason: "awaiting-own-approval" });
    expect(await decides(who, "approve-own", "phone")).toMatchObject({
      ok: true,
      value: { unchanged: false, judgement: { action: "allow", reason: "enrolled" } },
    });
    expect(await who.names(ticket, "phone")).toBe("served");
    expect(await who.confirms(ticket)).toBe("served");
    expect(await who.uses(ticket, "service")).toBe("served");
    expect(await partnershipsOfUser(db, who.id)).toMatchObject([
      { state: "allowed", decision: null, decidedBy: "self" },
    ]);
  });

  it("S-39: the audit says that the person did it, in the portal", async () => {
    const { who } = await waitingPhone();
    await decides(who, "approve-own", "phone");
    await decides(who, "block-own", "phone");
    await decides(who, "forget-own", "phone");
    expect(await eventsSaid(who)).toEqual([
      "quarantined awaiting-own-approval",
      "allowed device-approved-by-owner",
      "blocked device-blocked-by-owner",
      "changed password-revoked",
      "changed device-forgotten-by-owner",
    ]);
    const [, ...own] = await eventsOf(who.guard);
    for (const event of own) {
      expect(event).toMatchObject({ channel: "portal", by: "self", userId: who.id, user: who.sipUri });
    }
    expect(own.every(({ change }) => change?.includes("before"))).toBe(true);
  });

  it("may be approved or blocked by an administrator too", async () => {
    const [one, other] = [await waitingPhone(), await waitingPhone()];
    await one.who.command({ kind: "approve", device: "phone" });
    expect(await one.who.names(one.ticket, "phone")).toBe("served");
    await other.who.command({ kind: "block", device: "phone" });
    expect(await decides(other.who, "approve-own", "phone")).toEqual(refused("device-blocked"));
  });

  it("is enrolled by the approval, no more: a rule and a later block decide about it", async () => {
    const { who, ticket } = await waitingPhone();
    await decides(who, "approve-own", "phone");
    await who.guard.adoptPolicy(await apply({ ...SELF, rules: [rule("no-phones", "block")] }));
    expect(await who.names(ticket, "phone")).toBe("refused");
    await who.guard.adoptPolicy(await apply(SELF));
    expect(await who.names(ticket, "phone")).toBe("served");
    await who.command({ kind: "block", device: "phone" });
    expect(await who.names(ticket, "phone")).toBe("dead");
  });

  it("follows the user's own mode before the policy's", async () => {
    await apply(enrolment({ mode: "closed" }));
    const who = await owner();
    await who.settings({ enrolment: "self" });
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("refused");
    expect(await decides(who, "approve-own", "phone")).toMatchObject({ ok: true });
  });
});

describe("S-62: a person cannot approve", () => {
  it.each<[string, Partial<Policy>]>([
    ["the mode approval", enrolment({ mode: "approval" })],
    ["a rule", { ...SELF, rules: [rule("look-first", "quarantine")] }],
  ])("what %s quarantined, though the mode is self later and no rule speaks against it", async (_, policy) => {
    await apply(policy);
    const { who, ticket } = await waitingPhone();
    await apply(SELF);
    expect(await decides(who, "approve-own", "phone")).toEqual(refused("awaits-administrator"));
    // Nor by a way round.
    expect(await decides(who, "forget-own", "phone")).toEqual(refused("awaits-administrator"));
    await decides(who, "block-own", "phone");
    expect(await decides(who, "forget-own", "phone")).toEqual(refused("awaits-administrator"));
    expect(await decides(who, "approve-own", "phone")).toEqual(refused("device-blocked"));
    expect(await who.names(ticket, "phone")).toBe("dead");
  });

  it("what is blocked, by an administrator or by oneself", async () => {
    for (const kind of ["command", "own"] as const) {
      const { who } = await waitingPhone();
      if (kind === "own") await decides(who, "block-own", "phone");
      else await who.command({ kind: "block", device: "phone" });
      expect(await decides(who, "approve-own", "phone")).toEqual(refused("device-blocked"));
    }
  });

  it("what has waited for seven days, however often it came; it waits again when it comes again", async () => {
    const { who, ticket } = await waitingPhone();
    const id = (await ownDevice(who, "phone"))?.id ?? "";
    for (let days = 0; days < 7; days++) {
      expect(await who.names(ticket, "phone", { source: `192.0.2.${days}` })).toBe("refused");
      pass(DAY);
    }
    expect(await decides(who, "approve-own", id)).toEqual(refused("does-not-wait"));
    expect(await stateOf(who)).toBe("expired");
    const expired = (await eventsOf(who.guard)).find(({ reason }) => reason === "device-expired");
    expect(expired).toMatchObject({ channel: "clock", outcome: "blocked", why: "nobody approved it" });
    expect(await who.names(ticket, "phone")).toBe("refused");
    expect(await ownDevice(who, "phone")).toMatchObject({ id, state: "quarantined", reason: "awaiting-own-approval" });
    expect(await decides(who, "approve-own", "phone")).toMatchObject({ ok: true });
    expect(await who.names(ticket, "phone")).toBe("served");
  });

  it("what came with an app password that is revoked now, until it comes with another one", async () => {
    const { who } = await waitingPhone();
    await who.command({ kind: "revoke-password", credentialId: "p_1" });
    expect(await decides(who, "approve-own", "phone")).toEqual(refused("does-not-wait"));
    const again = await who.signIn("p_2");
    expect(await who.names(again, "phone")).toBe("refused");
    expect(await decides(who, "approve-own", "phone")).toMatchObject({ ok: true });
    expect(await who.names(again, "phone")).toBe("served");
  });

  it("what is expected, what is not there, and what is somebody else's", async () => {
    const [{ who }, other] = [await waitingPhone(), await owner()];
    await other.signIn("p_1");
    const expected = await who.command({ kind: "expect", credentialId: "p_2", key: null });
    const pending = expected.ok ? (expected.value.partnership?.id ?? "") : "";
    const hers = (await ownDevice(who, "phone"))?.id ?? "";
    expect(await decides(who, "approve-own", pending)).toEqual(refused("does-not-wait"));
    expect(await decides(who, "forget-own", pending)).toEqual(refused("awaits-administrator"));
    for (const kind of ["approve-own", "block-own", "forget-own"] as const) {
      expect(await decides(other, kind, hers), kind).toEqual(refused("no-such-device"));
      // Only the whole id of the partnership means a device.
      expect(await decides(who, kind, hers.slice(0, 10)), kind).toEqual(refused("no-such-device"));
      expect(await decides(who, kind, `endpoint:${who.own("phone")}`), kind).toEqual(refused("no-such-device"));
    }
    expect(await stateOf(who)).toBe("quarantined");
  });

  it.each<[EnrolmentMode, string]>([
    ["open", "own-approval-off"],
    ["window", "own-approval-off"],
    ["approval", "own-approval-off"],
    ["closed", "own-approval-off"],
  ])("after the policy's mode has become %s, though no guard was told", async (mode, reason) => {
    const { who, ticket } = await waitingPhone();
    await apply(enrolment({ mode }));
    expect(await decides(who, "approve-own", "phone")).toEqual(refused(reason));
    expect(await who.names(ticket, "phone")).toBe("refused");
    // An administrator can let it in, and so can the person once the mode is self again.
    await apply(SELF);
    expect(await decides(who, "approve-own", "phone")).toMatchObject({ ok: true });
  });

  it.each(["block", "quarantine"] as const)("past a rule that would %s it now", async (action) => {
    const { who } = await waitingPhone();
    await apply({ ...SELF, rules: [rule("not-these", action)] });
    expect(await decides(who, "approve-own", "phone")).toEqual(refused("kept-out-by-rule"));
    await apply({ ...SELF, rules: [rule("these", "allow"), rule("not-these", action)] });
    expect(await decides(who, "approve-own", "phone")).toMatchObject({ ok: true });
  });

  it("past a limit that is lower now", async () => {
    const { who } = await waitingPhone();
    await who.settings({ enrolment: "open" });
    await who.names(await who.signIn("p_2"), "tablet");
    await who.settings({ enrolment: null, maxDevices: 1 });
    expect(await decides(who, "approve-own", "phone")).toEqual(refused("too-many-devices"));
    await decides(who, "forget-own", "tablet");
    expect(await decides(who, "approve-own", "phone")).toMatchObject({ ok: true });
  });

  it("when the user's own mode is another one, or the user is disabled", async () => {
    const { who } = await waitingPhone();
    await who.settings({ enrolment: "approval" });
    expect(await decides(who, "approve-own", "phone")).toEqual(refused("own-approval-off"));
    await who.settings({ enrolment: null });
    await disableUser(db, who.id, Date.now()); // its guard has not heard of it
    for (const kind of ["approve-own", "block-own", "forget-own"] as const) {
      expect(await decides(who, kind, "phone"), kind).toEqual(refused("user-disabled"));
    }
  });

  it("what came again from elsewhere, or as another client, since the page was shown", async () => {
    const { who, ticket } = await waitingPhone({ source: "192.0.2.1" });
    const shownAt = (await ownDevice(who, "phone"))?.lastSeenAt ?? 0;
    pass(1_000);
    await who.names(ticket, "phone", { source: "192.0.2.1" });
    expect((await ownDevice(who, "phone"))?.lastSeenAt).toBe(shownAt); // the same again is not news
    await who.names(ticket, "phone", { source: "198.51.100.7" });
    expect(await decides(who, "approve-own", "phone", shownAt)).toEqual(refused("seen-since"));
    const now = await ownDevice(who, "phone");
    expect(now).toMatchObject({ state: "quarantined", source: { network: "198.51.100.7" } });
    pass(1_000);
    await who.names(ticket, "phone", { source: "198.51.100.7", userAgent: "Another/1.0" });
    expect(await decides(who, "approve-own", "phone", now?.lastSeenAt)).toEqual(refused("seen-since"));
    expect(await decides(who, "approve-own", "phone")).toMatchObject({ ok: true });
  });
});

describe("S-62: a person blocks an own device", () => {
  /** Somebody whose phone is let in, with an app password that D1 has. */
  async function using() {
    const { who, ticket } = await waitingPhone();
    await addAppPassword(db, { id: `p_1${who.id}`, userId: who.id, label: "", ntHashes: "" }, 0);
    const mine = await who.signIn(`p_1${who.id}`);
    await decides(who, "approve-own", "phone");
    await who.names(ticket, "phone");
    await who.names(mine, "tablet");
    return { who, ticket, mine, password: `p_1${who.id}` };
  }
  const revokedIn = async (who: Owner, password: string): Promise<boolean> =>
    (await listAppPasswords(db, who.id)).some(({ id, revokedAt }) => id === password && revokedAt !== null);

  it("refuses a device that is not the person's, and revokes the app password that it came with", async () => {
    const { who, mine, password } = await using(); // the tablet waits
    expect(await decides(who, "block-own", "tablet")).toMatchObject({
      ok: true,
      value: { revokedPassword: password, partnership: { state: "blocked", credentialId: null } },
    });
    expect(await revokedIn(who, password)).toBe(true);
    expect(await who.uses(mine, "discovery")).toBe("dead");
    expect(await who.signIn(password)).toBeUndefined();
    expect(await who.names(await who.signIn("p_3"), "tablet")).toBe("refused");
    expect((await eventsSaid(who)).at(-1)).toBe("refused device-blocked");
    expect(await stateOf(who)).toBe("allowed"); // the phone
  });

  it("ends one that is let in at once, in any mode, and may take that back by forgetting it", async () => {
    const { who, ticket } = await using();
    await apply(enrolment({ mode: "open" }));
    await decides(who, "block-own", "phone");
    expect(await who.uses(ticket, "discovery")).toBe("dead");
    expect(await who.guard.living([ticket ?? ""])).toEqual([]);
    await apply(SELF);
    expect(await decides(who, "forget-own", "phone")).toMatchObject({ ok: true });
    const again = await who.signIn("p_9");
    expect(await who.names(again, "phone")).toBe("refused"); // it waits like a new one
    expect((await eventsSaid(who)).at(-1)).toBe("quarantined awaiting-own-approval");
  });

  it("leaves an administrator's block as it is, which no own command undoes", async () => {
    const { who } = await using();
    await who.command({ kind: "block", device: "phone" });
    expect(await decides(who, "block-own", "phone")).toMatchObject({ ok: true, value: { unchanged: true } });
    expect(await ownDevice(who, "phone")).toMatchObject({
      ...{ decidedBy: "0123abcd", reason: "device-blocked", credentialId: "p_1" },
    });
    expect(await decides(who, "forget-own", "phone")).toEqual(refused("device-blocked"));
    expect(await decides(who, "approve-own", "phone")).toEqual(refused("device-blocked"));
    // Nor does a block of one's own before it.
    await decides(who, "block-own", "tablet");
    await who.command({ kind: "block", device: "tablet" });
    expect(await decides(who, "forget-own", "tablet")).toEqual(refused("device-blocked"));
  });

  it("is in force though D1 fails, and the same command finishes it", async () => {
    const { who, password, mine } = await using();
    const tablet = (await ownDevice(who, "tablet"))?.id ?? "";
    const profile = await who.profile();
    const command = { kind: "block-own", device: tablet, about: ABOUT, by: BY_SELF, why: "" } as const;
    const failing = (): never => {
      throw new Error("D1_ERROR: the database is down");
    };
    const DB = { prepare: failing, batch: failing } as unknown as D1Database;
    await runInDurableObject(who.guard, (_, state) =>
      expect(new UserGuard(state, { ...env, DB }).command(profile, command)).rejects.toThrow("the database is down"),
    );
    await evictDurableObject(who.guard);
    expect(await who.uses(mine, "discovery")).toBe("dead");
    expect(await who.signIn(password)).toBeUndefined();
    expect(await revokedIn(who, password)).toBe(false);
    expect(await decides(who, "block-own", "tablet")).toMatchObject({ ok: true, value: { revokedPassword: password } });
    expect(await revokedIn(who, password)).toBe(true);
  });
});
