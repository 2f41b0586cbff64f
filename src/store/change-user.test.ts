// Changing a user who exists, against D1 in workerd.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { must } from "../../test/kit/ntlm.ts";
import { changeUser } from "./change-user.ts";
import { openDatabase } from "./database.ts";
import { addUser, namesOfUser, showUser, type User } from "./directory.ts";
import { upnOf } from "./new-user.ts";

const db = openDatabase(env.DB);

/** Each test takes accounts of its own. */
const add = async (account: string, upn?: string, aliases: string[] = []): Promise<User> =>
  must(await addUser(db, { sipUri: `sip:${account}@contoso.test`, account: `CONTOSO\\${account}`, upn, aliases }, 0));
const set = (user: User, upn: string) => changeUser(db, user.id, {}, must(upnOf(upn)));
const upnNow = async ({ sipUri }: User) => (await showUser(db, sipUri.slice("sip:".length)))?.upn;
const kinds = async (user: User) =>
  Object.fromEntries((await namesOfUser(db, user.id)).map(({ name, kind }) => [name, kind]));

describe("a UPN", () => {
  it("S-10: is a name to sign in by, spelt as it was given", async () => {
    const user = await add("ann");
    expect((await set(user, " Ann.A@Fabrikam.test ")).ok).toBe(true);
    expect(await upnNow(user)).toBe("Ann.A@Fabrikam.test");
    expect((await showUser(db, "ann.a@fabrikam.test"))?.id).toBe(user.id);
    expect((await showUser(db, "ann.a@fabrikam.test"))?.revision).toBe(user.revision + 1);
  });

  it("S-10: takes the place of the one before, which is free for another", async () => {
    const [user, other] = [await add("bea", "old.bea@contoso.test"), await add("bob")];
    expect((await set(user, "new.bea@contoso.test")).ok).toBe(true);
    expect(await kinds(user)).toEqual({
      "bea@contoso.test": "sip",
      "new.bea@contoso.test": "upn",
      "contoso\\bea": "account",
    });
    expect((await set(other, "OLD.bea@contoso.test")).ok).toBe(true);
    expect((await showUser(db, "old.bea@contoso.test"))?.id).toBe(other.id);
  });

  it.each([
    ["SIP address", "dora@contoso.test"],
    ["UPN", "dora.upn@contoso.test"],
    ["alias", "dora.alias@contoso.test"],
  ])("S-10: that is another's %s is refused, and nothing is changed", async (kind, taken) => {
    const account = `cleo-${kind.replace(" ", "-").toLowerCase()}`;
    const user = await add(account, `${account}.upn@contoso.test`);
    if ((await showUser(db, "dora@contoso.test")) === undefined) {
      await add("dora", "dora.upn@contoso.test", ["dora.alias@contoso.test"]);
    }
    const before = await kinds(user);
    const refused = await changeUser(db, user.id, { groups: ["staff"] }, must(upnOf(taken.toUpperCase())));
    expect(refused).toEqual({ ok: false, reason: "name-taken" });
    expect(await kinds(user)).toEqual(before);
    expect(await showUser(db, `${account}@contoso.test`)).toEqual(user);
  });

  it("S-10: that is the user's SIP address or alias already leaves that name what it is", async () => {
    const user = await add("eva", undefined, ["eva.alias@contoso.test"]);
    const before = await kinds(user);
    for (const own of ["Eva@contoso.test", "eva.alias@contoso.test", "EVA.alias@contoso.test"]) {
      expect((await set(user, own)).ok).toBe(true);
      expect([await upnNow(user), await kinds(user)]).toEqual([own, before]);
    }
    expect((await set(user, "eva.upn@contoso.test")).ok).toBe(true);
    expect(await kinds(user)).toEqual({ ...before, "eva.upn@contoso.test": "upn" });
  });
});
