// S-10: one account, one key, however it is spelt.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/kit/runs.ts";
import {
  MAX_NAME_LENGTH,
  type NameFault,
  nameFromNtlm,
  normaliseName,
  sameSipUri,
  sipUriOf,
  splitAccount,
} from "./names.ts";

const keyOf = (text: string): string => {
  const key = normaliseName(text);
  return key.ok ? key.value : `refused: ${key.reason}`;
};

describe("normaliseName", () => {
  it.each([
    "alice@contoso.test",
    "ALICE@Contoso.Test",
    "sip:alice@contoso.test",
    "SIP:Alice@CONTOSO.TEST",
    "  alice@contoso.test\r\n",
    "alice@contoso.test.",
    "alice@contoso.test . ",
    "alice.@contoso.test",
    "alice @ contoso.test",
    "\u00a0alice@contoso.test\u3000",
    "ａｌｉｃｅ＠ｃｏｎｔｏｓｏ．ｔｅｓｔ",
    "CONTOSO\\alice@contoso.test",
  ])("S-10: %j is alice's address", (text) => {
    expect(keyOf(text)).toBe("alice@contoso.test");
  });

  it.each([
    "CONTOSO\\alice",
    "contoso\\ALICE",
    "CONTOSO/alice",
    " Contoso \\ Alice ",
    "CONTOSO\\alice.",
    "CONTOSO.\\alice .",
    "ＣＯＮＴＯＳＯ＼ａｌｉｃｅ",
  ])("S-10: %j is alice's account", (text) => {
    expect(keyOf(text)).toBe("contoso\\alice");
  });

  it.each([
    ["caf\u00e9@contoso.test", "cafe\u0301@contoso.test"],
    ["CAFÉ@contoso.test", "café@contoso.test"],
    ["straße@contoso.test", "STRASSE@contoso.test"],
    ["STRAẞE@contoso.test", "strasse@contoso.test"],
    ["ΟΔΥΣΣΕΥΣ@contoso.test", "οδυσσευς@contoso.test"],
    ["οδυσσευσ@contoso.test", "οδυσσευς@contoso.test"],
    ["\u212Aelvin@contoso.test", "kelvin@contoso.test"],
    ["\uFB01na@contoso.test", "fina@contoso.test"],
    ["CORP.contoso.test.\\José", "corp.contoso.test\\JOSE\u0301"],
  ])("S-10: %j and %j are one name", (a, b) => {
    expect(keyOf(a)).toBe(keyOf(b));
    expect(keyOf(a)).not.toMatch(/^refused/);
  });

  const refused: [string, NameFault][] = [
    ["", "empty"],
    [" \t ", "empty"],
    ["...", "empty"],
    ["alice", "unqualified"],
    ["alice\u0000@contoso.test", "control-character"],
    ["alice@contoso.test\u0000", "control-character"],
    ["ali\u200dce@contoso.test", "control-character"],
    ["\u202ealice@contoso.test", "control-character"],
    ["ali\nce@contoso.test", "control-character"],
    ["ali\ud800ce@contoso.test", "control-character"],
    ["@contoso.test", "malformed"],
    ["alice@", "malformed"],
    ["alice@@contoso.test", "malformed"],
    ["alice@contoso.test@contoso.test", "malformed"],
    ["sip:alice", "malformed"],
    ["sip:CONTOSO\\alice@contoso.test", "malformed"],
    ["\\alice", "malformed"],
    [".\\alice", "malformed"],
    ["CONTOSO\\", "malformed"],
    ["CONTOSO\\alice\\bob", "malformed"],
    ["a@b\\alice", "malformed"],
    [`${"a".repeat(MAX_NAME_LENGTH)}@x`, "too-long"],
    [`${"\uFDFA".repeat(20)}@x`, "too-long"],
  ];
  it.each(refused)("S-10: %j is refused as %s", (text, reason) => {
    expect(normaliseName(text)).toEqual({ ok: false, reason });
  });

  it("S-10: a key is its own key, for every character of Unicode", () => {
    for (let codePoint = 0; codePoint <= 0x1ffff; codePoint++) {
      const key = normaliseName(`a${String.fromCodePoint(codePoint)}b@contoso.test`);
      if (key.ok && keyOf(key.value) !== key.value) expect.fail(`U+${codePoint.toString(16)} changes its key`);
    }
  });

  it("S-10: a key is its own key and does not depend on case or normal form, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const key = normaliseName(text);
        if (!key.ok) return;
        expect(keyOf(key.value)).toBe(key.value);
        expect(keyOf(text.toUpperCase())).toBe(key.value);
        expect(keyOf(text.normalize("NFD"))).toBe(key.value);
        expect(keyOf(` ${text}. `)).toBe(key.value);
      }),
      { numRuns: runs(5000) },
    );
  });
});

