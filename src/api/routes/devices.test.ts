// The admin API's routes of users and their devices as the Worker serves them, on real guards: what they answer, what
// they refuse, and what holds when they have answered.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { askApp } from "../../../test/kit/ask-app.ts";
import { type Owner, owner } from "../../../test/kit/devices.ts";
import { findEvents } from "../../../test/kit/stored-events.ts";
import type { Env } from "../../config/env.ts";
import { guardOf } from "../../guards/route.ts";
import { openDatabase } from "../../store/database.ts";
import {
  addAppPassword,
  disableUser,
  enableUser,
  listAppPasswords,
  revokeAppPassword,
  userById,
} from "../../store/directory.ts";
import type {
  DeviceChangedAnswer,
  PasswordRevokedAnswer,
  UserChangedAnswer,
  WhyAnswer,
  WindowAnswer,
} from "../device-answers.ts";
import type { DevicePageAnswer } from "../schemas/device-list.ts";

const HOST = "admin.contoso.test";
const KEY = Buffer.alloc(32, 1).toString("base64");
const db = openDatabase(env.DB);
const origin = { fetch: async () => new Response("the Front-End") } as unknown as Fetcher;
const worker: Env = {
  ...env,
  ...{ ORIGIN: origin, CONNECTOR: origin, CONNECTOR_SECRET: "secret", ADMIN_HOST: HOST, ADMIN_KEYS: KEY },
};
const GUID = "7d5c5d6e-0000-4000-8000-5d1c2a3b4c5d";

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
});

async function ask(path: string, body?: object, verb = "POST"): Promise<Response> {
  const method = body === undefined ? "GET" : verb;
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  return askApp(`https://${HOST}${path}`, { method, headers, ...text }, worker);
}

async function answer<T>(path: string, body?: object, verb?: string): Promise<T> {
  const response = await ask(path, body, verb);
  expect(response.status).toBe(200);
  return response.json<T>();
}

async function fault(path: string, body?: object, verb?: string): Promise<unknown[]> {
  const response = await ask(path, body, verb);
  const problem = await response.json<{ code: string }>();
  return [response.status, problem.code];
}

const pathOf = ({ sipUri }: Owner): string => `/v1/users/${encodeURIComponent(sipUri)}`;
const deviceOf = (who: Owner, device: string): string => `${pathOf(who)}/devices/${encodeURIComponent(device)}`;

/** An app password in the directory; its id. */
async function password({ id: userId }: Owner): Promise<string> {
  const id = `p_${crypto.randomUUID().slice(0, 8)}`;
  await addAppPassword(db, { id, userId, label: "", ntHashes: "" }, 0);
  return id;
}

/** Somebody with a phone that is in use, and the ticket it holds. */
async function withPhone() {
  const who = await owner();
  const credentialId = await password(who);
  const ticket = await who.signIn(credentialId);
  await who.names(ticket, "phone");
  const phone = `endpoint:${who.own("phone")}`;
  return { who, credentialId, ticket, phone };
}

