// What a user's own pages are told by the guard, in workerd: the devices as they are judged now, and what has become of
// an app password while its person waits for the device.

import { runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  attempt,
  pass,
  SECOND,
  someone,
  stopClock,
  strangeNetwork,
  typed,
} from "../../test/kit/attempts.ts";
import { apply, enrolment, type Owner, owner } from "../../test/kit/devices.ts";
import { decides } from "../../test/kit/own-devices.ts";
import { rule } from "../../test/kit/policies.ts";
import { auditEvent } from "../audit/event.ts";
import { generateAppPassword } from "../core/credentials/app-password.ts";
import type { OwnDevicesAnswers } from "../guards/own-devices.ts";
import { arrivalOf } from "../portal/devices/arrival.ts";

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
  await apply({});
});

async function watch(who: Pick<Owner, "guard" | "profile">, credentialId: string) {
  const answer = await who.guard.portal(await who.profile(), { kind: "watch", credentialId });
  return answer as OwnDevicesAnswers["watch"];
}
async function devicesOf(who: Owner) {
  return (await who.guard.portal(await who.profile(), { kind: "devices" })) as OwnDevicesAnswers["devices"];
}
const arrival = async (who: Owner, credentialId: string, since = 0) =>
  arrivalOf(await watch(who, credentialId), since, Date.now());

const IPHONE = "iPhoneLync/5.8.1346.0 (iPhone; iOS 9.3)";

describe("a person who waits for a device", () => {
  it("is told of it when it names itself, and of nobody else's", async () => {
    const [who, other] = [await owner(), await owner()];
    expect(await arrival(who, "p_phone")).toEqual({ kind: "waiting" });
    const ticket = await who.signIn("p_phone");
    await who.names(ticket, "phone", { userAgent: IPHONE, country: "DE" });
    const here = await arrival(who, "p_phone");
    expect(here).toMatchObject({
      kind: "here",
      bound: { device: { facts: { product: "iPhoneLync", version: "5.8.1346.0" }, source: { country: "DE" } } },
    });
    expect(await watch(other, "p_phone")).toEqual({ kind: "watch", lately: [], ended: false });
    expect(await arrival(who, "p_other")).toEqual({ kind: "waiting" });
  });

  it("is told in which way the policy keeps it out, and what its rule says to people", async () => {
    const told = async (policy: Parameters<typeof apply>[0]) => {
      await apply(policy);
      const who = await owner();
      await who.names(await who.signIn("p_1"), "phone", { userAgent: IPHONE });
      return arrival(who, "p_1");
    };
    expect(await told(enrolment({ mode: "closed" }))).toMatchObject({ kind: "refused", why: "closed" });
    expect(await told(enrolment({ mode: "window" }))).toMatchObject({ kind: "refused", why: "no-window" });
    expect(await told(enrolment({ mode: "self" }))).toMatchObject({ kind: "kept-out", why: "own-approval" });
    expect(await told(enrolment({ mode: "approval" }))).toMatchObject({ kind: "kept-out", why: "approval" });
    const noPhones = { rules: [rule("no-phones", "block", { type: ["phone"] })] };
    const refused = await told(noPhones);
    expect(refused).toMatchObject({ kind: "refused", why: "rule", seen: { rule: expect.any(String) } });
  });

  it("is told of too many devices, of a second device with one password, and of an end", async () => {
    await apply(enrolment({ maxDevices: 1 }));
    const who = await owner();
    await who.names(await who.signIn("p_1"), "phone");
    await who.names(await who.signIn("p_2"), "tablet");
    expect(await arrival(who, "p_2")).toMatchObject({ kind: "refused", why: "too-many" });
    await who.command({ kind: "revoke-password", credentialId: "p_2" });
    expect(await arrival(who, "p_2")).toEqual({ kind: "ended" });
  });

  it("is told of a wrong password and of a wait, of this time only, and of a right one", async () => {
    const who = someone();
    const { guard, user } = who;
    const profile = {
      subject: {
        ...{ userId: user.id, sipUri: user.sipUri, disabled: false, groups: [] },
        ...{ enrolment: null, maxDevices: null, windowUntil: null, sid: null, revision: 0 },
      },
      policyVersion: 0,
    };
    const asked = async (since = 0) =>
      arrivalOf(
        (await guard.portal(profile, { kind: "watch", credentialId: "p_0" })) as OwnDevicesAnswers["watch"],
        since,
        Date.now(),
      );
    const source = strangeNetwork();
    const guess = () => guard.signIn(attempt(user, typed(generateAppPassword()), { source }));
    await guess();
    expect(await asked()).toMatchObject({ kind: "wrong-password", seen: { source } });
    pass(SECOND);
    expect(await asked(Date.now())).toEqual({ kind: "waiting" });
    for (let tries = 0; tries < 8; tries++) await guess();
    expect(await asked()).toMatchObject({ kind: "locked", until: expect.any(Number), seen: { source } });
  });

  it("knows of sixteen wrong passwords at most, and they push nothing out that the right one did", async () => {
    const who = await owner();
    await apply(enrolment({ mode: "closed" }));
    await who.names(await who.signIn("p_1"), "phone");
    const wrong = { outcome: "refused", reason: "wrong-proof", userId: who.id, user: who.sipUri } as const;
    for (let tries = 0; tries < 40; tries++) {
      pass(SECOND);
      const about = { ...aboutFrom(strangeNetwork()), channel: "ntlm" } as const;
      await who.guard.recordEnd(auditEvent(about, wrong, Date.now()));
    }
    const { lately } = await watch(who, "p_1");
    const own = lately.filter(({ credentialId }) => credentialId === "p_1");
    expect([lately.length - own.length, own.some(({ reason }) => reason === "enrolment-closed")]).toEqual([16, true]);
  });

  it("writes nothing, however often the page asks", async () => {
    const who = await owner();
    await who.names(await who.signIn("p_1"), "phone");
    const tables = () =>
      runInDurableObject(who.guard, (_, { storage: { sql } }) =>
        sql
          .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
          .toArray()
          .map(({ name }) => [name, sql.exec(`SELECT * FROM ${String(name)}`).toArray()]),
      );
    const before = await tables();
    for (let times = 0; times < 20; times++) await watch(who, "p_1");
    expect(await tables()).toEqual(before);
  });
});

describe("a person's list of devices", () => {
  it("has each as it is judged now, the one seen last first, and says what a new one has to expect", async () => {
    await apply(enrolment({ mode: "self" }));
    const who = await owner();
    await who.names(await who.signIn("p_1"), "phone", { userAgent: IPHONE });
    pass(SECOND);
    await who.names(await who.signIn("p_2"), "tablet");
    await decides(who, "approve-own", "tablet");
    const { devices, outlook } = await devicesOf(who);
    expect(devices.map(({ device: { key }, judgement }) => [key, judgement.action])).toEqual([
      [`endpoint:${who.own("tablet")}`, "allow"],
      [`endpoint:${who.own("phone")}`, "quarantine"],
    ]);
    expect(outlook).toEqual({ kind: "self" });
    await apply(enrolment({ maxDevices: 2 }));
    expect((await devicesOf(who)).outlook).toEqual({ kind: "full", limit: 2 });
  });
});
