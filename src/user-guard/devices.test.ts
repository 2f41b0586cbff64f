// The guard's devices inside workerd: what happens when a device names itself, which tickets it makes good, how many a
// user may have, and what an administrator's decision ends.

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  attempt,
  DAY,
  eventsOf,
  HOUR,
  KEYRING,
  MINUTE,
  pass,
  stopClock,
  storageOf,
  typed,
} from "../../test/kit/attempts.ts";
import { apply, enrolment, type Owner, owner } from "../../test/kit/devices.ts";
import { rule as ruleOf } from "../../test/kit/policies.ts";
import { generateAppPassword, ntHashesOf } from "../core/credentials/app-password.ts";
import { sealHashes } from "../core/credentials/sealed-hash.ts";
import type { Partnership } from "../core/device/partnership.ts";
import type { Rule } from "../core/policy/types.ts";
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

const rule = (action: Rule["action"], when: Rule["when"], code = `test-${action}`): Rule => ruleOf(code, action, when);

beforeEach(async () => {
  await apply({});
});

it("S-24: a password whose device is blocked is not remembered as wrong: approved, it signs in at once", async () => {
  const password = generateAppPassword();
  const who = await owner();
  const credential = "p_blocked";
  const ntHashes = sealHashes(KEYRING, { userId: who.id, credentialId: credential }, ntHashesOf(password));
  const user = {
    id: who.id,
    sipUri: who.sipUri,
    disabled: false,
    credentials: [{ id: credential, ntHashes }],
    revoked: [],
  };
  const signIn = async () => (await who.guard.signIn(attempt(user, typed(password)))).kind;
  expect(await signIn()).toBe("signed-in");
  expect(await who.names(await who.signIn(credential), "phone")).toBe("served");
  await who.command({ kind: "block", device: "phone" });
  expect([await signIn(), await signIn(), await signIn()]).toEqual(["refused", "repeated", "repeated"]);
  await who.command({ kind: "approve", device: "phone" });
  expect(await signIn()).toBe("signed-in");
});

describe("a ticket whose device is unknown", () => {
  it("discovers its own resources, and nothing else", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    expect(await who.uses(ticket, "discovery")).toBe("served");
    expect(await who.uses(ticket, "application", "101")).toBe("refused");
    expect(await who.uses(ticket, "application")).toBe("refused");
    expect(await who.uses(ticket, "service")).toBe("refused");
    expect(await decisions(who)).toEqual(["refused device-unnamed"]); // one event, and then a number
    expect(await who.uses("never relayed", "discovery")).toBe("dead");
  });

  it("names its device, which becomes the user's, and may then use everything", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    expect(await who.names(ticket, "phone")).toBe("served");
    expect(await inD1(who)).toMatchObject([
      {
        key: `endpoint:${who.own("phone")}`,
        credentialId: "p_1",
        state: "allowed",
        decision: null,
        decidedBy: "policy",
        reason: "enrolled",
      },
    ]);
    for (const use of ["discovery", "application", "service"] as const) {
      expect(await who.uses(ticket, use, "101"), use).toBe("served");
    }
    expect(await decisions(who)).toEqual(["allowed enrolled"]);
    expect((await eventsOf(who.guard))[0]).toMatchObject({
      channel: "device",
      deviceKey: `endpoint:${who.own("phone")}`,
      user: who.sipUri,
    });
  });

  it("is recognised by an application that its device runs, and by no other", async () => {
    const who = await owner();
    const first = await who.signIn("p_1");
    await who.names(first, "phone");
    expect(await who.uses(first, "application", "101")).toBe("served");
    const renewed = await who.signIn("p_1", { place: "another place" });
    expect(await who.uses(renewed, "application", "102")).toBe("refused");
    expect(await who.uses(renewed, "application", "101")).toBe("served");
    const strange = await who.signIn("p_2");
    expect(await who.uses(strange, "application", "101")).toBe("refused");
  });
});

