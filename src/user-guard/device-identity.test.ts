// S-28, S-17: clients that make up another id each time they start. If a rule says so, the app password is the device:
// one partnership for every id that is named. Nothing else about devices changes.

import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { eventsOf, pass, stopClock } from "../../test/kit/attempts.ts";
import { apply, enrolment, type Owner, owner } from "../../test/kit/devices.ts";
import type { Policy, Rule, RuleCode } from "../core/policy/types.ts";

const BOT = "UCWA Samples";

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
  await apply({});
});

const bots = (action: Rule["action"] = "allow"): Rule => ({
  ...{
    code: "bots" as RuleCode,
    action,
    reason: "The bot makes up an id each time it starts",
    identity: "app-password",
  },
  when: { userAgent: [`${BOT}*`] },
});
const letIn = (more: Partial<Policy> = {}, action?: Rule["action"]) => apply({ rules: [bots(action)], ...more });

/** One of somebody's app passwords. The ids of app passwords are unique. */
const pw = (who: Owner, n = 1): string => `p_${n} of ${who.id}`;

let starts = 0;
/** The client starts: it signs in and names an id that nobody has named before. */
async function started(who: Owner, n = 1): Promise<{ readonly ticket: string; readonly named: string }> {
  const ticket = (await who.signIn(pw(who, n))) ?? "none";
  return { ticket, named: await who.names(ticket, `made up ${++starts}`, { userAgent: BOT }) };
}
const devices = async ({ guard }: Owner) => (JSON.parse(await guard.kept()).devices ?? []) as Record<string, unknown>[];
const reasons = async ({ guard }: Owner) =>
  (await eventsOf(guard)).map(({ outcome, reason }) => `${outcome} ${reason}`);

describe("S-28: by default", () => {
  it("another id with the same app password is another device: the second start is refused", async () => {
    const who = await owner();
    expect((await started(who)).named).toBe("served");
    expect((await started(who)).named).toBe("refused");
    expect(await reasons(who)).toEqual(["allowed enrolled", "refused device-changed"]);
  });
});

