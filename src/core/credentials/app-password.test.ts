import { describe, expect, it, vi } from "vitest";
import { ntHash } from "../ntlm/responses.ts";
import {
  APP_PASSWORD_ALPHABET,
  APP_PASSWORD_LENGTH,
  canonicalAppPassword,
  generateAppPassword,
  ntHashesOf,
} from "./app-password.ts";

describe("app passwords", () => {
  it("S-13: have at least 112 bits, in an alphabet without look-alikes", () => {
    expect(APP_PASSWORD_LENGTH * Math.log2(APP_PASSWORD_ALPHABET.length)).toBeGreaterThan(112);
    expect(new Set(APP_PASSWORD_ALPHABET).size).toBe(31);
    expect(APP_PASSWORD_ALPHABET).toMatch(/^[a-z2-9]+$/);
    expect(APP_PASSWORD_ALPHABET).not.toMatch(/[ilo01]/);
  });

  it("S-13: are six groups of four, and never repeat", () => {
    const drawn = new Set(Array.from({ length: 2000 }, generateAppPassword));
    expect(drawn.size).toBe(2000);
    for (const password of drawn) expect(password).toMatch(/^([a-hjkmnp-z2-9]{4}-){5}[a-hjkmnp-z2-9]{4}$/);
  });

  it("S-13: use every character equally often (chi-squared, 30 degrees of freedom, p < 1e-9)", () => {
    const counts = new Map<string, number>();
    const draws = 4000;
    for (let draw = 0; draw < draws; draw++) {
      for (const character of generateAppPassword().replaceAll("-", "")) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    const expected = (draws * APP_PASSWORD_LENGTH) / APP_PASSWORD_ALPHABET.length;
    let chiSquared = 0;
    for (const character of APP_PASSWORD_ALPHABET)
      chiSquared += ((counts.get(character) ?? 0) - expected) ** 2 / expected;
    expect(chiSquared).toBeLessThan(105);
  });

  it("S-13: come from crypto.getRandomValues, and the value without a character is drawn again", () => {
    const draws = [
      new Uint8Array(24).fill(31),
      new Uint8Array(24).fill(255),
      Uint8Array.from({ length: 24 }, (_, i) => i),
    ];
    const random = vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
      if (array instanceof Uint8Array) array.set(draws.shift() ?? []);
      return array;
    });
    expect(generateAppPassword()).toBe("abcd-efgh-jkmn-pqrs-tuvw-xyz2");
    expect(random).toHaveBeenCalledTimes(3);
    random.mockRestore();
  });

  it("S-13: are accepted with and without separators, and nothing else is one", () => {
    const canonical = "abcdefghjkmnpqrstuvwxyz2";
    for (const spelling of [canonical, "abcd-efgh-jkmn-pqrs-tuvw-xyz2", " abcd efgh jkmn pqrs tuvw xyz2\n"]) {
      expect(canonicalAppPassword(spelling)).toEqual({ ok: true, value: canonical });
    }
    for (const other of [
      "",
      "Passw0rd",
      canonical.slice(1),
      `${canonical}a`,
      canonical.replace("a", "1"),
      canonical.toUpperCase(),
    ]) {
      expect(canonicalAppPassword(other)).toEqual({ ok: false, reason: "not-an-app-password" });
    }
  });

  it("S-13: are hashed in both spellings, whichever was given", () => {
    const expected = [ntHash("abcdefghjkmnpqrstuvwxyz2"), ntHash("abcd-efgh-jkmn-pqrs-tuvw-xyz2")];
    expect(ntHashesOf("abcd-efgh-jkmn-pqrs-tuvw-xyz2")).toEqual(expected);
    expect(ntHashesOf("abcdefghjkmnpqrstuvwxyz2")).toEqual(expected);
    expect(expected[0]).toHaveLength(16);
  });

  it("S-13: a chosen password never becomes a credential, and the refusal does not repeat it (S-16)", () => {
    expect(() => ntHashesOf("Summer2026!")).toThrow(/^only a generated app password has stored hashes$/);
  });
});