describe("S-28: an id", () => {
  it("of another user's device is refused, and both sides hear of it", async () => {
    const [alice, mallory] = [await owner(), await owner()];
    const hers = await alice.signIn("p_1");
    await alice.names(hers, "shared");
    expect(await alice.confirms(hers)).toBe("served");
    const stolen = await mallory.signIn("p_1");
    expect(await mallory.names(stolen, "shared")).toBe("refused");
    expect(await mallory.uses(stolen, "application")).toBe("refused");
    expect((await decisions(mallory))[0]).toBe("refused device-of-another-user");
    const [, heard] = await eventsOf(alice.guard);
    expect(heard).toMatchObject({ outcome: "refused", reason: "device-of-another-user", deviceKey: "endpoint:shared" });
    expect(heard?.user).toBe(alice.sipUri);
    expect(await statesOf(mallory)).toEqual([]);
  });

  it("that two users name at the same moment is one's", async () => {
    const people = await Promise.all(Array.from({ length: 10 }, owner));
    const tickets = await Promise.all(people.map((each) => each.signIn("p_1")));
    const verdicts = await Promise.all(people.map((each, at) => each.names(tickets[at], "shared by all")));
    expect(verdicts).toContain("served");
    expect((await Promise.all(people.map(statesOf))).flat()).toEqual(["allowed"]);
    // Of those who reached the Front-End, one is confirmed.
    const confirmed = await Promise.all(people.map((each, at) => each.confirms(tickets[at])));
    expect(confirmed.filter((verdict) => verdict === "served")).toHaveLength(1);
    expect((await Promise.all(people.map(inD1))).flat()).toMatchObject([{ state: "allowed", provisional: false }]);
  });

  it("that changes within a ticket, or with the app password, is refused", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    await who.names(ticket, "phone");
    expect(await who.names(ticket, "another")).toBe("refused");
    expect(await who.names(await who.signIn("p_1"), "another")).toBe("refused");
    expect(await who.names(ticket, "phone", { kind: "device" })).toBe("refused"); // the same word, another kind of id
    expect((await decisions(who)).slice(1)).toEqual(["refused device-changed", "refused device-changed"]);
    expect(await who.uses(ticket, "application")).toBe("served"); // nothing changes for the right device
  });

  it("swapped between two app passwords is refused", async () => {
    const who = await owner();
    const [one, two] = [await who.signIn("p_1"), await who.signIn("p_2")];
    await who.names(one, "phone");
    await who.names(two, "tablet");
    expect(await who.names(one, "tablet")).toBe("refused");
    expect(await who.names(two, "phone")).toBe("refused");
    expect(await who.names(await who.signIn("p_3"), "phone")).toBe("refused");
  });

  it("comes back with a new app password once the old one is revoked", async () => {
    const who = await owner();
    await who.names(await who.signIn("p_1"), "phone");
    await who.command({ kind: "revoke-password", credentialId: "p_1" });
    expect(await inD1(who)).toMatchObject([{ state: "allowed", credentialId: null }]);
    const ticket = await who.signIn("p_2");
    expect(await who.names(ticket, "phone")).toBe("served");
    expect(await who.uses(ticket, "service")).toBe("served");
    expect(await who.names(await who.signIn("p_2"), "another")).toBe("refused");
  });

  it("of a hundred devices with one stolen app password is the first one's", async () => {
    const who = await owner();
    const tickets = await Promise.all(Array.from({ length: 100 }, () => who.signIn("p_1")));
    const verdicts = await Promise.all(tickets.map((ticket, at) => who.names(ticket, `device ${at}`)));
    expect(verdicts.filter((verdict) => verdict === "served")).toHaveLength(1);
    expect(await statesOf(who)).toEqual(["allowed"]);
  });
});