describe("S-28: with a rule that makes the app password the device", () => {
  it("each start is the same device: one partnership, counted once, in the audit by its app password", async () => {
    const who = await owner();
    await letIn(enrolment({ maxDevices: 1 }));
    const [first, second, third] = [await started(who), await started(who), await started(who)];
    expect([first.named, second.named, third.named]).toEqual(["served", "served", "served"]);
    expect(await devices(who)).toMatchObject([
      { key: `password:${pw(who)}`, credentialId: pw(who, 1), provisional: false },
    ]);
    for (const { ticket } of [first, second, third]) expect(await who.uses(ticket, "service")).toBe("served");
    // Two clients that share the app password are one device. So are two ids that one ticket names.
    expect(await who.names(first.ticket, "made up again", { userAgent: BOT })).toBe("served");
    expect(await devices(who)).toHaveLength(1);
  });

  it("the audit has one enrolment, under the app password", async () => {
    const who = await owner();
    await letIn();
    await started(who);
    await started(who);
    expect(await eventsOf(who.guard)).toMatchObject([
      {
        outcome: "allowed",
        reason: "bots",
        deviceKey: `password:${pw(who)}`,
        credentialId: pw(who, 1),
        why: "the app password is the device",
      },
    ]);
  });

  it("two that start at the same moment are one device", async () => {
    const who = await owner();
    await letIn(enrolment({ maxDevices: 1 }));
    const all = await Promise.all(Array.from({ length: 10 }, () => started(who)));
    expect(all.map(({ named }) => named)).toEqual(Array(10).fill("served"));
    expect(await devices(who)).toHaveLength(1);
  });

  it("another app password is another device, and counts", async () => {
    const who = await owner();
    await letIn(enrolment({ maxDevices: 1 }));
    expect((await started(who)).named).toBe("served");
    expect((await started(who, 2)).named).toBe("refused");
    expect((await reasons(who)).at(-1)).toBe("refused too-many-devices");
  });

  it("S-17: blocked, all of it ends at once, and nothing comes back with the app password", async () => {
    const who = await owner();
    await letIn();
    const [first, second] = [await started(who), await started(who)];
    expect(await who.command({ kind: "block", device: `password:${pw(who)}` })).toMatchObject({ ok: true });
    expect(await who.uses(first.ticket, "discovery")).toBe("dead");
    expect(await who.uses(second.ticket, "discovery")).toBe("dead");
    expect(await who.signIn(pw(who, 1))).toBeUndefined();
  });

  it("S-17: its app password revoked, all of it ends at once", async () => {
    const who = await owner();
    await letIn();
    const [first, second] = [await started(who), await started(who)];
    await who.command({ kind: "revoke-password", credentialId: pw(who, 1) });
    expect(await who.uses(first.ticket, "discovery")).toBe("dead");
    expect(await who.uses(second.ticket, "discovery")).toBe("dead");
    expect(await who.signIn(pw(who, 1))).toBeUndefined();
  });

  it("an app password whose device named itself stays that device's: a client that says it is a bot does not take it", async () => {
    const who = await owner();
    expect(await who.names(await who.signIn(pw(who, 1)), "phone")).toBe("served");
    await letIn();
    expect((await started(who)).named).toBe("refused");
    expect((await reasons(who)).at(-1)).toBe("refused device-changed");
    expect(await who.names(await who.signIn(pw(who, 1)), "phone", { userAgent: BOT })).toBe("served");
    expect(JSON.stringify(await who.command({ kind: "explain", device: "phone" }))).toContain(
      "To apply the rule, forget this device.",
    );
    expect(await devices(who)).toMatchObject([{ key: `endpoint:${who.own("phone")}` }]);
    // When the device was forgotten, the next start makes the app password the device again.
    await who.command({ kind: "forget", device: "phone" });
    expect([(await started(who)).named, (await started(who)).named]).toEqual(["served", "served"]);
  });

  it("the rule holds for each request: without it, and for a client that is not what it says, nothing is served", async () => {
    const who = await owner();
    await letIn();
    const { ticket } = await started(who);
    expect(await who.names(await who.signIn(pw(who, 1)), "made up", { userAgent: "another" })).toBe("refused");
    expect(await who.uses(ticket, "service")).toBe("served");
    await who.guard.adoptPolicy(await apply({}));
    expect(await who.uses(ticket, "service")).toBe("refused");
    expect((await started(who)).named).toBe("refused");
    expect((await reasons(who)).filter((each) => each !== "refused device-changed")).toEqual(["allowed bots"]);
  });

  it("a certificate is given to no such device: a desktop's DeviceId stays what tells it from others", async () => {
    const who = await owner();
    await letIn();
    await started(who);
    const desktop = { kind: "device", userAgent: BOT } as const;
    expect(await who.names(await who.signIn(pw(who, 1)), "a desktop", desktop)).toBe("refused");
    expect(await who.names(await who.signIn(pw(who, 2)), "a desktop", desktop)).toBe("served");
    expect((await devices(who)).map(({ key }) => key)).toEqual(
      expect.arrayContaining([`password:${pw(who)}`, `device:${who.own("a desktop")}`]),
    );
  });

  it("an id that belongs to another user is refused all the same, and both hear of it", async () => {
    const [alice, bob] = [await owner(), await owner()];
    const hers = await alice.signIn(pw(alice, 1));
    await alice.names(hers, "shared with a bot");
    await alice.confirms(hers);
    await letIn();
    expect((await started(bob)).named).toBe("served");
    expect(await bob.names(await bob.signIn(pw(bob, 1)), "shared with a bot", { userAgent: BOT })).toBe("refused");
    expect((await reasons(bob)).at(-1)).toBe("refused device-of-another-user");
    expect((await reasons(alice)).at(-1)).toBe("refused device-of-another-user");
  });

  it("with `quarantine` each such app password waits for approval, once", async () => {
    const who = await owner();
    await letIn({}, "quarantine");
    const { ticket, named } = await started(who);
    expect(named).toBe("refused");
    await who.command({ kind: "approve", device: `password:${pw(who)}` });
    expect(await who.uses(ticket, "service")).toBe("served");
    expect((await started(who)).named).toBe("served");
    expect(await devices(who)).toHaveLength(1);
  });

  it("in mode `closed` only an app password that is expected, of any id", async () => {
    const who = await owner();
    await letIn(enrolment({ mode: "closed" }));
    expect((await started(who)).named).toBe("refused");
    await who.command({ kind: "expect", credentialId: pw(who, 1), key: null });
    await who.command({ kind: "expect", credentialId: pw(who, 2), key: `endpoint:${who.own("phone")}` });
    expect([(await started(who)).named, (await started(who)).named]).toEqual(["served", "served"]);
    expect((await started(who, 2)).named).toBe("refused");
    expect(await who.names(await who.signIn(pw(who, 2)), "phone", { userAgent: BOT })).toBe("served");
    expect((await devices(who)).map(({ key }) => key).toSorted()).toEqual([
      `endpoint:${who.own("phone")}`,
      `password:${pw(who)}`,
    ]);
  });

  it("expires like any other, and enrols again with the next start", async () => {
    const who = await owner();
    await letIn({ expireAfterDays: 1 });
    const { ticket } = await started(who);
    pass(86_400_000);
    expect(await who.uses(ticket, "service")).not.toBe("served");
    expect((await started(who)).named).toBe("served");
    expect(await devices(who)).toMatchObject([{ state: "allowed", key: `password:${pw(who)}` }]);
  });
});
