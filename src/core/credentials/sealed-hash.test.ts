import { describe, expect, it } from "vitest";
import { type Keyring, parseKeyring } from "../crypto/keyring.ts";
import { seal } from "../crypto/seal.ts";
import { needsResealing, openHashes, sealHashes } from "./sealed-hash.ts";

const OLD_KEY = Buffer.alloc(32, 1).toString("base64");
const NEW_KEY = Buffer.alloc(32, 2).toString("base64");

function keyring(text: string): Keyring {
  const parsed = parseKeyring(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

const hashesOf = (first: number): [Uint8Array, Uint8Array] => [
  new Uint8Array(16).fill(first),
  new Uint8Array(16).fill(first + 1),
];
const ALICE = { userId: "u_alice", credentialId: "p_one" };
const BOB = { userId: "u_bob", credentialId: "p_two" };

describe("sealed hashes", () => {
  it("S-14: open for the row they were sealed for", () => {
    const ring = keyring(OLD_KEY);
    const text = sealHashes(ring, ALICE, hashesOf(7));
    expect(text).toMatch(/^[A-Za-z0-9_-]{86}$/);
    expect(openHashes(ring, ALICE, text)).toEqual({ ok: true, value: hashesOf(7) });
  });

  it("S-14: show nothing of the hashes, and never twice the same", () => {
    const ring = keyring(OLD_KEY);
    const text = sealHashes(ring, ALICE, hashesOf(7));
    expect(Buffer.from(text, "base64url").includes(Buffer.alloc(4, 7))).toBe(false);
    expect(sealHashes(ring, ALICE, hashesOf(7))).not.toBe(text);
  });

  it("S-14: swapping two rows' ciphertexts makes both fail", () => {
    const ring = keyring(OLD_KEY);
    const alice = sealHashes(ring, ALICE, hashesOf(7));
    const bob = sealHashes(ring, BOB, hashesOf(9));
    expect(openHashes(ring, ALICE, bob)).toEqual({ ok: false, reason: "broken" });
    expect(openHashes(ring, BOB, alice)).toEqual({ ok: false, reason: "broken" });
  });

  it("S-14: another credential of the same user, and the same credential id of another user, fail", () => {
    const ring = keyring(OLD_KEY);
    const text = sealHashes(ring, ALICE, hashesOf(7));
    for (const place of [
      { ...ALICE, credentialId: BOB.credentialId },
      { ...ALICE, userId: BOB.userId },
    ]) {
      expect(openHashes(ring, place, text)).toEqual({ ok: false, reason: "broken" });
    }
  });

  it("S-14: any altered bit fails, and so does a cut or empty value", () => {
    const ring = keyring(OLD_KEY);
    const sealed = Buffer.from(sealHashes(ring, ALICE, hashesOf(7)), "base64url");
    for (let at = 0; at < sealed.length; at++) {
      const altered = Buffer.from(sealed);
      altered[at] = (sealed[at] ?? 0) ^ 1;
      expect(openHashes(ring, ALICE, altered.toString("base64url")).ok).toBe(false);
    }
    expect(openHashes(ring, ALICE, sealed.subarray(0, -1).toString("base64url"))).toEqual({
      ok: false,
      reason: "broken",
    });
    expect(openHashes(ring, ALICE, "")).toEqual({ ok: false, reason: "broken" });
  });

  it("S-14: a sealed value of another length is not a pair of hashes", () => {
    const ring = keyring(OLD_KEY);
    const place = `app_passwords|nt_hashes|${ALICE.userId}|${ALICE.credentialId}`;
    const text = Buffer.from(seal(ring, "app-password", place, new Uint8Array(16))).toString("base64url");
    expect(openHashes(ring, ALICE, text)).toEqual({ ok: false, reason: "broken" });
  });

  it("S-15: an old key still opens, asks for re-sealing, and is named when it is gone", () => {
    const before = keyring(OLD_KEY);
    const during = keyring(`${NEW_KEY},${OLD_KEY}`);
    const after = keyring(NEW_KEY);
    const old = sealHashes(before, ALICE, hashesOf(7));
    expect(needsResealing(before, old)).toBe(false);
    expect(needsResealing(during, old)).toBe(true);
    expect(openHashes(during, ALICE, old)).toEqual({ ok: true, value: hashesOf(7) });
    expect(openHashes(after, ALICE, old)).toEqual({ ok: false, reason: "unknown-key" });
    const renewed = sealHashes(during, ALICE, hashesOf(7));
    expect(needsResealing(during, renewed)).toBe(false);
    expect(openHashes(after, ALICE, renewed)).toEqual({ ok: true, value: hashesOf(7) });
  });
});
