// Adding many users at once, against D1 in workerd.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { addUsers } from "./add-users.ts";
import { openDatabase } from "./database.ts";
import { addUser, findForSignIn, namesOfUser } from "./directory.ts";
import { pageOfUsers } from "./user-list.ts";

const db = openDatabase(env.DB);
const NOW = 1_790_000_000_000;

const newUser = (name: string, more: object = {}) => ({
  ...{ sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}`, upn: `${name}@corp.test` },
  ...more,
});

describe("many users at once", () => {
  it("are there as if each had been added alone", async () => {
    const rows = Array.from({ length: 200 }, (_, index) =>
      newUser(`many${index}`, { groups: ["sales", `n=${index}`], aliases: [`Ümläut.${index}@contoso.test`] }),
    );
    const added = await addUsers(db, rows, NOW);
    expect(added.filter(({ ok }) => ok)).toHaveLength(200);
    const alone = await addUser(db, newUser("alone", { groups: ["sales"] }), NOW);
    const [many] = added;
    if (!alone.ok || !many?.ok) throw new Error("not added");
    const users = (await pageOfUsers(db, {}, { limit: 1_000 })).items;
    const stored = (id: string) => users.find((user) => user.id === id);
    expect(stored(many.value.id)).toEqual(many.value);
    expect(stored(many.value.id)).toMatchObject({ groups: ["sales", "n=0"], upn: "many0@corp.test", revision: 0 });
    const { id: _, ...columns } = alone.value;
    expect(Object.keys(stored(many.value.id) ?? {})).toEqual(expect.arrayContaining(Object.keys(columns)));
    expect((await namesOfUser(db, many.value.id)).map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      "account contoso\\many0",
      "alias ümläut.0@contoso.test",
      "sip many0@contoso.test",
      "upn many0@corp.test",
    ]);
    expect((await findForSignIn(db, "many7@corp.test", NOW))?.user.sipUri).toBe("sip:many7@contoso.test");
  });

  it("S-10: a row whose name somebody has fails alone and says which; so does the second of two", async () => {
    await addUser(db, newUser("first"), NOW);
    const added = await addUsers(
      db,
      [
        newUser("good"),
        newUser("second", { aliases: ["FIRST@contoso.test"] }),
        newUser("good2", { upn: "good@CORP.test" }),
        newUser("bad", { account: "no domain" }),
        newUser("good3"),
      ],
      NOW,
    );
    expect(
      added.map((row) => (row.ok ? row.value.account : row.reason === "name-taken" ? row.taken : row.reason)),
    ).toEqual(["good", ["first@contoso.test"], ["good@corp.test"], "bad-account", "good3"]);
    expect(await findForSignIn(db, "contoso\\second", NOW)).toBeUndefined();
    expect(await findForSignIn(db, "contoso\\good3", NOW)).toBeDefined();
  });

  it("only the row fails whose name is taken while the others are added", async () => {
    const racing = new Proxy(db, {
      get: (target, key) =>
        key !== "batch"
          ? Reflect.get(target, key)
          : async (...given: Parameters<typeof db.batch>) => {
              await addUser(db, newUser("racer"), NOW); // the second call fails, as it should
              return db.batch(...given);
            },
    });
    const added = await addUsers(racing, [newUser("slow1"), newUser("racer"), newUser("slow2")], NOW);
    expect(added.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(added[1]).toMatchObject({ reason: "name-taken", taken: expect.arrayContaining(["racer@contoso.test"]) });
    expect(await findForSignIn(db, "contoso\\slow2", NOW)).toBeDefined();
  });

  it("with a dry run nobody is added, and the same is said", async () => {
    const rows = [newUser("dry"), newUser("first")];
    const said = await addUsers(db, rows, NOW, { dryRun: true });
    expect(said.map(({ ok }) => ok)).toEqual([true, false]);
    expect(await findForSignIn(db, "contoso\\dry", NOW)).toBeUndefined();
    expect(await addUsers(db, [], NOW)).toEqual([]);
  });
});