describe("devices", () => {
  it("of one user are listed, and of nobody are not", async () => {
    const { who, phone } = await withPhone();
    await withPhone();
    const { items, next } = await answer<DevicePageAnswer>(
      `/v1/devices?user=${encodeURIComponent(who.sipUri.toUpperCase())}`,
    );
    expect([items.map(({ key, user }) => [key, user]), next]).toEqual([[[phone, who.sipUri]], null]);
    expect(await fault("/v1/devices?user=nobody%40contoso.test")).toEqual([404, "no-such-user"]);
    expect(await fault("/v1/devices?user=nobody")).toEqual([400, "unusable-name"]);
  });

  it("are explained with the verdict of the step that decides", async () => {
    const { who, phone } = await withPhone();
    const allowed = await answer<WhyAnswer>(`${deviceOf(who, phone)}/why`);
    expect(allowed).toMatchObject({ user: who.sipUri, judgement: { action: "allow", reason: "enrolled" } });
    expect(allowed.steps.find(({ outcome }) => outcome === "decided")?.step).toBe("enrolled");
    await answer(`${deviceOf(who, allowed.device.id.slice(0, 8))}/block`, { why: "lost\u202e" });
    const blocked = await answer<WhyAnswer>(`${deviceOf(who, phone.toUpperCase())}/why`);
    expect(blocked.judgement).toMatchObject({ action: "block", reason: "device-blocked" });
    expect(blocked.device.reason).toBe("lost\u{fffd}");
    expect(await fault(`${deviceOf(who, "d_nothing")}/why`)).toEqual([404, "no-such-device"]);
  });

  it("S-29: are explained step by step in the language that is asked for", async () => {
    const { who, phone } = await withPhone();
    const why = `${deviceOf(who, phone)}/why`;
    const german = await answer<WhyAnswer>(`${why}?language=de`);
    const english = await answer<WhyAnswer>(why);
    const said = ({ steps }: WhyAnswer) => steps.find(({ outcome }) => outcome === "decided")?.detail;
    expect([said(english), said(german)]).toEqual(["The device is enrolled.", "Das Gerät ist eingetragen."]);
    for (const [at, { detail }] of german.steps.entries()) expect(detail).not.toBe(english.steps[at]?.detail);
    expect(german.steps.map((step) => Object.keys(step))).toEqual(
      german.steps.map(() => ["step", "outcome", "detail"]),
    );
    expect(await fault(`${why}?language=fr`)).toEqual([400, "unusable-query"]);
  });

  it("S-17: are refused once blocked, and may come back once approved", async () => {
    const { who, credentialId, ticket, phone } = await withPhone();
    const { revokeCertificates } = await answer<DeviceChangedAnswer>(`${deviceOf(who, phone)}/block`, {});
    expect(revokeCertificates).toBeNull();
    expect(await who.uses(ticket, "service")).toBe("dead");
    expect(await who.signIn(credentialId)).toBeUndefined();
    await answer(`${deviceOf(who, phone)}/approve`, {});
    expect(await who.names(await who.signIn(credentialId), "phone")).toBe("served");
  });

  it("S-46: that were blocked are forgotten with their app password", async () => {
    const { who, credentialId, phone } = await withPhone();
    await answer(`${deviceOf(who, phone)}/block`, {});
    const { revokedPassword, device } = await answer<DeviceChangedAnswer>(`${deviceOf(who, phone)}/forget`, {});
    expect([revokedPassword, device.credentialId]).toEqual([credentialId, null]);
    expect((await listAppPasswords(db, who.id)).map(({ revokedAt }) => revokedAt === null)).toEqual([false]);
    expect(await who.signIn(credentialId)).toBeUndefined();
    const other = await withPhone();
    const kept = await answer<DeviceChangedAnswer>(`${deviceOf(other.who, other.phone)}/forget`, {});
    expect([kept.revokedPassword, kept.device.credentialId]).toEqual([null, other.credentialId]);
  });

  it("S-28: of another user keep a user out, and are explained and freed by their id", async () => {
    const { who: holder, ticket, phone } = await withPhone();
    await holder.confirms(ticket);
    const who = await owner();
    const device = holder.own("phone");
    const [{ id = "" } = {}] = (await answer<DevicePageAnswer>(`/v1/devices?user=${holder.sipUri}`)).items;
    const why = await answer<WhyAnswer>(`${deviceOf(who, phone)}/why`);
    expect(why).toMatchObject({
      holder: holder.sipUri,
      judgement: { reason: "device-of-another-user", step: "owner" },
    });
    expect(await fault(`${deviceOf(who, id)}/why`)).toEqual([404, "no-such-device"]);
    expect(await fault(`${deviceOf(who, id)}/forget`, {})).toEqual([404, "no-such-device"]);
    const freed = await answer<DeviceChangedAnswer>(`${deviceOf(who, device)}/forget`, {});
    expect([freed.user, freed.device.id]).toEqual([holder.sipUri, id]);
    expect(await fault(`/v1/devices/${encodeURIComponent(device)}/forget`, {})).toEqual([404, "no-such-device"]);
    const again = await withPhone();
    const whole = await answer<DeviceChangedAnswer>(`/v1/devices/${encodeURIComponent(again.phone)}/forget`, {});
    expect(whole.user).toBe(again.who.sipUri);
  });

  it("S-54: are asked about at no authority where none is configured", async () => {
    const { who, phone } = await withPhone();
    expect(await fault(`${deviceOf(who, phone)}/ask-authority`, {})).toEqual([409, "no-authority"]);
    const { inquiry, device } = await answer<WhyAnswer>(`${deviceOf(who, phone)}/why`);
    expect([device.authority, inquiry.configured, inquiry.silence]).toEqual([null, false, "allow"]);
  });

  it("a desktop's come with the command that revokes its user's certificates", async () => {
    const who = await owner();
    const credentialId = await password(who);
    await who.names(await who.signIn(credentialId), "desktop", { kind: "device" });
    const { revokeCertificates, device } = await answer<PasswordRevokedAnswer>(
      `${pathOf(who)}/passwords/${credentialId}/revoke`,
      {},
    );
    expect(revokeCertificates).toBe(`Revoke-CsClientCertificate -Identity '${who.sipUri}'`);
    const why = await answer<WhyAnswer>(`${deviceOf(who, device?.id ?? "")}/why`);
    expect(why.judgement).toMatchObject({ action: "block", reason: "password-revoked" });
  });

  it.each([`device:{${GUID.toUpperCase()}}`, `device:${GUID.replaceAll("-", "")}`, `device:${GUID}`])(
    "S-28: %s is expected under the spelling by which it will come",
    async (spelled) => {
      const who = await owner();
      const body = { credentialId: await password(who), key: spelled };
      const { device } = await answer<DeviceChangedAnswer>(`${pathOf(who)}/devices`, body);
      expect(device).toMatchObject({ key: `device:${GUID}`, state: "pending", decision: "allow" });
      const found = await answer<WhyAnswer>(`${deviceOf(who, `{${GUID.toUpperCase()}}`)}/why`);
      expect(found.device.id).toBe(device.id);
      await answer(`${deviceOf(who, device.id)}/forget`, {});
    },
  );

  it.each(["phone", "endpoint:", "other:x", `endpoint:${"x".repeat(101)}`, "endpoint:a\u202eb", "endpoint: x"])(
    "%j is no device to expect",
    async (key) => {
      const who = await owner();
      const body = { credentialId: await password(who), key };
      expect(await fault(`${pathOf(who)}/devices`, body)).toEqual([400, "unusable-device"]);
    },
  );
});