describe("S-27: the most devices a user may have", () => {
  it("holds under a hundred first sign-ins at once: three of three", async () => {
    const who = await owner();
    const tickets = await Promise.all(Array.from({ length: 100 }, (_, at) => who.signIn(`p_${at}`)));
    const verdicts = await Promise.all(tickets.map((ticket, at) => who.names(ticket, `device ${at}`)));
    expect(verdicts.filter((verdict) => verdict === "served")).toHaveLength(3);
    expect(await statesOf(who)).toEqual(["allowed", "allowed", "allowed"]);
    expect((await decisions(who)).filter((each) => each === "refused too-many-devices")).toHaveLength(97);
  });

  it("is the user's own where there is one, and blocking makes room", async () => {
    const who = await owner();
    await who.settings({ maxDevices: 1 });
    await who.names(await who.signIn("p_1"), "one");
    expect(await who.names(await who.signIn("p_2"), "two")).toBe("refused");
    await who.command({ kind: "block", device: "one" });
    expect(await who.names(await who.signIn("p_2"), "two")).toBe("served");
  });
});

describe("enrolment", () => {
  it("by approval: quarantined until somebody approves, with the same ticket", async () => {
    const who = await owner();
    await apply(enrolment({ mode: "approval" }));
    const ticket = await who.signIn("p_1");
    expect(await who.names(ticket, "phone")).toBe("refused");
    expect(await statesOf(who)).toEqual(["quarantined"]);
    expect(await who.uses(ticket, "application")).toBe("refused");
    const approved = await who.command({ kind: "approve", device: "phone" });
    expect(approved).toMatchObject({ ok: true, value: { partnership: { state: "allowed", decision: "allow" } } });
    expect(await who.uses(ticket, "application")).toBe("served");
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("served");
    expect(await decisions(who)).toEqual([
      "quarantined awaiting-approval",
      "quarantined awaiting-approval", // although it was used
      "allowed device-approved",
    ]);
  });

  it("in a window: only while one is open", async () => {
    const who = await owner();
    await apply(enrolment({ mode: "window" }));
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("refused");
    await who.settings({ windowUntil: Date.now() + 15 * MINUTE });
    pass(15 * MINUTE - 1);
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("served");
    pass(1);
    expect(await who.names(await who.signIn("p_2"), "tablet")).toBe("refused");
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("served"); // it is the user's for good
  });

  it("closed: only a device that is expected, by any id or by this one", async () => {
    const who = await owner();
    await apply(enrolment({ mode: "closed" }));
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("refused");
    await who.command({ kind: "expect", credentialId: "p_1", key: null });
    await who.command({ kind: "expect", credentialId: "p_2", key: `endpoint:${who.own("tablet")}` });
    expect(await statesOf(who)).toEqual(["pending", "pending"]);
    expect(await who.names(await who.signIn("p_2"), "another")).toBe("refused");
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("served");
    expect(await who.names(await who.signIn("p_2"), "tablet")).toBe("served");
    await runDurableObjectAlarm(who.guard);
    expect(await inD1(who)).toMatchObject([
      { key: `endpoint:${who.own("phone")}`, state: "allowed", decision: "allow" },
      { key: `endpoint:${who.own("tablet")}`, state: "allowed", decision: "allow" },
    ]);
    expect(await who.command({ kind: "expect", credentialId: "p_1", key: null })).toMatchObject({
      ok: false,
      reason: "password-has-a-device",
    });
  });

  it("as the user's own setting says, even if the policy says otherwise", async () => {
    const who = await owner();
    await who.settings({ enrolment: "closed" });
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("refused");
    await who.settings({ enrolment: null });
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("served");
  });

  it("is asked for again by a device that was not seen for too long", async () => {
    const who = await owner();
    await apply({ expireAfterDays: 10 });
    const ticket = await who.signIn("p_1", { expiresAt: Date.now() + 30 * DAY });
    await who.names(ticket, "phone");
    pass(10 * DAY - 1);
    expect(await who.uses(ticket, "application")).toBe("served"); // and is seen
    pass(10 * DAY - 1);
    expect(await who.uses(ticket, "application")).toBe("served");
    pass(10 * DAY);
    expect(await who.uses(ticket, "application")).toBe("refused");
    await runDurableObjectAlarm(who.guard);
    expect(await statesOf(who)).toEqual(["expired"]);
    expect(await decisions(who)).toEqual([]); // D1 has them
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("served");
    expect(await statesOf(who)).toEqual(["expired"]);
    await runDurableObjectAlarm(who.guard);
    expect(await statesOf(who)).toEqual(["allowed"]);
  });
});

