// From an entry of the directory to what Postern is told.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseName, sipUriOf } from "../../src/core/credentials/names.ts";
import { expiryOf, guidBytes, guidText, sidText } from "../src/ldap/values.ts";
import { readPerson, stateAt } from "../src/sync/person.ts";
import { sameName } from "../src/sync/same.ts";
import { attributeWord, groupName, wordOf } from "../src/sync/words.ts";

describe("values of Active Directory", () => {
  it("an objectGUID, whose first fields are little-endian", () => {
    const bytes = Buffer.from("ff19966f868b11d0b42d00c04fc964ff", "hex");
    expect(guidText(bytes)).toBe("6f9619ff-8b86-d011-b42d-00c04fc964ff");
    expect(guidText(bytes.subarray(1))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (raw) => {
        expect(guidBytes(guidText(Buffer.from(raw)) ?? "")).toEqual(Buffer.from(raw));
      }),
    );
  });

  it("an objectSid", () => {
    expect(sidText(Buffer.from("010500000000000515000000a065cf7e784b9b5fe77c8770091c0100", "hex"))).toBe(
      "S-1-5-21-2127521184-1604012920-1887927527-72713",
    );
    expect(sidText(Buffer.from("0105", "hex"))).toBeUndefined();
    expect(sidText(Buffer.alloc(0))).toBeUndefined();
  });

  it.each([
    ["0", undefined],
    ["9223372036854775807", undefined],
    [undefined, undefined],
    ["never", undefined],
    ["128800000000000000", Date.UTC(2009, 1, 25, 1, 46, 40)],
  ])("accountExpires %s", (text, at) => {
    expect(expiryOf(text)).toBe(at);
  });
});

describe("a word", () => {
  it.each([
    ["Sales", "Sales"],
    ["  Postern   Laptops ", "Postern-Laptops"],
    ["Köln\u00a0Süd", "Köln-Süd"],
    ["a\u200bb\u0000c\u202ed", "a-b-c-d"],
    ["ﬁnance", "finance"],
    ["x".repeat(64), "x".repeat(64)],
    ["x".repeat(65), undefined],
    [" \u00a0 ", undefined],
  ])("of %j", (text, word) => {
    expect(wordOf(text)).toBe(word);
  });

  it("of an attribute has its name; what does not fit is none, so no value can look like another one's beginning", () => {
    expect(attributeWord("department", "Research & Development")).toBe("department=Research-&-Development");
    expect(attributeWord("department", "x".repeat(60))).toBeUndefined();
    expect(attributeWord("department", " ")).toBeUndefined();
  });

  it.each([
    ["CN=Sales,OU=Groups,DC=x", "Sales"],
    ["CN=K\\C3\\B6ln\\, S\\+d,OU=x,DC=x", "Köln, S+d"],
    ['CN=\\#1 \\"a\\",DC=x', '#1 "a"'],
    ["CN=a\\5Cb,DC=x", "a\\b"],
  ])("of a group's name: %s", (dn, name) => {
    expect(groupName(dn)).toBe(name);
  });

  it("never has white space or what nobody sees", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const word = wordOf(text);
        if (word !== undefined) expect(word).toMatch(/^[^\p{C}\p{Z}]{1,64}$/u);
      }),
    );
  });
});

describe("names are compared as Postern compares them (S-10)", () => {
  it.each(["ß", "ẞ", "ı", "İ", "Σς", "ａｌｉｃｅ", "é", "e\u0301", "O'Brien. "])("%s", (name) => {
    for (const other of [name.toLowerCase(), name.toUpperCase(), name.normalize("NFD"), `${name}.`, "x"]) {
      const [one, two] = [sipUriOf(`${name}@contoso.test`), sipUriOf(`sip:${other}@contoso.test`)];
      if (one.ok && two.ok) {
        expect(sameName(`${name}@contoso.test`, `sip:${other}@contoso.test`), other).toBe(one.value === two.value);
      }
    }
  });

  it("any two", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
        const key = normaliseName(`CORP\\${name}`);
        if (key.ok) expect(sameName(`CORP\\${name}`, key.value)).toBe(true);
      }),
    );
    expect(sameName(null, "a")).toBe(false);
    expect(sameName(null, null)).toBe(true);
  });
});