describe("a window", () => {
  it("S-46: is closed by another mode, and not opened by the old one", async () => {
    const who = await owner();
    await answer(pathOf(who), { enrolment: "window" }, "PATCH");
    await answer<WindowAnswer>(`${pathOf(who)}/window`, { minutes: 60 });
    await answer(pathOf(who), { enrolment: "closed" }, "PATCH");
    await answer(pathOf(who), { enrolment: "window" }, "PATCH");
    expect(await who.names(await who.signIn(await password(who)), "phone")).toBe("refused");
  });

  it("is open for as long as the policy says, or as is asked, until it is closed", async () => {
    const who = await owner();
    await answer(pathOf(who), { enrolment: "window" }, "PATCH");
    const before = Date.now();
    const usual = await answer<WindowAnswer>(`${pathOf(who)}/window`, {});
    expect(usual.mode).toBe("window");
    expect(Date.parse(usual.openUntil ?? "")).toBeGreaterThanOrEqual(before + 15 * 60_000);
    expect((await userById(db, who.id))?.windowUntil).toBe(Date.parse(usual.openUntil ?? ""));
    const ticket = await who.signIn(await password(who));
    const longer = await answer<WindowAnswer>(`${pathOf(who)}/window`, { minutes: 10_080 });
    expect(Date.parse(longer.openUntil ?? "")).toBeGreaterThanOrEqual(before + 7 * 86_400_000);
    expect((await answer<WindowAnswer>(`${pathOf(who)}/window`, { minutes: 0 })).openUntil).toBeNull();
    expect(await who.names(ticket, "phone")).toBe("refused");
    await answer(`${pathOf(who)}/window`, { minutes: 1 });
    expect(await who.names(ticket, "phone")).toBe("served");
  });

  it("tells the mode in which it opens nothing, and refuses what is no time", async () => {
    const who = await owner();
    expect((await answer<WindowAnswer>(`${pathOf(who)}/window`, {})).mode).toBe("open");
    for (const minutes of [-1, 1.5, 10_081, "15"]) {
      expect(await fault(`${pathOf(who)}/window`, { minutes })).toEqual([422, "invalid"]);
    }
  });
});

