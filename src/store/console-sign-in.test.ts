// What signing in to the console rests on, against D1 in workerd: what is used once is used once, and who may not
// administrate any more has no session.

import { env } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import { type Administrator, addAdministrator, changeAdministrator } from "./administrators.ts";
import { purgeCeremonies, putCeremony, takeCeremony } from "./ceremonies.ts";
import { openDatabase } from "./database.ts";
import { newAdministratorId, newInvitationId, newSessionId } from "./ids.ts";
import { addInvitation, invitationByHash, purgeInvitations, useInvitation } from "./invitations.ts";
import { addPasskey, countPasskeysOfOtherRp, notePasskeyUsed, passkeyById, passkeysOf } from "./passkeys.ts";
import * as sessions from "./web-sessions.ts";

const db = openDatabase(env.DB);
const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;
const IDLE = { now: NOW, idleMs: HOUR / 2 };

let ann: Administrator;

beforeEach(async () => {
  const id = newAdministratorId();
  ann = {
    ...{ id, name: "Ann", email: `${id}@contoso.com`, role: "helpdesk", createdAt: NOW, createdBy: "t_1" },
    ...{ disabledAt: null, revision: 0, source: "invited", subject: null },
  };
  await addAdministrator(db, ann);
});

const disable = () => changeAdministrator(db, ann, { disabledAt: NOW }, false);

const invite = async (hash: string, expiresAt = NOW + HOUR) => {
  const at = { createdAt: NOW, createdBy: "t_1", expiresAt, usedAt: null };
  await addInvitation(db, { id: newInvitationId(), administratorId: ann.id, hash: ann.id + hash, ...at });
  return ann.id + hash;
};

const signIn = async (changes: Partial<sessions.WebSession> = {}) => {
  const id = newSessionId();
  const session: sessions.WebSession = {
    ...{ hash: `hash of ${id}`, id, administratorId: ann.id, createdAt: NOW, seenAt: NOW, expiresAt: NOW + 12 * HOUR },
    ...{ freshAt: NOW, how: "passkey", subject: null, source: "203.0.113.7", userAgent: "Firefox" },
    ...changes,
  };
  await sessions.addWebSession(db, session);
  return session;
};

it("lets one of two who use an invitation at one moment have it, and nobody afterwards", async () => {
  const hash = await invite("a");
  expect(await invitationByHash(db, hash, NOW)).toMatchObject({ usedAt: null, administrator: { name: "Ann" } });
  const used = await Promise.all([useInvitation(db, hash, NOW), useInvitation(db, hash, NOW)]);
  expect(used.filter((one) => one !== undefined)).toHaveLength(1);
  expect(await invitationByHash(db, hash, NOW)).toBeUndefined();
});

it("ends an invitation by a newer one, by its time, and with its person", async () => {
  const first = await invite("first");
  const second = await invite("second");
  expect(await useInvitation(db, first, NOW)).toBeUndefined();
  expect(await invitationByHash(db, second, NOW + HOUR)).toBeUndefined();
  expect(await useInvitation(db, second, NOW + HOUR)).toBeUndefined();
  await disable();
  expect(await invitationByHash(db, second, NOW)).toBeUndefined();
  await purgeInvitations(db, NOW + HOUR + 1);
  expect(await useInvitation(db, second, NOW)).toBeUndefined();
});

