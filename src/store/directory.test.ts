// The directory's queries against D1 in workerd, migrations applied.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { openDatabase } from "./database.ts";
import {
  addAppPassword,
  addUser,
  disableUser,
  enableUser,
  findForSignIn,
  listAppPasswords,
  namesOfUser,
  resealAppPassword,
  revokeAppPassword,
  showUser,
  subjectOf,
  type User,
} from "./directory.ts";
import { newCredentialId, newUserId } from "./ids.ts";
import { pageOfUsers } from "./user-list.ts";

const db = openDatabase(env.DB);
const NOW = 1_790_000_000_000;

/** Adds a user of this name; each test takes its own, because the database lives as long as this file. */
async function add(account: string, aliases: string[] = []): Promise<User> {
  const address = `${account}@contoso.test`;
  const added = await addUser(
    db,
    { sipUri: `sip:${address}`, account: `CONTOSO\\${account}`, upn: address, aliases },
    NOW,
  );
  if (!added.ok) throw new Error(added.reason);
  return added.value;
}

/** Every user of this file. */
const allUsers = async () => (await pageOfUsers(db, {}, { limit: 1_000 })).items;

async function addPassword(user: User, label: string, createdAt: number): Promise<string> {
  const id = newCredentialId();
  await addAppPassword(db, { id, userId: user.id, label, ntHashes: `sealed for ${label}` }, createdAt);
  return id;
}

describe("users", () => {
  it("S-10: are found by every one of their names, and by no other", async () => {
    const user = await add("ada", ["corp.contoso.test\\ada", "ADA.L@contoso.test"]);
    expect(user.id).toMatch(/^u_[a-z2-7]{16}$/);
    for (const name of ["ada@contoso.test", "contoso\\ada", "corp.contoso.test\\ada", "ada.l@contoso.test"]) {
      expect((await findForSignIn(db, name, NOW))?.user.id).toBe(user.id);
      expect((await showUser(db, name))?.id).toBe(user.id);
    }
    expect((await findForSignIn(db, ["nobody@contoso.test", "contoso\\ada"], NOW))?.user.id).toBe(user.id);
    expect(await findForSignIn(db, "ADA@contoso.test", NOW)).toBeUndefined();
    expect(await findForSignIn(db, "fabrikam\\ada", NOW)).toBeUndefined();
    expect(await showUser(db, "nobody@contoso.test")).toBeUndefined();
  });

  it("S-10: a UPN that is the SIP address is one name, of the first of its kinds", async () => {
    const user = await add("bea", ["BEA@contoso.test"]);
    expect(await namesOfUser(db, user.id)).toEqual([
      { name: "contoso\\bea", kind: "account" },
      { name: "bea@contoso.test", kind: "sip" },
    ]);
  });

  it("S-10: a name of one user is refused to another, and nothing of the other is kept", async () => {
    await add("cleo");
    const before = (await allUsers()).length;
    const second = await addUser(
      db,
      { sipUri: "sip:cleo2@contoso.test", account: "CONTOSO\\cleo2", aliases: ["contoso/CLEO"] },
      NOW,
    );
    expect(second).toEqual({ ok: false, reason: "name-taken" });
    expect((await allUsers()).length).toBe(before);
    expect(await showUser(db, "cleo2@contoso.test")).toBeUndefined();
    expect(await showUser(db, "contoso\\cleo2")).toBeUndefined();
  });

  it("S-10: an unusable name is refused, and says which it was", async () => {
    const good = { sipUri: "sip:dora@contoso.test", account: "CONTOSO\\dora" };
    expect(await addUser(db, { ...good, sipUri: "dora" }, NOW)).toEqual({ ok: false, reason: "bad-sip-uri" });
    expect(await addUser(db, { ...good, account: "dora" }, NOW)).toEqual({ ok: false, reason: "bad-account" });
    expect(await addUser(db, { ...good, upn: "CONTOSO\\dora" }, NOW)).toEqual({ ok: false, reason: "bad-upn" });
    expect(await addUser(db, { ...good, aliases: ["do\u0000ra@contoso.test"] }, NOW)).toEqual({
      ok: false,
      reason: "bad-alias",
    });
    expect(await showUser(db, "dora@contoso.test")).toBeUndefined();
  });

  it("are listed by SIP URI, and are disabled and enabled", async () => {
    const user = await add("edda");
    const uris = (await allUsers()).map(({ sipUri }) => sipUri);
    expect(uris).toContain("sip:edda@contoso.test");
    expect(uris).toEqual([...uris].sort());
    expect(await disableUser(db, user.id, NOW + 1)).toBe(true);
    expect(await disableUser(db, user.id, NOW + 2)).toBe(false);
    expect((await showUser(db, "contoso\\edda"))?.disabledAt).toBe(NOW + 1);
    expect((await findForSignIn(db, "contoso\\edda", NOW))?.user.disabled).toBe(true);
    expect(await enableUser(db, user.id)).toBe(true);
    expect(await enableUser(db, user.id)).toBe(false);
    expect((await findForSignIn(db, "contoso\\edda", NOW))?.user.disabled).toBe(false);
    expect(await disableUser(db, "u_nobody", NOW)).toBe(false);
    expect(await enableUser(db, "u_nobody")).toBe(false);
  });

  it("names with SQL in them are only names", async () => {
    // The account is free text; a SIP address could not hold all of it (RFC 3261, 25.1).
    const account = "CONTOSO\\o'hara\"; drop table users; --";
    const added = await addUser(db, { sipUri: "sip:o'hara@contoso.test", account }, NOW);
    if (!added.ok) expect.fail(added.reason);
    expect((await showUser(db, account.toLowerCase()))?.id).toBe(added.value.id);
    expect((await allUsers()).length).toBeGreaterThan(0);
  });
});