describe("a user", () => {
  it("S-17: disabled is refused with every ticket, and says whether that is new", async () => {
    const { who, ticket } = await withPhone();
    const user = who.sipUri;
    expect(await answer<UserChangedAnswer>(`${pathOf(who)}/enable`, {})).toMatchObject({ user, changed: false });
    expect(await answer<UserChangedAnswer>(`${pathOf(who)}/disable`, {})).toMatchObject({ user, changed: true });
    expect(await who.uses(ticket, "service")).toBe("dead");
    expect(await answer<UserChangedAnswer>(`${pathOf(who)}/disable`, {})).toMatchObject({ user, changed: false });
    expect(await answer<UserChangedAnswer>(`${pathOf(who)}/enable`, {})).toMatchObject({ user, changed: true });
  });

  it("S-39: is disabled and enabled once in the audit, however often it is commanded, and told in any case", async () => {
    const { who, ticket } = await withPhone();
    const sent = async (verb: "disable" | "enable") =>
      (await answer<UserChangedAnswer>(`${pathOf(who)}/${verb}`, {})).changed;
    const audited = async () => {
      await guardOf(env, who.sipUri).kept(); // takes the outbox to D1
      const events = await findEvents(db, { userId: who.id, outcome: "changed" }, 100);
      return events.map(({ reason }) => reason).toReversed();
    };
    expect([await sent("enable"), await audited()]).toEqual([false, []]);
    expect([await sent("disable"), await sent("disable")]).toEqual([true, false]);
    expect(await audited()).toEqual(["user-disabled"]);
    expect([await sent("enable"), await sent("enable")]).toEqual([true, false]);
    expect(await audited()).toEqual(["user-disabled", "user-enabled"]);
    // Only the database was told: the command finishes it, with its event, once.
    await disableUser(db, who.id, Date.now());
    expect([await sent("disable"), await sent("disable")]).toEqual([false, false]);
    expect(await who.uses(ticket, "service")).toBe("dead");
    await enableUser(db, who.id);
    expect([await sent("enable"), await sent("enable")]).toEqual([false, false]);
    const all = ["user-disabled", "user-enabled", "user-disabled", "user-enabled"];
    expect([await audited(), (await userById(db, who.id))?.disabledAt]).toEqual([all, null]);
  });

  it("S-17: disabled in D1 alone keeps tickets until the gateway is told, and gets no new one", async () => {
    const { who, credentialId, ticket } = await withPhone();
    await disableUser(db, who.id, Date.now());
    expect(await who.uses(ticket, "service")).toBe("served");
    expect(await who.signIn(credentialId)).toBeUndefined();
    const other = await withPhone();
    await disableUser(db, other.who.id, Date.now());
    const told = await answer<UserChangedAnswer>(`${pathOf(other.who)}/disable`, {});
    expect([told.changed, await other.who.uses(other.ticket, "service")]).toEqual([false, "dead"]);
  });

  it("S-17: an app password revoked in D1 alone keeps its tickets until the gateway is told", async () => {
    const { who, credentialId, ticket } = await withPhone();
    await revokeAppPassword(db, who.id, credentialId, Date.now());
    expect(await who.uses(ticket, "service")).toBe("served");
    await answer(`${pathOf(who)}/passwords/${credentialId}/revoke`, {});
    expect(await who.uses(ticket, "service")).toBe("dead");
  });

  it("has the groups, mode and limit that are set, and none that are wrong", async () => {
    const who = await owner();
    await answer(pathOf(who), { groups: ["staff", "staff"], enrolment: "closed", maxDevices: 0 }, "PATCH");
    const set = { groups: ["staff"], enrolment: "closed", maxDevices: 0 };
    expect(await userById(db, who.id)).toMatchObject(set);
    expect(await fault(pathOf(who), {}, "PATCH")).toEqual([400, "bad-settings"]);
    for (const body of [{ groups: ["two words"] }, { enrolment: "ajar" }, { maxDevices: 101 }, { revision: 9 }]) {
      expect(await fault(pathOf(who), body, "PATCH")).toEqual([422, "invalid"]);
    }
    await answer(pathOf(who), { groups: [], enrolment: null, maxDevices: null }, "PATCH");
    expect(await userById(db, who.id)).toMatchObject({ groups: [], enrolment: null, maxDevices: null });
  });
});