it("keeps a passkey with its bytes, and knows whose it is and for which RP ID it was made", async () => {
  const key = { id: `key of ${ann.id}`, administratorId: ann.id, userHandle: "h", publicKey: Uint8Array.of(0, 1, 255) };
  const passkey = {
    ...{ ...key, counter: 0, transports: ["internal"], name: "Ann's phone", deviceType: "multiDevice" as const },
    ...{ backedUp: false, rpId: "console.contoso.com", createdAt: NOW, lastUsedAt: null },
  };
  expect(await addPasskey(db, passkey)).toMatchObject({ ok: true });
  expect(await addPasskey(db, passkey)).toMatchObject({ ok: false, reason: "passkey-known" });
  await notePasskeyUsed(db, passkey.id, { counter: 3, backedUp: true, at: NOW + 1 });
  const used = { ...passkey, counter: 3, backedUp: true, lastUsedAt: NOW + 1 };
  expect(await passkeyById(db, passkey.id)).toEqual({ passkey: used, administrator: ann });
  expect(await passkeysOf(db, ann.id)).toEqual([used]);
  expect(await countPasskeysOfOtherRp(db, "console.contoso.com")).toBe(0);
  expect(await countPasskeysOfOtherRp(db, "contoso.com")).toBe(1);
  await disable();
  expect(await countPasskeysOfOtherRp(db, "contoso.com")).toBe(0);
});

it("gives a session with its person as the person is now, until its end, an idle time, or the person's own end", async () => {
  const { hash } = await signIn();
  const live = (now: number) => sessions.webSessionByHash(db, hash, { ...IDLE, now });
  expect(await live(NOW)).toMatchObject({ administrator: { id: ann.id, name: "Ann", role: "helpdesk" } });
  await changeAdministrator(db, ann, { role: "viewer" }, false);
  expect(await live(NOW)).toMatchObject({ administrator: { role: "viewer" } });
  expect(await live(NOW + HOUR / 2)).toBeUndefined();
  for (let now = NOW; now < NOW + 12 * HOUR; now += HOUR / 4) await sessions.touchWebSession(db, hash, now);
  expect(await live(NOW + 12 * HOUR - 1)).toBeDefined();
  expect(await live(NOW + 12 * HOUR)).toBeUndefined();
  await changeAdministrator(db, { ...ann, revision: 1 }, { disabledAt: NOW }, false);
  expect(await live(NOW + 12 * HOUR - 1)).toBeUndefined();
});

it("notes a session's requests once a minute", async () => {
  const { hash } = await signIn();
  await sessions.touchWebSession(db, hash, NOW + 59_999);
  expect(await sessions.webSessionsOf(db, ann.id, IDLE)).toMatchObject([{ seenAt: NOW }]);
  await sessions.touchWebSession(db, hash, NOW + 60_000);
  expect(await sessions.webSessionsOf(db, ann.id, IDLE)).toMatchObject([{ seenAt: NOW + 60_000 }]);
});

it("ends one session of a person, or all but one, and none of anybody else", async () => {
  const [first, , third] = [await signIn(), await signIn(), await signIn({ createdAt: NOW + 1 })];
  expect(await sessions.endWebSession(db, "a_another", first.id)).toBe(false);
  expect(await sessions.endWebSession(db, ann.id, first.id)).toBe(true);
  expect(await sessions.endWebSession(db, ann.id, first.id)).toBe(false);
  expect(await sessions.endWebSessionsOf(db, ann.id, third.id)).toBe(1);
  expect((await sessions.webSessionsOf(db, ann.id, IDLE)).map(({ id }) => id)).toEqual([third.id]);
  await sessions.purgeWebSessions(db, NOW + 12 * HOUR + 1);
  expect(await sessions.endWebSessionsOf(db, ann.id)).toBe(0);
});

it("gives what a ceremony kept once, in time, and to a step of its kind", async () => {
  const put = (hash: string) => putCeremony(db, { hash: ann.id + hash, kind: "oidc", data: "{}", expiresAt: NOW + 1 });
  const take = (hash: string, { kind = "oidc", now = NOW } = {}) =>
    takeCeremony(db, { hash: ann.id + hash, kind, now });
  for (const hash of ["once", "late", "other", "purged"]) await put(hash);
  expect(await take("once")).toMatchObject({ data: "{}" });
  expect(await take("once")).toBeUndefined();
  expect(await take("late", { now: NOW + 1 })).toBeUndefined();
  expect(await take("other", { kind: "passkey" })).toBeUndefined();
  expect(await take("other")).toBeUndefined();
  await purgeCeremonies(db, NOW + 2);
  expect(await take("purged")).toBeUndefined();
});
