// Renaming a user and giving aliases, against D1 in workerd.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { must } from "../../test/kit/ntlm.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import { openDatabase } from "./database.ts";
import { addUser, namesOfUser, type User, userById } from "./directory.ts";
import {
  addAlias,
  changesAnything,
  MAX_ALIASES,
  namesOfOthers,
  planRename,
  type RenameChange,
  removeAlias,
  renameUser,
  userOfAddress,
} from "./rename-user.ts";

const db = openDatabase(env.DB);
let people = 0;

/** Each test takes accounts of its own. */
async function add(changes: { upn?: string; aliases?: string[] } = {}): Promise<User> {
  const name = `n${++people}`;
  return must(await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}`, ...changes }, 0));
}
const own = async ({ id }: User) =>
  Object.fromEntries((await namesOfUser(db, id)).map(({ name, kind }) => [name, kind]));
const plan = async (user: User, change: RenameChange) => planRename(user, await namesOfUser(db, user.id), change);
const eventOf = ({ id }: User) => eventAt(Date.now(), { userId: id, outcome: "changed", reason: "user-renamed" });
const rename = async (user: User, change: RenameChange) =>
  renameUser(db, must(await plan(user, change)), eventOf(user));

describe("S-10 S-48: a rename", () => {
  it("changes the row, the names and the audit at once, and the names before are free", async () => {
    const user = await add({ upn: "old.upn@contoso.test", aliases: ["nick@contoso.test"] });
    const change = { sipUri: "SIP:New.Name@Fabrikam.test", upn: "New.Upn@Fabrikam.test", account: "FABRIKAM\\NewName" };
    expect(must(await plan(user, change)).released.toSorted()).toEqual(
      [`contoso\\${user.account}`, `${user.account}@contoso.test`, "old.upn@contoso.test"].sort(),
    );
    expect((await rename(user, change)).ok).toBe(true);
    expect(await userById(db, user.id)).toEqual({
      ...user,
      ...{ sipUri: "sip:new.name@fabrikam.test", upn: "New.Upn@Fabrikam.test", domain: "FABRIKAM", account: "NewName" },
      revision: user.revision + 1,
    });
    expect(await own(user)).toEqual({
      ...{ "new.name@fabrikam.test": "sip", "new.upn@fabrikam.test": "upn", "fabrikam\\newname": "account" },
      "nick@contoso.test": "alias",
    });
    expect(await findEvents(db, { userId: user.id }, 5)).toHaveLength(1);
    expect(await userOfAddress(db, user.sipUri)).toBeUndefined();
    expect((await addUser(db, { sipUri: user.sipUri, account: `CONTOSO\\${user.account}` }, 0)).ok).toBe(true);
  });

  it("keeps the old address and UPN as aliases by choice, and the account never", async () => {
    const user = await add({ upn: "kept.upn@contoso.test" });
    const change = { sipUri: "kept2@contoso.test", upn: "kept2@fabrikam.test", account: "CONTOSO\\kept2" };
    expect((await rename(user, { ...change, keepOldAddress: true })).ok).toBe(true);
    expect(await own(user)).toEqual({
      ...{ "kept2@contoso.test": "sip", "kept2@fabrikam.test": "upn", "contoso\\kept2": "account" },
      ...{ [`${user.account}@contoso.test`]: "alias", "kept.upn@contoso.test": "alias" },
    });
  });

  it("of an address that is the UPN as well leaves the UPN, and an alias may become the address", async () => {
    const both = `both${people}@contoso.test`;
    const user = must(
      await addUser(db, { sipUri: both, upn: both, account: "CONTOSO\\both", aliases: ["b@x.test"] }, 0),
    );
    expect((await rename(user, { sipUri: "b@x.test" })).ok).toBe(true);
    expect(await own(user)).toEqual({ "b@x.test": "sip", [both]: "upn", "contoso\\both": "account" });
  });

  it("to what the user is called already changes nothing", async () => {
    const user = await add();
    expect(changesAnything(must(await plan(user, { sipUri: user.sipUri.toUpperCase() })))).toBe(false);
    expect(changesAnything(must(await plan(user, { account: `contoso\\${user.account}` })))).toBe(true); // new spelling
  });

  it.each([
    [{ sipUri: "nobody" }, "bad-sip-uri"],
    [{ upn: "CONTOSO\\x" }, "bad-upn"],
    [{ account: "x@contoso.test" }, "bad-account"],
  ])("to %j is refused", async (change, reason) => {
    expect(await plan(await add(), change)).toEqual({ ok: false, reason });
  });

  it("to another user's name of any kind changes nothing, and says whose it is", async () => {
    const [user, other] = [await add(), await add({ upn: "others@contoso.test", aliases: ["nick2@contoso.test"] })];
    const changes = [
      { sipUri: other.sipUri },
      { sipUri: "others@contoso.test" },
      { upn: "NICK2@contoso.test" },
      { sipUri: "free@contoso.test", account: `CONTOSO\\${other.account}` },
    ];
    for (const change of changes) {
      expect(await rename(user, change)).toEqual({ ok: false, reason: "name-taken" });
      const wanted = must(await plan(user, change)).names.map(({ name }) => name);
      const [taken, more] = await namesOfOthers(db, user.id, wanted);
      expect([taken?.userId, taken?.sipUri, more]).toEqual([other.id, other.sipUri, undefined]);
    }
    expect(await userById(db, user.id)).toEqual(user);
    expect(Object.values(await own(user)).sort()).toEqual(["account", "sip"]);
    expect(await findEvents(db, { userId: user.id }, 5)).toEqual([]);
  });

  it("of somebody who was renamed or deleted meanwhile changes nothing", async () => {
    const user = await add();
    const late = must(await plan(user, { sipUri: "late@contoso.test" }));
    expect((await rename(user, { account: "CONTOSO\\first" })).ok).toBe(true);
    expect(await renameUser(db, late, eventOf(user))).toEqual({ ok: false, reason: "changed-meanwhile" });
    expect((await userById(db, user.id))?.sipUri).toBe(user.sipUri);
    await env.DB.prepare("DELETE FROM users WHERE id = ?").bind(user.id).run();
    expect(await renameUser(db, late, eventOf(user))).toEqual({ ok: false, reason: "changed-meanwhile" });
    expect(await namesOfUser(db, user.id)).toEqual([]);
  });
});

describe("S-10: an alias", () => {
  it("is added once, and taken away", async () => {
    const user = await add();
    expect((await addAlias(db, user.id, "alias@x.test", eventOf(user))).ok).toBe(true);
    expect(await addAlias(db, user.id, "alias@x.test", eventOf(user))).toEqual({ ok: false, reason: "unchanged" });
    expect((await userById(db, user.id))?.revision).toBe(user.revision + 1);
    expect((await removeAlias(db, user.id, "alias@x.test", eventOf(user))).ok).toBe(true);
    expect(await removeAlias(db, user.id, "alias@x.test", eventOf(user))).toMatchObject({ reason: "no-such-alias" });
    const sip = user.sipUri.slice(4);
    expect(await removeAlias(db, user.id, sip, eventOf(user))).toMatchObject({ reason: "not-an-alias" });
    expect(Object.values(await own(user)).sort()).toEqual(["account", "sip"]);
  });

  it("is nobody else's, and there are not too many", async () => {
    const [user, other] = [await add(), await add({ aliases: ["theirs@x.test"] })];
    expect(await addAlias(db, user.id, "theirs@x.test", eventOf(user))).toMatchObject({ reason: "name-taken" });
    expect(await removeAlias(db, user.id, "theirs@x.test", eventOf(user))).toMatchObject({ reason: "no-such-alias" });
    expect((await own(other))["theirs@x.test"]).toBe("alias");
    for (let n = 0; n < MAX_ALIASES; n++) {
      expect((await addAlias(db, user.id, `many${n}@x.test`, eventOf(user))).ok).toBe(true);
    }
    expect(await addAlias(db, user.id, "more@x.test", eventOf(user))).toMatchObject({ reason: "too-many" });
    expect(await addAlias(db, "u_gone", "gone@x.test", eventOf(user))).toMatchObject({ reason: "changed-meanwhile" });
  });
});
