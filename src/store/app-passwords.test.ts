// Changes of an app password that exists, against D1 in workerd.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { ABOUT } from "../../test/kit/events.ts";
import { auditEvent } from "../audit/event.ts";
import { changeAppPassword, passwordsRunningOut, renewAppPassword } from "./app-passwords.ts";
import { insertEvents } from "./audit.ts";
import { openDatabase } from "./database.ts";
import {
  addAppPassword,
  addUser,
  disableUser,
  findForSignIn,
  listAppPasswords,
  resealAppPassword,
  revokeAppPassword,
} from "./directory.ts";

const db = openDatabase(env.DB);
const NOW = 1_790_000_000_000;
const DAY = 86_400_000;

let users = 0;
/** A user with one app password. */
async function owner(expiresAt?: number) {
  const name = `owner${++users}`;
  const user = await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, NOW);
  if (!user.ok) throw new Error(user.reason);
  const id = `p_${name}`;
  await addAppPassword(db, { id, userId: user.value.id, label: "phone", ntHashes: "first", expiresAt }, NOW);
  const signIn = (now: number) => findForSignIn(db, `${name}@contoso.test`, now);
  return { userId: user.value.id, sipUri: user.value.sipUri, id, signIn };
}

describe("an app password", () => {
  it("signs in until its end, and is recognised after it", async () => {
    const { signIn, id } = await owner(NOW + DAY);
    expect((await signIn(NOW))?.credentials).toEqual([{ id, ntHashes: "first", until: NOW + DAY }]);
    const after = await signIn(NOW + DAY);
    expect(after?.credentials).toEqual([]);
    expect(after?.expired).toEqual([{ id, ntHashes: "first" }]);
    expect(after?.revoked).toEqual([]);
  });

  it("has two secrets after its renewal, and never three", async () => {
    const { userId, id, signIn } = await owner(NOW + 10 * DAY);
    const renewal = { renewedAt: NOW, expiresAt: NOW + 365 * DAY, oldUntil: NOW + 14 * DAY };
    expect(await renewAppPassword(db, userId, id, { ...renewal, ntHashes: "second" })).toBe(true);
    expect((await signIn(NOW))?.credentials).toEqual([
      { id, ntHashes: "second", until: NOW + 365 * DAY },
      { id, ntHashes: "first", until: NOW + 10 * DAY }, // a renewal does not lengthen the life of the old secret
    ]);
    await renewAppPassword(db, userId, id, { ...renewal, ntHashes: "third" });
    expect((await signIn(NOW))?.credentials.map(({ ntHashes }) => ntHashes)).toEqual(["third", "second"]);
    expect(await renewAppPassword(db, "u_another", id, { ...renewal, ntHashes: "stolen" })).toBe(false);
    await revokeAppPassword(db, userId, id, NOW);
    expect(await renewAppPassword(db, userId, id, { ...renewal, ntHashes: "fourth" })).toBe(false);
    expect((await signIn(NOW))?.credentials).toEqual([]);
  });

  it("S-15: is sealed again with both of its secrets", async () => {
    const { userId, id, signIn } = await owner();
    await renewAppPassword(db, userId, id, {
      ...{ ntHashes: "second", renewedAt: NOW, expiresAt: null, oldUntil: NOW + DAY },
    });
    expect(await resealAppPassword(db, id, { before: "first", after: "FIRST" })).toBe(true);
    expect(await resealAppPassword(db, id, { before: "second", after: "SECOND" })).toBe(true);
    expect(await resealAppPassword(db, id, { before: "second", after: "lost" })).toBe(false);
    expect((await signIn(NOW))?.credentials.map(({ ntHashes }) => ntHashes)).toEqual(["SECOND", "FIRST"]);
  });

  it("can get another name and another end while it lives", async () => {
    const { userId, id } = await owner(NOW + DAY);
    expect(await changeAppPassword(db, userId, id, { label: "tablet" })).toBe(true);
    expect(await changeAppPassword(db, userId, id, { expiresAt: null })).toBe(true);
    expect(await listAppPasswords(db, userId)).toMatchObject([{ id, label: "tablet", expiresAt: null }]);
    expect(await changeAppPassword(db, "u_another", id, { label: "mine" })).toBe(false);
  });

  it("S-14: is never listed with its hashes", async () => {
    const { userId } = await owner();
    expect(JSON.stringify(await listAppPasswords(db, userId))).not.toMatch(/first|hash/i);
  });

  it("says to the hour when it signed somebody in last", async () => {
    const { userId, id } = await owner();
    const signedIn = (at: number, outcome: "signed-in" | "refused" = "signed-in") =>
      insertEvents(db, [auditEvent(ABOUT, { outcome, reason: "saml", credentialId: id, userId }, at)]);
    const lastUse = async () => (await listAppPasswords(db, userId))[0]?.lastUsedAt;
    await signedIn(NOW, "refused");
    expect(await lastUse()).toBeNull();
    await signedIn(NOW);
    expect(await lastUse()).toBe(NOW);
    await signedIn(NOW + 3_600_000);
    expect(await lastUse()).toBe(NOW);
    await signedIn(NOW + 3_600_001);
    expect(await lastUse()).toBe(NOW + 3_600_001);
  });
});

it("app passwords that run out are found in their order, page by page, without those of nobody's concern", async () => {
  const far = NOW + 1_000 * DAY;
  const [second, first, third] = [await owner(far + 2), await owner(far + 1), await owner(far + 2)];
  const [revoked, disabled] = [await owner(far), await owner(far)];
  await owner();
  await owner(far + DAY);
  await revokeAppPassword(db, revoked.userId, revoked.id, NOW);
  await disableUser(db, disabled.userId, NOW);
  const page = (after?: { expiresAt: number; id: string }) =>
    passwordsRunningOut(db, far + DAY, { from: far, after, limit: 2 });
  const one = await page();
  expect(one.map(({ sipUri }) => sipUri)).toEqual([first.sipUri, second.sipUri]);
  expect((await page(one[1])).map(({ sipUri }) => sipUri)).toEqual([third.sipUri]);
});
