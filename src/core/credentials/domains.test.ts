import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countedAs, type Domains, keysOfName } from "./domains.ts";
import { nameFromNtlm } from "./names.ts";

const DOMAINS: Domains = new Map([
  ["contoso.test", "contoso"],
  ["corp.contoso.test", "contoso"],
  ["fabrikam.test", "fabrikam"],
]);
/** The key by which a name in the fields of an NTLM message is counted. */
function counted(user: string, domain: string, domains = DOMAINS): string {
  const name = nameFromNtlm(user, domain, "CONTOSO");
  return name.ok ? keysOfName(name.value, domains)[0] : name.reason;
}

describe("S-10: an account under each name of its domain", () => {
  it.each([
    ["alice", "CONTOSO"],
    ["alice", ""],
    ["alice", "contoso.test"],
    ["ALICE", "Contoso.Test"],
    ["alice", "contoso.test."],
    ["alice", "corp.contoso.test"],
    ["contoso.test\\alice", ""],
    ["CORP.contoso.test/Alice.", ""],
    ["ａｌｉｃｅ", "ｃｏｎｔｏｓｏ．ｔｅｓｔ"],
  ])("user %j in domain %j is one account", (user, domain) => {
    expect(counted(user, domain)).toBe("contoso\\alice");
  });

  it.each([
    ["alice", "fabrikam.test", "fabrikam\\alice"],
    ["alice", "FABRIKAM", "fabrikam\\alice"],
    ["alice", "evil.test", "evil.test\\alice"],
    ["alice", "contoso.test.evil.test", "contoso.test.evil.test\\alice"],
    ["alice", "xcontoso.test", "xcontoso.test\\alice"],
    ["alice@contoso.test", "fabrikam.test", "alice@contoso.test"],
  ])("user %j in domain %j is another's: %s", (user, domain, key) => {
    expect(counted(user, domain)).toBe(key);
  });

  it("is looked for in its domain, under its other names, and then as the address that a client took apart", () => {
    expect(keysOfName("corp.contoso.test\\alice.smith", DOMAINS)).toEqual([
      "contoso\\alice.smith",
      "contoso.test\\alice.smith",
      "corp.contoso.test\\alice.smith",
      "alice.smith@corp.contoso.test",
    ]);
    expect(keysOfName("contoso\\alice", DOMAINS)).toEqual([
      "contoso\\alice",
      "contoso.test\\alice",
      "corp.contoso.test\\alice",
    ]);
    expect(keysOfName("evil.test\\alice", DOMAINS)).toEqual(["evil.test\\alice"]);
    expect(keysOfName("alice@contoso.test", DOMAINS)).toEqual(["alice@contoso.test"]);
  });

  it("is forgotten under every key that it was counted by", () => {
    expect(countedAs("contoso.test\\alice", DOMAINS)).toEqual(["contoso\\alice"]);
    expect(countedAs("alice.smith@fabrikam.test", DOMAINS)).toEqual([
      "alice.smith@fabrikam.test",
      "fabrikam\\alice.smith",
    ]);
    expect(countedAs("alice@evil.test", DOMAINS)).toEqual(["alice@evil.test"]);
  });

  it("has one key for every name, whatever the name is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), (user) => {
        const keys = ["CONTOSO", "contoso.test", "CORP.CONTOSO.TEST."].map((domain) => counted(user, domain));
        expect(new Set(keys).size).toBe(1);
      }),
    );
  });
});