describe("app passwords", () => {
  it("a sign-in gets the user and the live ones, oldest first", async () => {
    const user = await add("faye");
    expect(await findForSignIn(db, "contoso\\faye", NOW)).toEqual({
      user: {
        id: user.id,
        sipUri: "sip:faye@contoso.test",
        upn: "faye@contoso.test",
        domain: "CONTOSO",
        account: "faye",
        disabled: false,
      },
      credentials: [],
      revoked: [],
      expired: [],
      as: "account",
      subject: subjectOf(user),
      policyVersion: 0,
    });
    const laptop = await addPassword(user, "laptop", NOW + 2);
    const phone = await addPassword(user, "phone", NOW + 1);
    expect((await findForSignIn(db, "contoso\\faye", NOW))?.credentials).toEqual([
      { id: phone, ntHashes: "sealed for phone" },
      { id: laptop, ntHashes: "sealed for laptop" },
    ]);
  });

  it("S-17: each is revocable alone, once, and only as its owner's", async () => {
    const [user, other] = [await add("gina"), await add("hana")];
    const [phone, laptop] = [await addPassword(user, "phone", NOW), await addPassword(user, "laptop", NOW + 1)];
    expect(await revokeAppPassword(db, other.id, phone, NOW + 5)).toBe(false);
    expect(await revokeAppPassword(db, user.id, phone, NOW + 5)).toBe(true);
    expect(await revokeAppPassword(db, user.id, phone, NOW + 6)).toBe(false);
    expect((await findForSignIn(db, "contoso\\gina", NOW))?.credentials.map(({ id }) => id)).toEqual([laptop]);
    expect(await listAppPasswords(db, user.id)).toMatchObject([
      { id: phone, label: "phone", createdAt: NOW, revokedAt: NOW + 5 },
      { id: laptop, label: "laptop", createdAt: NOW + 1, revokedAt: null },
    ]);
    expect(await listAppPasswords(db, other.id)).toEqual([]);
  });

  it("a sign-in gets the lately revoked ones apart, the last first, and no more than five", async () => {
    const user = await add("gwen");
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) ids.push(await addPassword(user, `old ${i}`, NOW));
    for (const [i, id] of ids.entries()) await revokeAppPassword(db, user.id, id, NOW + i);
    const record = await findForSignIn(db, "contoso\\gwen", NOW + 10);
    expect(record?.credentials).toEqual([]);
    expect(record?.revoked.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 5));
    expect((await findForSignIn(db, "contoso\\gwen", NOW + 91 * 86_400_000))?.revoked).toEqual([]);
  });

  it("with every app password revoked the user is still found", async () => {
    const user = await add("iris");
    await revokeAppPassword(db, user.id, await addPassword(user, "phone", NOW), NOW);
    expect(await findForSignIn(db, "contoso\\iris", NOW)).toMatchObject({ user: { id: user.id }, credentials: [] });
  });

  it("S-15: re-sealing replaces the value it read, and no other", async () => {
    const user = await add("june");
    const id = await addPassword(user, "phone", NOW);
    expect(await resealAppPassword(db, id, { before: "sealed for phone", after: "renewed" })).toBe(true);
    expect(await resealAppPassword(db, id, { before: "sealed for phone", after: "renewed twice" })).toBe(false);
    expect((await findForSignIn(db, "contoso\\june", NOW))?.credentials).toEqual([{ id, ntHashes: "renewed" }]);
  });

  it("belong to a user that exists", async () => {
    const orphan = { id: newCredentialId(), userId: newUserId(), label: "phone", ntHashes: "sealed" };
    await expect(addAppPassword(db, orphan, NOW)).rejects.toThrow();
  });

  it("a sign-in is one D1 statement", async () => {
    await add("kira");
    let statements = 0;
    const counted = new Proxy(env.DB, {
      get(target, property) {
        if (property === "prepare" || property === "batch" || property === "exec") statements++;
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await findForSignIn(openDatabase(counted), "contoso\\kira", NOW);
    expect(statements).toBe(1);
  });
});
