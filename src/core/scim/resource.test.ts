// How a person of SCIM becomes a person of Postern.

import { describe, expect, it } from "vitest";
import { readFilter } from "./filter.ts";
import { EXTENSION, readResource } from "./resource.ts";

describe("a person of SCIM", () => {
  it("with a user name alone has an address and an account of it", () => {
    expect(readResource({ userName: "alice@contoso.test" }, "CONTOSO")).toMatchObject({
      ok: true,
      value: { upn: "alice@contoso.test", sipUri: "sip:alice@contoso.test", account: "CONTOSO\\alice", active: true },
    });
  });

  it("keeps what is mapped", () => {
    const own = { sipAddress: "sip:a.l@contoso.test", account: "FAB\\al", sid: "S-1-5-21-1", groups: "x; y;x" };
    expect(
      readResource({ userName: "alice@contoso.test", active: "False", [EXTENSION]: own }, "CONTOSO"),
    ).toMatchObject({
      ok: true,
      value: {
        sipUri: "sip:a.l@contoso.test",
        account: "FAB\\al",
        sid: "S-1-5-21-1",
        groups: ["x", "y"],
        active: false,
      },
    });
  });

  it("may have an account for a name, and a mail address for an address", () => {
    const emails = [{ primary: true, type: "work", value: "alice@contoso.test" }];
    expect(readResource({ userName: "Test_User_1", emails }, "CONTOSO")).toMatchObject({
      ok: true,
      value: { upn: null, account: "CONTOSO\\Test_User_1", sipUri: "sip:alice@contoso.test" },
    });
  });

  it("whose new name does not tell the account keeps the one that is known", () => {
    const long = "5b50642d-79fc-4410-9e90-4c077cdd1a59@contoso.test";
    expect(readResource({ userName: long }, "CONTOSO", "CONTOSO\\al")).toMatchObject({
      value: { account: "CONTOSO\\al" },
    });
  });

  it("takes the primary address of several, and no private one", () => {
    const emails = [
      { value: "home@x.y", type: "home", primary: true },
      { value: "a@x.y", type: "work" },
      { value: "b@x.y", primary: true },
    ];
    expect(readResource({ userName: "a@b.c", emails }, "C")).toMatchObject({ ok: true, value: { mail: "b@x.y" } });
  });

  it.each<[string, unknown, string]>([
    ["without a name", {}, "userName"],
    ["with a name of two words", { userName: "a b" }, "userName: It must be the user principal name"],
    [
      "with another account than its name",
      { userName: "a", emails: [{ value: "a@b.c" }], [EXTENSION]: { account: "X\\b" } },
      "userName",
    ],
    ["without any address", { userName: "alice" }, "sipAddress"],
    ["whose account cannot be guessed", { userName: "a.very.long.name.indeed@contoso.test" }, "Map DOMAIN"],
    ["with numbers for names", { userName: "a@b.c", displayName: 5 }, "displayName"],
    ["that is a list", [], "userName"],
    ["that is nothing", null, "the resource"],
  ])("%s is refused", (_, document, because) => {
    const read = readResource(document, "CONTOSO");
    expect(read).toMatchObject({ ok: false, reason: expect.stringContaining(because) });
  });
});

describe("a filter", () => {
  it.each([
    ['userName eq "a@b.c"', "userName", "a@b.c"],
    ['username EQ "a@b.c"', "userName", "a@b.c"],
    ['externalId eq "x" and active eq true', "externalId", "x"],
    ['active eq true and id eq "u_1"', "id", "u_1"],
  ])("%s looks a person up", (text, by, value) => {
    expect(readFilter(text)).toMatchObject({ ok: true, value: { by, value } });
  });

  it("is tried on the person that was found", () => {
    const read = readFilter('userName eq "A@b.c" and active eq true');
    if (!read.ok) throw new Error(read.reason);
    expect(read.value.fits({ userName: "a@B.c", active: true })).toBe(true);
    expect(read.value.fits({ userName: "a@b.c", active: false })).toBe(false);
  });

  it.each([
    'displayName eq "x"',
    'userName sw "a"',
    'userName eq "a" or id eq "b"',
    "userName eq",
    "(",
    "",
    `userName eq "${"a".repeat(700)}"`,
  ])("%s is refused", (text) => expect(readFilter(text).ok).toBe(false));
});
