// Every client whose source was read signs in, and none signs in with a wrong password. The table in
// test-client-profiles.ts has the differences between them; here each row goes through one whole handshake.

import { describe, expect, it } from "vitest";
import { ALICE, answer, handshake, must } from "../../../test/kit/ntlm.ts";
import { PROFILES, REFUSED_PROFILES } from "../../../test/kit/ntlm-client.ts";
import { parseAuthenticate } from "./authenticate.ts";
import { identityCandidates } from "./identity.ts";
import { ntHash } from "./responses.ts";

describe.each(Object.values(PROFILES))("$name", (profile) => {
  it("signs in", () => {
    expect(answer(handshake(profile).type3)).toMatchObject({ ok: true, value: { index: 1 } });
  });

  it("is refused with a wrong password", () => {
    expect(answer(handshake(profile, { password: "wrong" }).type3)).toEqual({ ok: false, reason: "wrong-proof" });
  });

  it("is refused when the user has no secret, at the same work", () => {
    expect(answer(handshake(profile).type3, [])).toEqual({ ok: false, reason: "wrong-proof" });
  });

  const spellings =
    profile.strings === "oem"
      ? [
          ["alice", ""],
          ["Alice", "contoso"],
        ]
      : [
          ["alice", ""],
          ["ALICE", "contoso"],
          ["alice@contoso.test", ""],
          ["CONTOSO\\alice", ""],
          ["alice", "corp.contoso.test"],
          ["jürgen.straße", "Contoso"],
          ["søren", "grön"],
          ["алиса", "домен"],
          ["ıslak.ſonne.µ", "CONTOSO"],
          ["愛麗絲", ""],
          ["𐐨lice", "contoso"],
        ];
  it.each(spellings)("signs in as %s in domain %s", (user, domain) => {
    const { type3 } = handshake(profile, { user, domain });
    expect(must(parseAuthenticate(type3))).toMatchObject({ user, domain, workstation: ALICE.workstation });
    expect(answer(type3)).toMatchObject({ ok: true });
  });
});

describe.each(Object.values(REFUSED_PROFILES))("$name", (profile) => {
  it("S-1, S-8: opens no challenge, whatever its password", () => {
    expect(answer(handshake(profile).type3)).toEqual({ ok: false, reason: "not-ntlm-v2" });
  });
});

describe("curl", () => {
  it("fits its 1,024 bytes with 60 characters of names", () => {
    const who = { user: "a".repeat(40), domain: "d".repeat(20) };
    expect(answer(handshake(PROFILES.curl, who).type3)).toMatchObject({ ok: true });
  });
});

/** The hashes, and how often one of them is looked at. */
function counted(hashes: readonly Uint8Array[]) {
  const looks = { count: 0 };
  const watched = new Proxy(hashes, {
    get: (target, key, receiver) => {
      if (typeof key === "string" && /^\d+$/.test(key)) looks.count += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  return { looks, watched };
}

describe("a user with five app passwords, each in two spellings", () => {
  const passwords = Array.from({ length: 10 }, (_, index) => `app-password-${index}`);
  it.each(Array.from(passwords.entries()))("number %i is told from the others", (index, password) => {
    const { type3 } = handshake(PROFILES.windowsHttp, { password });
    expect(answer(type3, passwords.map(ntHash))).toMatchObject({ ok: true, value: { index } });
  });

  it("S-7: every one of them is tried, whichever is right", () => {
    const tried = (right: number): number => {
      const { looks, watched } = counted(
        passwords.map((_, index) => ntHash(index === right ? ALICE.password : `wrong ${index}`)),
      );
      expect(answer(handshake(PROFILES.sipe).type3, watched)).toMatchObject({ ok: true, value: { index: right } });
      return looks.count;
    };
    expect([tried(0), tried(4), tried(9)]).toEqual([10, 10, 10]);
  });
});

describe("a user with more app passwords than the work of a refusal is made for", () => {
  const passwords = Array.from({ length: 14 }, (_, index) => `app-password-${index}`);

  it.each([10, 11, 13])("signs in with number %i too", (index) => {
    const { type3 } = handshake(PROFILES.windowsHttp, { password: passwords[index] ?? "" });
    expect(answer(type3, passwords.map(ntHash))).toMatchObject({ ok: true, value: { index } });
  });
});

it.each([
  ["nobody", 0],
  ["a user with one app password", 2],
  ["a user with five", 10],
])("S-22: %s costs the work of ten hashes for each identity that a client may have meant", (_, count) => {
  const { looks, watched } = counted(Array.from({ length: count }, (_, index) => ntHash(`wrong ${index}`)));
  expect(answer(handshake(PROFILES.sipe).type3, watched)).toEqual({ ok: false, reason: "wrong-proof" });
  expect(looks.count).toBe(10 * identityCandidates(ALICE.user, ALICE.domain).length);
});
