// Mail that events make, that an agent takes and ends, and that time ends, against D1 in workerd.

import { env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { ABOUT } from "../../test/kit/events.ts";
import { must } from "../../test/kit/ntlm.ts";
import { type AuditedEvent, auditEvent, type Decision, newEventId } from "../audit/event.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import { isNoticeKind, NOTICE_KINDS, USUAL_HELPDESK_KINDS } from "../notices/kinds.ts";
import { insertEvents } from "./audit.ts";
import { openDatabase } from "./database.ts";
import { addAppPassword, addUser } from "./directory.ts";
import { mailWithdrawn, queueInvitation } from "./invitation-mail.ts";
import { countWithoutAddress, endNotices, LEASE_MS, postStatus, queueTest, takeNotices } from "./notice-post.ts";
import { maintainNotices } from "./notice-upkeep.ts";
import { auditEvents, users } from "./schema.ts";
import { notices } from "./schema-directory.ts";

const db = openDatabase(env.DB);
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
/** At noon, so that a day's bound does not end within a test. */
const NOW = Math.floor(1_790_000_000_000 / DAY) * DAY + DAY / 2;
const settings = {
  kinds: new Set(Object.keys(NOTICE_KINDS).filter(isNoticeKind)),
  helpdesk: "desk@contoso.test",
  helpdeskKinds: new Set(USUAL_HELPDESK_KINDS),
  passwordDays: 7,
  delivery: { by: "agent" },
} as const;
const config = { keyring: must(parseKeyring(env.SEALING_KEYS)), notices: settings };

let made = 0;
async function person(mail: string | null = "alice@contoso.test") {
  const name = `person${++made}`;
  const user = must(await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, NOW));
  await db.update(users).set({ mail, language: "de", displayName: "Jörg O'Brien" }).where(eq(users.id, user.id));
  return user.id;
}
const event = (userId: string, decision: Partial<Decision>, at = NOW): AuditedEvent =>
  auditEvent(
    { ...ABOUT, channel: "device" },
    { outcome: "allowed", reason: "enrolled", device: "d_1", userId, ...decision },
    at,
  );
const queue = (...events: AuditedEvent[]) => insertEvents(db, events, settings);
const rows = () => db.select().from(notices);
const take = (now: number, max = 50) => takeNotices(db, config, max, now);

beforeEach(async () => {
  await db.delete(notices);
  await db.delete(auditEvents);
  await db.delete(users);
});

describe("the mail of an event", () => {
  it("S-57: is written with its event, once, however often the outbox sends it", async () => {
    const userId = await person();
    const enrolled = event(userId, {});
    const waits = event(userId, { outcome: "quarantined", reason: "awaiting-approval", device: "d_2" });
    for (let tries = 0; tries < 3; tries++) await queue(enrolled, waits);
    expect((await rows()).map(({ kind, audience }) => `${kind} ${audience}`).toSorted()).toEqual([
      "device-new person",
      "device-waiting helpdesk",
      "device-waiting person",
    ]);
    // the same device, waiting: another event, no other mail
    await queue(event(userId, { outcome: "quarantined", reason: "awaiting-approval", device: "d_2" }, NOW + HOUR));
    expect(await rows()).toHaveLength(3);
  });

  it("S-57: is not written when the event is not", async () => {
    const userId = await person();
    const broken = { ...event(userId, {}), id: null as unknown as string };
    await expect(queue(event(userId, {}), broken)).rejects.toThrow();
    expect(await rows()).toEqual([]);
  });

  it("S-57: never stops the audit of a user who was deleted meanwhile", async () => {
    await queue(event("u_gone", {}));
    expect(await rows()).toEqual([]);
    expect(await db.select().from(auditEvents)).toHaveLength(1);
  });

  it("goes to nobody without an address, and to the help desk all the same", async () => {
    const userId = await person(null);
    await queue(event(userId, {}), event(userId, { outcome: "quarantined", reason: "awaiting-approval" }));
    expect((await rows()).map(({ audience }) => audience)).toEqual(["helpdesk"]);
    expect(await countWithoutAddress(db)).toBe(1);
  });

  it("S-57: no refusal makes mail, so nobody can make Postern write it by guessing", async () => {
    const userId = await person();
    for (const reason of ["wrong-proof", "strangers-waiting", "awaiting-approval", "device-blocked"] as const) {
      await queue(event(userId, { outcome: "refused", reason }));
    }
    expect(await rows()).toEqual([]);
  });

  it("S-44: beyond five of a kind and day a person gets one that counts the others, once each", async () => {
    const userId = await person();
    const events = Array.from({ length: 12 }, (_, n) => event(userId, { device: `d_${n}` }, NOW + n));
    await queue(...events.slice(0, 3));
    await queue(...events.slice(3, 9));
    await queue(...events.slice(3)); // D1 had taken the batch, and the guard did not hear it
    await queue(...events);
    expect(await rows()).toHaveLength(6);
    expect(await take(NOW + MINUTE)).toHaveLength(5);
    const gathered = (await take(NOW + DAY)).find(({ count }) => count !== undefined);
    expect(gathered).toMatchObject({ kind: "device-new", count: 7, to: "alice@contoso.test" });
    // the next day has its own bound
    await queue(event(userId, {}, NOW + DAY));
    expect(await rows()).toHaveLength(7);
  });

  it("S-57, S-65: of strangers' doing a person is told once a day, and 200 people in all", async () => {
    const locked = (userId: string, at: number) =>
      event(userId, { outcome: "changed", reason: "portal-locked", device: undefined }, at);
    const one = await person();
    await queue(locked(one, NOW));
    await queue(locked(one, NOW + HOUR), locked(one, NOW + 2 * HOUR));
    expect(await rows()).toHaveLength(1);
    await queue(locked(one, NOW + DAY));
    expect(await rows()).toHaveLength(2);
    await db.delete(notices);
    const people: string[] = [];
    for (let n = 0; n < 205; n++) people.push(await person());
    for (const userId of people) await queue(locked(userId, NOW));
    expect(await rows()).toHaveLength(200);
  });

  it("S-44: the help desk gets fifty of a kind, whomever they are about", async () => {
    const people = await Promise.all(Array.from({ length: 60 }, () => person(null)));
    const waiting = (userId: string, n: number) =>
      event(userId, { outcome: "quarantined", reason: "awaiting-approval", device: `d_${n}` });
    await queue(...people.map(waiting));
    expect(await rows()).toHaveLength(51);
    const all = [...(await take(NOW + DAY)), ...(await take(NOW + DAY))];
    expect(all.find(({ count }) => count !== undefined)).toMatchObject({ count: 10, person: null });
  });
});

