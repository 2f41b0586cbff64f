import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Keyring, parseKeyring } from "./keyring.ts";
import { open, SEAL_OVERHEAD_BYTES, seal } from "./seal.ts";

const key = (fill: number): string => Buffer.alloc(32, fill).toString("base64");
const ring = (...fills: readonly number[]): Keyring => {
  const keyring = parseKeyring(fills.map(key).join(" "));
  if (!keyring.ok) throw new Error(keyring.reason);
  return keyring.value;
};
const SECRET = Uint8Array.from({ length: 32 }, (_, index) => index);
const PLACE = "app_passwords|nt_hashes|u1|p1";

describe("S-14: a sealed value", () => {
  it("opens where it was sealed, whatever it is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "grapheme" }), (plaintext, place) => {
        const sealed = seal(ring(1), "ticket", place, plaintext);
        expect(sealed.length).toBe(plaintext.length + SEAL_OVERHEAD_BYTES);
        expect(open(ring(1), "ticket", place, sealed)).toEqual({ ok: true, value: plaintext });
      }),
    );
  });

  it("does not show what is in it, and is never the same twice", () => {
    const drawn = Array.from({ length: 500 }, () => Buffer.from(seal(ring(1), "app-password", PLACE, SECRET)));
    expect(new Set(drawn.map((sealed) => sealed.toString("hex"))).size).toBe(500);
    expect(new Set(drawn.map((sealed) => sealed.subarray(4, 16).toString("hex"))).size).toBe(500);
    for (const sealed of drawn) expect(sealed.includes(Buffer.from(SECRET.subarray(0, 8)))).toBe(false);
  });

  it("of one row is worth nothing in another: two that are swapped both fail", () => {
    const other = "app_passwords|nt_hashes|u1|p2";
    const [first, second] = [PLACE, other].map((place) => seal(ring(1), "app-password", place, SECRET));
    const reasons = [
      open(ring(1), "app-password", other, first ?? SECRET),
      open(ring(1), "app-password", PLACE, second ?? SECRET),
    ];
    expect(reasons).toEqual([
      { ok: false, reason: "broken" },
      { ok: false, reason: "broken" },
    ]);
  });

  it("of one purpose is worth nothing for another", () => {
    const sealed = seal(ring(1), "app-password", PLACE, SECRET);
    for (const purpose of ["ticket", "ntlm-challenge", "ntlm-server-challenge", "attempt"] as const) {
      expect(open(ring(1), purpose, PLACE, sealed)).toEqual({ ok: false, reason: "broken" });
    }
  });

  it("that is changed in any bit, cut, or made longer does not open", () => {
    const sealed = seal(ring(1), "app-password", PLACE, SECRET);
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(open(ring(1), "app-password", PLACE, changed).ok, `bit ${bit}`).toBe(false);
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(open(ring(1), "app-password", PLACE, sealed.subarray(0, length)).ok, `${length} bytes`).toBe(false);
    }
    expect(open(ring(1), "app-password", PLACE, Buffer.concat([sealed, Uint8Array.of(0)])).ok).toBe(false);
  });

  it("opening never throws, whatever it is given", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(open(ring(1), "ticket", "cwt", bytes).ok).toBe(false);
      }),
    );
  });
});

describe("S-15: rotation", () => {
  it("what an older key sealed opens as long as that key is there, and names it when it is not", () => {
    const sealed = seal(ring(1), "app-password", PLACE, SECRET);
    expect(open(ring(2, 1), "app-password", PLACE, sealed)).toEqual({ ok: true, value: SECRET });
    expect(open(ring(2), "app-password", PLACE, sealed)).toEqual({ ok: false, reason: "unknown-key" });
  });

  it("a new key in front seals from then on", () => {
    const sealed = seal(ring(2, 1), "app-password", PLACE, SECRET);
    expect(open(ring(2), "app-password", PLACE, sealed).ok).toBe(true);
    expect(open(ring(1), "app-password", PLACE, sealed)).toEqual({ ok: false, reason: "unknown-key" });
  });

  it("a value that claims another key's id does not open with that key", () => {
    const sealed = seal(ring(1), "app-password", PLACE, SECRET);
    sealed.set(Buffer.from(ring(2).current.id, "hex"), 0);
    expect(open(ring(1, 2), "app-password", PLACE, sealed)).toEqual({ ok: false, reason: "broken" });
  });
});