describe("somebody", () => {
  const guid = guidBytes("6f9619ff-8b86-d011-b42d-00c04fc964ff");
  const alice = {
    ...{ dn: "CN=Alice,DC=x", objectGUID: guid, sAMAccountName: "alice", userAccountControl: "512" },
    ...{ "msRTCSIP-PrimaryUserAddress": "sip:alice@contoso.test", userPrincipalName: "alice@corp.test" },
  };
  const read = (more: object, words: readonly string[] = [], attributes: readonly string[] = []) =>
    readPerson({ ...alice, ...more }, "CORP", words, attributes);

  it("whole, with words sorted and once", () => {
    const more = {
      displayName: "Alice\r\nSmith",
      department: ["R & D", "Sales"],
      preferredLanguage: "de-CH",
      mail: [],
    };
    expect(read(more, ["z", "a", "a"], ["department", "none"])).toMatchObject({
      key: "ad:6f9619ff-8b86-d011-b42d-00c04fc964ff",
      name: "alice@contoso.test",
      disabled: false,
      person: {
        ...{ sipUri: "sip:alice@contoso.test", account: "CORP\\alice", upn: "alice@corp.test", mail: null, sid: null },
        ...{
          displayName: "Alice Smith",
          language: "de-CH",
          groups: ["a", "department=R-&-D", "department=Sales", "z"],
        },
      },
    });
  });

  it("S-70: homed at the pool whose number is in the home server", () => {
    const poolOf = (server: string | string[]) => {
      const person = read({ "msRTCSIP-PrimaryHomeServer": server })?.person;
      return person !== undefined && "pool" in person ? person.pool : undefined;
    };
    const services = "CN=Pools,CN=RTC Service,CN=Services,CN=Configuration,DC=corp,DC=test";
    expect(poolOf(`CN=Lc Services,CN=Microsoft,CN=1:2,${services}`)).toBe("1:2");
    expect(poolOf(`CN=LC Services,CN=Microsoft,CN=Pool01,${services}`)).toBe("pool01");
    for (const none of [[], "", "CN=1:2", `CN=,${services}`, `CN=a b,${services}`]) expect(poolOf(none)).toBeNull();
  });

  it.each([
    ["without an address", { "msRTCSIP-PrimaryUserAddress": [] }, "no-address"],
    ["with a telephone number for an address", { "msRTCSIP-PrimaryUserAddress": "tel:+4955501" }, "bad-address"],
    ["with spaces in the address", { "msRTCSIP-PrimaryUserAddress": "sip:a b@contoso.test" }, "bad-address"],
    ["with an account that cannot be read", { sAMAccountName: [] }, "no-account"],
  ])("%s is a problem, with a sentence", (_, more, code) => {
    expect(read(more)?.person).toEqual({ code, message: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  it("with more words than can be kept is a problem: none is left out, because a rule may be about it", () => {
    const words = Array.from({ length: 51 }, (_, at) => `w${at}`);
    expect(read({}, words)?.person).toMatchObject({ code: "too-many-words" });
  });

  it("S-47: is out when the account is disabled, when its time has come, and when nobody can read whether it is", () => {
    const at = (more: object, now: number) => {
      const one = read(more);
      return one && stateAt(one, now);
    };
    expect(at({}, 0)).toBe("in");
    expect(at({ userAccountControl: "514" }, 0)).toBe("disabled");
    expect(at({ userAccountControl: [] }, 0)).toBe("disabled");
    const end = Date.UTC(2009, 1, 25, 1, 46, 40);
    expect(at({ accountExpires: "128800000000000000" }, end - 1)).toBe("in");
    expect(at({ accountExpires: "128800000000000000" }, end)).toBe("expired");
  });

  it("without a readable objectGUID is nobody", () => {
    expect(read({ objectGUID: [] })).toBeUndefined();
  });
});