describe("taking", () => {
  it("S-57: gives two takers different notices, and each again when its lease ran out", async () => {
    const userId = await person();
    await queue(...Array.from({ length: 4 }, (_, n) => event(userId, { device: `d_${n}` }, NOW + n)));
    const [one, other] = await Promise.all([take(NOW + MINUTE, 2), take(NOW + MINUTE, 2)]);
    expect(new Set([...one, ...other].map(({ id }) => id)).size).toBe(4);
    expect(await take(NOW + MINUTE + LEASE_MS - 1)).toEqual([]);
    const again = await take(NOW + MINUTE + LEASE_MS);
    expect(again.map(({ takes }) => takes)).toEqual([2, 2, 2, 2]);
  });

  it("says for whom, in which language, and what is known of device and app password", async () => {
    const userId = await person();
    await addAppPassword(db, { id: "p_1", userId, label: "phone", ntHashes: "x", expiresAt: undefined }, NOW);
    const change = { outcome: "changed", reason: "password-created", device: undefined, credentialId: "p_1" } as const;
    await queue({ ...event(userId, change), channel: "command" });
    const [notice] = await take(NOW);
    expect(notice).toMatchObject({
      ...{ kind: "password-created", language: "de", label: "phone", device: null, count: undefined },
      ...{ facts: { at: NOW }, person: { displayName: "Jörg O'Brien" }, link: undefined },
    });
  });

  it("S-57: an ended notice is never given again; a later one waits from a minute to six hours, for three days", async () => {
    await person();
    const sent = await queueTest(db, "x@contoso.test", NOW);
    await take(NOW);
    expect(await endNotices(db, [{ id: sent, end: "sent" }], NOW)).toBe(1);
    expect(await endNotices(db, [{ id: sent, end: "later" }], NOW)).toBe(0);
    const late = await queueTest(db, "y@contoso.test", NOW);
    let now = NOW;
    const waits: number[] = [];
    for (let tries = 0; tries < 100; tries++) {
      expect((await take(now)).map(({ id }) => id)).toEqual([late]);
      await endNotices(db, [{ id: late, end: "later", detail: "451 come back" }], now, () => 0);
      const [row] = await db.select().from(notices).where(eq(notices.id, late));
      if (row === undefined || row.endedAt !== null) break;
      waits.push((row.dueAt - now) / MINUTE);
      now = row.dueAt;
    }
    expect(waits.slice(0, 10)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360]);
    expect(now - NOW).toBeLessThan(3 * DAY);
    const [row] = await db.select().from(notices).where(eq(notices.id, late));
    expect(row?.end).toBe("undeliverable: 451 come back");
    expect(await postStatus(db, now)).toMatchObject({
      waiting: 0,
      failedOfADay: 1,
      lastSentAt: NOW,
      oldestDueAt: null,
    });
  });

  it("ends what lost its address", async () => {
    const userId = await person();
    await queue(event(userId, {}));
    await db.update(users).set({ mail: null }).where(eq(users.id, userId));
    expect(await take(NOW)).toEqual([]);
    expect((await rows())[0]?.end).toBe("undeliverable: no mail address is known");
  });
});

