// What Postern keeps of attempts: a few keyed fingerprints, for a day. Without the key they say nothing.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { must } from "../../../test/kit/ntlm.ts";
import { type Keyring, parseKeyring } from "../crypto/keyring.ts";
import { fingerprintOf, isRepeat, parseRepeats, type Repeats, withRepeat } from "./repeats.ts";

const ring = (...fills: number[]): Keyring =>
  must(parseKeyring(fills.map((fill) => Buffer.alloc(32, fill).toString("base64")).join(" ")));
const KEYRING = ring(1);

describe("S-16: a fingerprint", () => {
  it("is the same for the same, and for nothing else", () => {
    const lists = fc.array(fc.oneof(fc.string(), fc.uint8Array()), { maxLength: 4 });
    fc.assert(
      fc.property(lists, lists, (one, other) => {
        const bytes = (list: readonly (string | Uint8Array)[]) =>
          JSON.stringify(list.map((part) => Buffer.from(part).toString("hex")));
        const same = bytes(one) === bytes(other);
        expect(fingerprintOf(KEYRING, ...one) === fingerprintOf(KEYRING, ...other)).toBe(same);
        expect(fingerprintOf(KEYRING, ...one)).toBe(fingerprintOf(KEYRING, ...one));
      }),
    );
  });

  it("does not run one part into the next", () => {
    const lists = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["2:ab1:c"], ["a1:b", "c"]];
    expect(new Set(lists.map((list) => fingerprintOf(KEYRING, ...list))).size).toBe(lists.length);
  });

  it("is another under another key, and of the key that seals now", () => {
    expect(fingerprintOf(ring(2), "password", "x")).not.toBe(fingerprintOf(KEYRING, "password", "x"));
    expect(fingerprintOf(ring(1, 2), "password", "x")).toBe(fingerprintOf(KEYRING, "password", "x"));
    expect(fingerprintOf(ring(2, 1), "password", "x")).toBe(fingerprintOf(ring(2), "password", "x"));
  });

  it("has one length and nothing of the secret in it", () => {
    fc.assert(
      // two shorter secrets could be equal by chance
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 64 }), (secret) => {
        const fingerprint = fingerprintOf(KEYRING, "password", secret);
        expect(fingerprint).toMatch(/^[\w-]{22}$/);
        expect(Buffer.from(fingerprint, "base64url").includes(Buffer.from(secret))).toBe(false);
        const spellings = ["hex", "base64", "base64url", "latin1"] as const;
        for (const spelling of spellings) {
          const text = Buffer.from(secret).toString(spelling).replace(/=+$/, "");
          expect(fingerprint.includes(text), spelling).toBe(false);
        }
      }),
    );
  });
});

describe("S-24: what was tried before", () => {
  it("is known while it lasts, beside others", () => {
    const repeats: Repeats = [
      ["one", 10],
      ["other", 20],
    ];
    expect(isRepeat(repeats, "one", 9)).toBe(true);
    expect(isRepeat(repeats, "one", 10)).toBe(false);
    expect(isRepeat(repeats, "third", 9)).toBe(false);
    expect(isRepeat([], "one", 0)).toBe(false);
  });

  const step = fc.record({ print: fc.constantFrom(..."abcdefgh"), lasts: fc.nat(100), pause: fc.nat(50) });

  it("is never more than four, none of them over or twice, and the newest is among them", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let now = 0;
        let repeats: Repeats = [];
        for (const { print, lasts, pause } of steps) {
          now += pause;
          const before = repeats;
          repeats = withRepeat(repeats, print, now + lasts, now);
          expect(repeats.length).toBeLessThanOrEqual(4);
          expect(new Set(repeats.map(([each]) => each)).size).toBe(repeats.length);
          expect(repeats.at(-1)).toEqual([print, now + lasts]);
          for (const [each, until] of repeats.slice(0, -1)) {
            expect(until).toBeGreaterThan(now);
            expect(before).toContainEqual([each, until]);
          }
        }
      }),
    );
  });

  it("gives way from the oldest", () => {
    const five = ["a", "b", "c", "d", "e"].reduce<Repeats>((repeats, print) => withRepeat(repeats, print, 100, 0), []);
    expect(five.map(([print]) => print)).toEqual(["b", "c", "d", "e"]);
    expect(withRepeat(five, "b", 100, 0).map(([print]) => print)).toEqual(["c", "d", "e", "b"]);
  });

  it("counts as known until its time, and not from then on", () => {
    const repeats = withRepeat([], "a", 100, 0);
    expect([0, 99, 100, 101].map((now) => isRepeat(repeats, "a", now))).toEqual([true, true, false, false]);
    expect(isRepeat(repeats, "b", 0)).toBe(false);
    expect(isRepeat(repeats, "", 0)).toBe(false);
  });

  it("survives being written down, and anything else is read as nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.integer())), (repeats) => {
        expect(parseRepeats(JSON.stringify(repeats))).toEqual(repeats);
      }),
    );
    for (const text of ["", "null", "{}", '"a"', "[1,2]", '[["a"]]', '[["a","1"]]', "[[1,2]]", "[["]) {
      expect(parseRepeats(text)).toEqual([]);
    }
    expect(parseRepeats('[["a",1],["b"],null,["c",2]]')).toEqual([
      ["a", 1],
      ["c", 2],
    ]);
  });
});
