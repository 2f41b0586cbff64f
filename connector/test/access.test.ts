import { describe, expect, it } from "vitest";
import { admit } from "../src/access.ts";

const SERVICE = "HTTP/fe01.corp.contoso.test";
const lists = { services: [SERVICE], userDomains: ["corp.contoso.test"], allowUsers: [], denyUsers: [] };
const alice = "alice@corp.contoso.test";

it("an allowed user at an allowed service, however both are written", () => {
  for (const [user, service] of [
    [alice, SERVICE],
    ["ALICE@Corp.Contoso.Test", "http/FE01.corp.contoso.test"],
  ] as const) {
    expect(admit(user, service, lists)).toEqual({ ok: true, value: { user: alice, service: SERVICE } });
  }
});

it.each([
  "HTTP/fe02.corp.contoso.test",
  "LDAP/fe01.corp.contoso.test",
  "HTTP/fe01.corp.contoso.test@EVIL.TEST",
  "",
  "HTTP",
])("the service %s is not one of the list", (service) => {
  expect(admit(alice, service, lists)).toMatchObject({ reason: "service-not-allowed" });
});

it.each([
  "alice",
  "@corp.contoso.test",
  "-U@corp.contoso.test",
  "--out-cache@corp.contoso.test",
  "alice bob@corp.contoso.test",
  "alice@corp.contoso.test@corp.contoso.test",
  "alice\\@x@corp.contoso.test",
  "CORP\\alice@corp.contoso.test",
  "alice/admin@corp.contoso.test",
  "alice\n@corp.contoso.test",
  "alice\0@corp.contoso.test",
  "alice*@corp.contoso.test",
  "alice)(x=@corp.contoso.test",
  `${"a".repeat(65)}@corp.contoso.test`,
  "alice@corp.contoso.test ",
  "alice@corp.contoso.test\n",
])("%j is no user name that is handed to a program", (user) => {
  expect(admit(user, SERVICE, lists)).toMatchObject({ reason: "not-a-user-name" });
});

it("names of people who are not called Alice are names", () => {
  for (const user of ["j.o'neil", "søren+lab", "müller_1", "x-y", "李雷"]) {
    expect(admit(`${user}@corp.contoso.test`, SERVICE, lists), user).toMatchObject({ ok: true });
  }
});

describe("the lists of users", () => {
  it("a domain that is not listed, or only ends like one that is", () => {
    for (const user of ["alice@evil.test", "alice@evil.corp.contoso.test", "alice@xcorp.contoso.test"]) {
      expect(admit(user, SERVICE, lists), user).toMatchObject({ reason: "domain-not-allowed" });
    }
  });

  it("a denied user, also one who is allowed", () => {
    const both = { ...lists, allowUsers: [alice], denyUsers: [alice] };
    expect(admit("Alice@corp.contoso.test", SERVICE, both)).toMatchObject({ reason: "user-denied" });
  });

  it("a denied user under a name that the directory takes for the same", () => {
    const denied = { ...lists, denyUsers: ["administrator@corp.contoso.test"] };
    for (const name of [
      "ádministrator",
      "administratør",
      "a\u0332dministrator",
      "ａdministrator",
      "administrator\u{1e922}",
    ]) {
      expect(admit(`${name}@corp.contoso.test`, SERVICE, denied), name).toMatchObject({ reason: "user-denied" });
    }
    const soren = "søren@corp.contoso.test";
    expect(admit(soren, SERVICE, { ...denied, allowUsers: [soren] })).toMatchObject({ ok: true });
    expect(admit(alice, SERVICE, denied)).toMatchObject({ ok: true });
  });

  it("a list of allowed users allows nobody else", () => {
    const only = { ...lists, allowUsers: [alice] };
    expect(admit(alice, SERVICE, only)).toMatchObject({ ok: true });
    expect(admit("bob@corp.contoso.test", SERVICE, only)).toMatchObject({ reason: "user-not-listed" });
  });
});