describe("the link of an invitation", () => {
  const link = "https://portal.contoso.test/join#c2VjcmV0LXNlY3JldC1zZWNyZXQ";
  const expiresAt = NOW + DAY;
  const secrets = async () => (await rows()).map(({ secret }) => secret);

  it("S-57: waits sealed for its row, is given to the taker, and is gone once it was sent", async () => {
    const userId = await person();
    expect(await queueInvitation(db, config, { userId, link, expiresAt }, NOW)).toBe("queued");
    expect(JSON.stringify(await rows())).not.toContain("c2VjcmV0");
    const [notice] = await take(NOW);
    expect(notice).toMatchObject({ link, kind: "invitation", facts: { expiresAt } });
    await endNotices(db, [{ id: notice?.id ?? "", end: "sent" }], NOW);
    expect(await secrets()).toEqual([null]);
  });

  it("S-57: in another row it opens nothing", async () => {
    const [one, other] = [await person(), await person()];
    await queueInvitation(db, config, { userId: one, link, expiresAt }, NOW);
    await queueInvitation(db, config, { userId: other, link: `${link}x`, expiresAt }, NOW);
    const [secret] = await secrets();
    await db
      .update(notices)
      .set({ secret: secret ?? null })
      .where(eq(notices.userId, other));
    expect((await take(NOW)).map((each) => each.link)).toEqual([link]);
  });

  it("S-57: goes when the mail is undeliverable, too late, withdrawn, or replaced by a newer one", async () => {
    const userId = await person();
    await queueInvitation(db, config, { userId, link, expiresAt }, NOW);
    await queueInvitation(db, config, { userId, link: `${link}2`, expiresAt }, NOW);
    expect((await secrets()).filter((secret) => secret !== null)).toHaveLength(1);
    const [newer] = await take(NOW);
    expect(newer?.link).toBe(`${link}2`);
    await endNotices(db, [{ id: newer?.id ?? "", end: "later" }], expiresAt - 1);
    expect(await secrets()).toEqual([null, null]);
    await queueInvitation(db, config, { userId, link, expiresAt }, NOW);
    await mailWithdrawn(db, userId, NOW);
    expect(await secrets()).toEqual([null, null, null]);
    await queueInvitation(db, config, { userId, link, expiresAt }, NOW);
    await take(NOW);
    expect(await take(expiresAt)).toEqual([]);
    await maintainNotices(db, settings, expiresAt);
    expect(await secrets()).toEqual([null, null, null, null]);
  });

  it("goes to nobody without an address, or when NOTICES leaves it out", async () => {
    const [userId, nobody] = [await person(), await person(null)];
    const off = { ...config, notices: { ...settings, kinds: new Set<string>() } };
    expect(await queueInvitation(db, config, { userId: nobody, link, expiresAt }, NOW)).toBe("no-address");
    expect(await queueInvitation(db, off, { userId, link, expiresAt }, NOW)).toBe("off");
    expect(await rows()).toEqual([]);
  });
});

describe("the upkeep", () => {
  it("S-57: deletes after three days what nobody ever took, and after thirty what was ended", async () => {
    const userId = await person();
    await queue(event(userId, {}), { ...event(userId, { device: "d_2" }), id: newEventId(NOW) });
    const [taken] = await take(NOW, 1);
    await maintainNotices(db, settings, NOW + 3 * DAY - 1);
    expect(await rows()).toHaveLength(2);
    await maintainNotices(db, settings, NOW + 3 * DAY);
    expect((await rows()).map(({ id, end }) => ({ id, end }))).toEqual([{ id: taken?.id, end: "expired" }]);
    await maintainNotices(db, settings, NOW + 33 * DAY);
    expect(await rows()).toEqual([]);
  });

  it("announces an app password once, days before its end, and not one that was made for less", async () => {
    const userId = await person();
    const add = (id: string, expiresAt: number, at: number) =>
      addAppPassword(db, { id, userId, label: id, ntHashes: "x", expiresAt }, at);
    await add("p_soon", NOW + 6 * DAY, NOW - 90 * DAY);
    await add("p_late", NOW + 8 * DAY, NOW - 90 * DAY);
    await add("p_short", NOW + 2 * DAY, NOW);
    await maintainNotices(db, settings, NOW);
    await maintainNotices(db, settings, NOW + HOUR);
    const [notice, ...more] = await take(NOW + HOUR);
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ kind: "password-expiring", label: "p_soon", facts: { expiresAt: NOW + 6 * DAY } });
  });
});