describe("rules", () => {
  it("judge each request from where it comes, and nobody's personal decision", async () => {
    const who = await owner();
    const policy = await apply({ rules: [rule("block", { country: ["KP"] })] });
    const ticket = await who.signIn("p_1");
    await who.names(ticket, "phone");
    const from = async (country: string): Promise<string> => {
      const question = { id: ticket ?? "", use: { kind: "service" } as const, about: aboutKp };
      return (await who.guard.judge({ ...question, source: { network: "192.0.2.1", country, asn: 0 } })).kind;
    };
    expect([await from("DE"), await from("KP")]).toEqual(["served", "refused"]);
    await who.command({ kind: "approve", device: "phone" });
    expect(await from("KP")).toBe("served");
    expect(policy.version).toBeGreaterThan(0);
  });

  it("hold for devices that are there already as soon as the guard has the policy, and never an older one", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    await who.names(ticket, "phone");
    const older = await apply({ rules: [] });
    const newer = await apply({ rules: [rule("block", { deviceId: [who.own("phone")] })] });
    await who.guard.adoptPolicy(newer);
    expect(await who.uses(ticket, "service")).toBe("refused");
    await who.guard.adoptPolicy(older);
    expect(await who.uses(ticket, "service")).toBe("refused");
  });

  it("refuse a new device without binding its app password to it", async () => {
    const who = await owner();
    await apply({
      rules: [rule("block", { deviceId: [who.own("bad")] }), rule("quarantine", { deviceId: [who.own("odd")] })],
    });
    expect(await who.names(await who.signIn("p_1"), "bad")).toBe("refused");
    expect(await statesOf(who)).toEqual([]);
    expect(await who.names(await who.signIn("p_2"), "odd")).toBe("refused");
    expect(await statesOf(who)).toEqual(["quarantined"]);
    expect(await who.names(await who.signIn("p_1"), "good")).toBe("served");
  });
});

const aboutKp = {
  requestId: "r",
  channel: "ticket",
  host: "web.contoso.test",
  source: "192.0.2.1",
  userAgent: "",
  workstation: "",
} as const;

describe("what a guard has lost", () => {
  it("it reads in D1 before it remembers a ticket: partnerships, and a block among them", async () => {
    const who = await owner();
    await who.names(await who.signIn("p_1"), "phone");
    await who.names(await who.signIn("p_2"), "tablet");
    await who.command({ kind: "block", device: "tablet" });
    await runInDurableObject(who.guard, (_, { storage }) => storage.deleteAll());
    await evictDurableObject(who.guard);
    expect(await who.signIn("p_2")).toBeUndefined();
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("served");
    expect(await who.names(await who.signIn("p_1"), "another")).toBe("refused");
  });

  it("an object with devices is not deleted, one without is", async () => {
    const [with_, without] = [await owner(), await owner()];
    await with_.names(await with_.signIn("p_1", { expiresAt: Date.now() + 1 }), "phone");
    await without.signIn("p_1", { expiresAt: Date.now() + 1 });
    for (const { guard } of [with_, without]) {
      for (let rings = 0; rings < 4; rings++) {
        pass(HOUR);
        await runDurableObjectAlarm(guard);
      }
    }
    expect((await storageOf(with_.guard)).rows).toMatchObject({ devices: 1 });
    expect((await storageOf(without.guard)).rows).toEqual({});
  });
});
