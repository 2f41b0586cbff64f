// The changes that Entra ID and Okta send, and what nobody should send.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patched } from "./patch.ts";
import { EXTENSION, type Kept, readResource, withoutFollowers } from "./resource.ts";

const KEPT: Kept = {
  ...{ id: "u_1", externalId: "ext-1", upn: "alice@contoso.test", sipUri: "sip:alice@contoso.test" },
  ...{ account: "CONTOSO\\alice", displayName: "Alice", mail: null, mobile: "+49 30 1", language: "de" },
  ...{ sid: null, pool: null, groups: ["sales"], active: true, createdAt: 0, revision: 3 },
};
const document = () => withoutFollowers(KEPT, "CONTOSO");
const saidAfter = (...Operations: readonly object[]) => {
  const result = patched(document(), { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations });
  if (!result.ok) throw new Error(result.reason);
  const read = readResource(result.value, "CONTOSO");
  if (!read.ok) throw new Error(read.reason);
  return read.value;
};

it("S-70: the home pool is an attribute of the extension, and goes away with it", () => {
  const path = `${EXTENSION}:pool`;
  expect(saidAfter({ op: "add", path, value: "pool2.contoso.local" }).pool).toBe("pool2.contoso.local");
  const has = withoutFollowers({ ...KEPT, pool: "pool2.contoso.local" }, "CONTOSO");
  expect(has[EXTENSION]).toMatchObject({ pool: "pool2.contoso.local" });
  expect(document()[EXTENSION]).not.toHaveProperty("pool");
});

describe("a change of a person", () => {
  it.each<[string, object, object]>([
    ["Entra disables", { op: "Replace", path: "active", value: "False" }, { active: false }],
    ["Okta disables", { op: "replace", value: { active: false } }, { active: false }],
    ["Entra enables", { op: "Add", path: "active", value: "True" }, { active: true }],
    [
      "a mail that was not there",
      { op: "Replace", path: 'emails[type eq "work"].value', value: "a@b.c" },
      { mail: "a@b.c" },
    ],
    ["a mail added", { op: "Add", path: 'emails[type eq "work"].value', value: "a@b.c" }, { mail: "a@b.c" }],
    [
      "a mail as a list",
      { op: "replace", path: "emails", value: [{ value: "a@b.c", primary: true }] },
      { mail: "a@b.c" },
    ],
    ["a mobile", { op: "Replace", path: 'phoneNumbers[type eq "mobile"].value', value: "+1" }, { mobile: "+1" }],
    ["a mobile gone", { op: "Remove", path: 'phoneNumbers[type eq "mobile"].value' }, { mobile: null }],
    ["a mobile gone, all", { op: "remove", path: 'phoneNumbers[type eq "mobile"]' }, { mobile: null }],
    ["a mail gone that was not there", { op: "Remove", path: 'emails[type eq "work"].value' }, { mail: null }],
    ["a name gone", { op: "replace", path: "displayName", value: "" }, { displayName: null }],
    [
      "several without a path",
      { op: "replace", value: { displayName: "B", preferredLanguage: "en" } },
      { displayName: "B", language: "en" },
    ],
    [
      "the name follows to address and account",
      { op: "Replace", path: "userName", value: "bob@contoso.test" },
      { upn: "bob@contoso.test", sipUri: "sip:bob@contoso.test", account: "CONTOSO\\bob" },
    ],
    ["the account", { op: "Add", path: `${EXTENSION}:account`, value: "FABRIKAM\\al" }, { account: "FABRIKAM\\al" }],
    ["the extension whole", { op: "replace", path: EXTENSION, value: { sid: "S-1-5-21-1" } }, { sid: "S-1-5-21-1" }],
    [
      "the extension without a path",
      { op: "replace", value: { [EXTENSION]: { sid: "S-1-5-21-1" } } },
      { sid: "S-1-5-21-1" },
    ],
    ["groups as a text", { op: "replace", path: `${EXTENSION}:groups`, value: "a;b" }, { groups: ["a", "b"] }],
    ["groups as a list", { op: "replace", path: `${EXTENSION}:groups`, value: [{ value: "a" }] }, { groups: ["a"] }],
    [
      "a group more",
      { op: "add", path: `${EXTENSION}:groups`, value: [{ value: "vip" }] },
      { groups: ["sales", "vip"] },
    ],
    ["what Postern does not keep", { op: "replace", path: "name.familyName", value: "X" }, { displayName: "Alice" }],
    [
      "an enterprise attribute",
      { op: "add", path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", value: "X" },
      {},
    ],
    [
      "the core's own urn",
      { op: "replace", path: "urn:ietf:params:scim:schemas:core:2.0:User:displayName", value: "B" },
      { displayName: "B" },
    ],
  ])("%s", (_, operation, expected) => {
    const said = saidAfter(operation);
    expect(said).toMatchObject(expected);
    const names = new Set(Object.keys(expected));
    const { id: _id, createdAt: _at, revision: _revision, ...rest } = KEPT;
    for (const [name, value] of Object.entries(rest)) {
      if (!names.has(name)) expect(said[name as keyof typeof said], name).toEqual(value);
    }
  });

  it("twice is the same", () => {
    const again = { op: "add", path: `${EXTENSION}:groups`, value: [{ value: "sales" }] };
    expect(saidAfter(again).groups).toEqual(["sales"]);
  });

  it.each<[string, unknown]>([
    ["no operations", {}],
    ["an operation of nobody's", { Operations: [{ op: "copy", path: "active" }] }],
    ["too many", { Operations: Array.from({ length: 101 }, () => ({ op: "replace", path: "active", value: true })) }],
    ["a text", "x"],
    ["nothing", null],
  ])("is refused: %s", (_, body) => {
    expect(patched(document(), body).ok).toBe(false);
  });

  it("S-9: whatever the path is, nothing but the attributes of a person is changed", () => {
    const name = fc.constantFrom(
      "__proto__",
      "constructor",
      "prototype",
      "active",
      "emails",
      "userName",
      "toString",
      EXTENSION,
    );
    const path = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(".")),
      fc.tuple(name, fc.string({ maxLength: 10 })).map(([list, inner]) => `${list}[type eq "${inner}"].value`),
      fc.tuple(name, name).map(([a, b]) => `${a}:${b}`),
    );
    const operation = fc.record({
      op: fc.constantFrom("add", "replace", "remove", "Replace"),
      path,
      value: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 5 }), (Operations) => {
        const result = patched(document(), { Operations });
        if (result.ok) readResource(result.value, "CONTOSO");
        expect(Object.keys(Object.prototype)).toEqual([]);
        const known = new Set([
          "userName",
          "externalId",
          "displayName",
          "preferredLanguage",
          "active",
          "emails",
          "phoneNumbers",
          EXTENSION,
        ]);
        if (result.ok) expect(Object.keys(result.value as object).filter((each) => !known.has(each))).toEqual([]);
      }),
    );
  });
});