describe("nameFromNtlm", () => {
  it.each([
    ["alice", "CONTOSO", "contoso\\alice"],
    ["ALICE", "contoso", "contoso\\alice"],
    ["alice", "", "contoso\\alice"],
    ["alice", " ", "contoso\\alice"],
    ["CONTOSO\\alice", "", "contoso\\alice"],
    ["CONTOSO/alice", "", "contoso\\alice"],
    ["alice", "CORP.contoso.test", "corp.contoso.test\\alice"],
    ["alice@contoso.test", "", "alice@contoso.test"],
    ["alice@contoso.test", "CONTOSO", "alice@contoso.test"],
    ["Alice@Contoso.Test.", "whatever", "alice@contoso.test"],
    ["sip:alice@contoso.test", "", "alice@contoso.test"],
  ])("S-10: user %j in domain %j is %j", (user, domain, key) => {
    expect(nameFromNtlm(user, domain, "CONTOSO")).toEqual({ ok: true, value: key });
  });

  it.each([
    ["", "", "empty"],
    ["", "CONTOSO", "empty"],
    [" ", "CONTOSO", "empty"],
    ["CONTOSO\\alice", "FABRIKAM", "malformed"],
    ["alice", "CON\u0000TOSO", "control-character"],
    ["alice\u0000", "CONTOSO", "control-character"],
    ["alice@contoso.test", "\u0000", "control-character"],
    ["alice", "a\\b", "malformed"],
  ])("S-10: user %j in domain %j is refused as %s", (user, domain, reason) => {
    expect(nameFromNtlm(user, domain, "CONTOSO")).toEqual({ ok: false, reason });
  });

  it("S-10: a bare user without a default domain is nobody", () => {
    expect(nameFromNtlm("alice", "", "")).toEqual({ ok: false, reason: "unqualified" });
  });

  it("S-10: the NTLM fields and the written form give one key", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (user, domain) => {
        const fromNtlm = nameFromNtlm(user, domain, "");
        const namesADomain = normaliseName(`${domain}\\x`).ok; // "." and " " count as an empty field
        if (!fromNtlm.ok || !namesADomain || user.includes("@")) return;
        expect(normaliseName(`${domain}\\${user}`)).toEqual(fromNtlm);
      }),
      { numRuns: runs(5000) },
    );
  });
});

describe("SIP URIs", () => {
  it("S-10: are compared normalised, with or without their scheme", () => {
    expect(sipUriOf(" SIP:Alice@Contoso.test. ")).toEqual({ ok: true, value: "sip:alice@contoso.test" });
    expect(sameSipUri("alice@contoso.test", "sip:ALICE@contoso.test")).toBe(true);
    expect(sameSipUri("sip:alice@contoso.test", "sip:alice@contoso.test.evil.test")).toBe(false);
    expect(sameSipUri("sip:bob@contoso.test", "sip:alice@contoso.test")).toBe(false);
  });

  it("S-10: what is no SIP URI is the same as nothing", () => {
    expect(sameSipUri("", "")).toBe(false);
    expect(sameSipUri("CONTOSO\\alice", "CONTOSO\\alice")).toBe(false);
    expect(sipUriOf("CONTOSO\\alice")).toEqual({ ok: false, reason: "malformed" });
  });

  it.each([
    "sip:a b@contoso.test",
    "sip:alice@contoso test",
    "sip:alice@contoso.test;transport=tls",
    "sip:alice@contoso.test:5061",
    "sip:alice:secret@contoso.test",
    "sip:<alice>@contoso.test",
    'sip:"alice"@contoso.test',
    "http://alice@contoso.test",
  ])("S-44: %j cannot be a user's, so no guard is looked for", (text) => {
    expect(sipUriOf(text)).toEqual({ ok: false, reason: "malformed" });
  });

  it.each([
    "sip:o'neill+x@contoso.test",
    "sip:a(b)=c,d@con-toso_1.test",
    "sip:jörg@müller.test",
    "sip:a%20b@contoso.test",
  ])("S-44: %j can be one", (text) => {
    expect(sipUriOf(text).ok).toBe(true);
  });
});

describe("splitAccount", () => {
  it("keeps the case that was given", () => {
    expect(splitAccount(" CONTOSO\\Alice ")).toEqual({ ok: true, value: { domain: "CONTOSO", account: "Alice" } });
    expect(splitAccount("CONTOSO/alice")).toEqual({ ok: true, value: { domain: "CONTOSO", account: "alice" } });
  });

  it("refuses what is no account name", () => {
    expect(splitAccount("alice@contoso.test")).toEqual({ ok: false, reason: "unqualified" });
    expect(splitAccount("alice")).toEqual({ ok: false, reason: "unqualified" });
    expect(splitAccount("CONTOSO\\")).toEqual({ ok: false, reason: "malformed" });
  });
});
