import { describe, expect, it } from "vitest";
import { type Keyring, parseKeyring } from "../crypto/keyring.ts";
import {
  cookieDigest,
  hashOf,
  type Issued,
  MAX_SEALED_CHARS,
  MAX_WCTX_CHARS,
  newNonce,
  openIssued,
  openSession,
  openStart,
  type PassiveSession,
  type Start,
  sameHash,
  sealIssued,
  sealSession,
  sealStart,
} from "./flow.ts";

const ring = (...fills: readonly number[]): Keyring => {
  const keyring = parseKeyring(fills.map((fill) => Buffer.alloc(32, fill).toString("base64")).join(" "));
  if (!keyring.ok) throw new Error(keyring.reason);
  return keyring.value;
};
const NOW = 1_800_000_000_000;
const START: Start = {
  realm: "https://web.contoso.com/passiveauth",
  reply: "https://web.contoso.com/PassiveAuth/PassiveAuth.aspx",
  wctx: "rm=0&id=passive&ru=%2fPassiveAuth%2fPassiveAuth.aspx",
  webHost: "web.contoso.com",
  pool: "",
  nonceHash: hashOf("nonce"),
  until: NOW + 1,
};
const ISSUED: Issued = {
  start: START,
  digest: hashOf("<token/>"),
  userId: "u1",
  sipUri: "sip:anna@contoso.com",
  sid: "S-1-5-21-1-2-3-1105",
  id: "_1",
  factors: "two-factors",
  tokenUntil: NOW + 5,
  until: NOW + 1,
};
const SESSION: PassiveSession = {
  webHost: "web.contoso.com",
  pool: "",
  userId: "u1",
  sipUri: "sip:anna@contoso.com",
  sid: "S-1-5-21-1-2-3-1105",
  id: "_1",
  factors: "passkey",
  jar: { names: ["FedAuth"], digest: cookieDigest([["FedAuth", "x"]]) },
  at: NOW - 1,
  again: 0,
  until: NOW + 1,
};

const KINDS = [
  ["start", sealStart(ring(1), START), openStart, START],
  ["token", sealIssued(ring(1), ISSUED), openIssued, ISSUED],
  ["session", sealSession(ring(1), SESSION), openSession, SESSION],
] as const;

describe.each(KINDS)("S-88: the sealed %s", (_, text, open, value) => {
  it("opens as it was sealed, until its time is over", () => {
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(open(ring(2, 1), text, NOW)).toEqual({ ok: true, value });
    expect(open(ring(1), text, NOW + 1)).toEqual({ ok: false, reason: "expired" });
  });

  it("opens with no other key, in no other place, and with no character changed", () => {
    expect(open(ring(2), text, NOW)).toEqual({ ok: false, reason: "not-ours" });
    for (const [, , other] of KINDS) {
      if (other !== open) expect(other(ring(1), text, NOW)).toEqual({ ok: false, reason: "not-ours" });
    }
    const bytes = Buffer.from(text, "base64url");
    for (const at of [0, 4, 20, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(open(ring(1), changed.toString("base64url"), NOW)).toEqual({ ok: false, reason: "not-ours" });
    }
  });

  it.each(["", "=", "a b", "x".repeat(MAX_SEALED_CHARS + 1)])("never throws for another text", (other) => {
    expect(open(ring(1), other, NOW)).toEqual({ ok: false, reason: "not-ours" });
  });
});

it("the longest wctx travels in the longer of the two texts", () => {
  const plain = sealIssued(ring(1), { ...ISSUED, start: { ...START, wctx: "x".repeat(MAX_WCTX_CHARS) } });
  expect(plain.length).toBeLessThan(MAX_SEALED_CHARS);
  expect(openIssued(ring(1), plain, NOW).ok).toBe(true);
});

it("S-90: a digest of cookies tells where a name ends and where its value begins", () => {
  const digests = [
    cookieDigest([["a", "b"]]),
    cookieDigest([["ab", ""]]),
    cookieDigest([
      ["a", "b"],
      ["", ""],
    ]),
    cookieDigest([["b", "a"]]),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});

it("a nonce is 256 bits and never the same, and hashes are compared whole", () => {
  const drawn = new Set(Array.from({ length: 200 }, newNonce));
  expect(drawn.size).toBe(200);
  for (const nonce of drawn) expect(Buffer.from(nonce, "base64url").length).toBe(32);
  expect(sameHash(hashOf("a"), hashOf("a"))).toBe(true);
  expect(sameHash(hashOf("a"), hashOf("b"))).toBe(false);
  expect(sameHash(hashOf("a"), "")).toBe(false);
});
