// Messages that prove nothing: the old dialects (S-1), a message without a user (S-8), a message that was edited on its
// way (S-6), and what a client that knows the password may put into its blob to confuse the server (S-9).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALICE, ALICE_HASHES, answer, handshake, type Messages, must } from "../../../test/kit/ntlm.ts";
import { type ClientProfile, PROFILES, REFUSED_PROFILES } from "../../../test/kit/ntlm-client.ts";
import { runs } from "../../../test/kit/runs.ts";
import { MIC_OFFSET, parseAuthenticate } from "./authenticate.ts";
import { encodeAvPairs, parseAvPairs } from "./av-pairs.ts";
import {
  AV_FLAGS,
  NEGOTIATE_ALWAYS_SIGN,
  NEGOTIATE_ANONYMOUS,
  NEGOTIATE_KEY_EXCH,
  NEGOTIATE_SIGN,
  NEGOTIATE_VERSION,
} from "./constants.ts";
import { ntHash, ntlmV2Blob, ntlmV2Proof, ntowfV2 } from "./responses.ts";
import { verifyAuthenticate } from "./verify.ts";
import { concat, viewOf } from "./wire.ts";

const refused = (reason: string) => ({ ok: false, reason });
const FIELDS = [12, 20, 28, 36, 44, 52];

/** Verifies a Type 3 as if its challenge had been opened. So tests reach what `openChallenge` would refuse earlier. */
const verify = (messages: Messages, type3 = messages.type3, ntHashes: readonly Uint8Array[] = ALICE_HASHES) => {
  const serverChallenge = messages.type2.subarray(24, 32);
  const { type1: negotiate, type2: challenge } = messages;
  return verifyAuthenticate({
    message: must(parseAuthenticate(type3)),
    raw: type3,
    serverChallenge,
    negotiate,
    challenge,
    ntHashes,
  });
};

/** A copy of a Type 3 with other flags. */
function withFlags(type3: Uint8Array, change: (flags: number) => number): Uint8Array {
  const copy = new Uint8Array(type3);
  const view = viewOf(copy);
  view.setUint32(60, change(view.getUint32(60, true)) >>> 0, true);
  return copy;
}

/**
 * A copy without the bytes `from` to `to` of the fixed part, its payload moved up: how a MIC or a version is dropped.
 */
function without(type3: Uint8Array, from: number, to: number): Uint8Array {
  const copy = concat(type3.subarray(0, from), type3.subarray(to));
  const view = viewOf(copy);
  for (const at of FIELDS) view.setUint32(at + 4, view.getUint32(at + 4, true) - (to - from), true);
  return copy;
}

/** A copy whose MIC flag in the blob is cleared, with the original's proof. */
function withoutMicFlag(type3: Uint8Array): Uint8Array {
  const copy = new Uint8Array(type3);
  const response = must(parseAuthenticate(copy)).ntResponse;
  const pair = must(parseAvPairs(response.subarray(44))).find(({ id }) => id === AV_FLAGS);
  pair?.value.fill(0);
  return copy;
}

describe("S-1: a dialect that proves too little is refused with the right password", () => {
  const dialects: [ClientProfile, string][] = [
    [REFUSED_PROFILES.ntlmV1, "ntlm-v1"],
    [REFUSED_PROFILES.heimdal, "ntlm-v1"],
    [REFUSED_PROFILES.lmV2Only, "lm-only"],
  ];
  it.each(dialects)("S-1: $name", (profile, reason) => {
    expect(verify(handshake(profile))).toEqual(refused(reason));
  });

  it("S-1: a right LMv2 response beside a wrong NTLMv2 response", () => {
    const right = handshake(PROFILES.sipe);
    const copy = new Uint8Array(right.type3);
    must(parseAuthenticate(copy)).ntResponse.fill(0, 0, 16);
    expect(verify(right, copy)).toEqual(refused("wrong-proof"));
  });

  it("S-1: a response of any length below NTLMv2", () => {
    const messages = handshake(PROFILES.sipe);
    for (let length = 0; length < 48; length++) {
      const copy = new Uint8Array(messages.type3);
      viewOf(copy).setUint16(20, length, true);
      expect(verify(messages, copy)).toMatchObject({
        ok: false,
        reason: expect.stringMatching(/^(ntlm-v1|lm-only|bad-response)$/),
      });
    }
  });
});

describe("S-8: nobody is refused", () => {
  it("S-8: an anonymous client", () => {
    expect(verify(handshake(REFUSED_PROFILES.anonymous))).toEqual(refused("anonymous"));
  });

  it("S-8: an empty user with a right proof, and a user who says to be anonymous", () => {
    expect(verify(handshake(PROFILES.sipe, { user: "" }))).toEqual(refused("anonymous"));
    const messages = handshake(PROFILES.sipe);
    const anonymous = withFlags(messages.type3, (flags) => flags | NEGOTIATE_ANONYMOUS);
    expect(verify(messages, anonymous)).toEqual(refused("anonymous"));
  });

  it("S-8: a user without a secret, even with the hash that stands in for missing ones", () => {
    const messages = handshake(PROFILES.sipe);
    const message = must(parseAuthenticate(messages.type3));
    const blob = message.ntResponse.subarray(16);
    const serverChallenge = messages.type2.subarray(24, 32);
    const proof = ntlmV2Proof(ntowfV2(new Uint8Array(16), ALICE.user, ALICE.domain), serverChallenge, blob);
    const copy = new Uint8Array(messages.type3);
    must(parseAuthenticate(copy)).ntResponse.set(proof);
    expect(verify(messages, copy, [])).toEqual(refused("wrong-proof"));
    expect(verify(messages, copy, ALICE_HASHES)).toEqual(refused("wrong-proof"));
    expect(verify(messages, copy, [new Uint8Array(16)])).toMatchObject({ ok: true });
  });
});

const WITH_MIC = Object.values(PROFILES).filter(({ adds }) => adds.includes(AV_FLAGS));

describe.each(WITH_MIC)("S-6: the MIC of $name", (profile) => {
  const messages = handshake(profile);
  const { type3 } = messages;

  it("S-6: CVE-2019-1040, first edit: the MIC dropped and its flag in the blob cleared", () => {
    const edited = withoutMicFlag(without(type3, MIC_OFFSET, MIC_OFFSET + 16));
    expect(must(parseAuthenticate(edited)).mic).toBeUndefined();
    expect(answer(edited)).toEqual(refused("wrong-proof"));
    expect(answer(withoutMicFlag(type3))).toEqual(refused("wrong-proof"));
  });

  it("S-6: CVE-2019-1040, second edit: the MIC and the version dropped", () => {
    const dropped = without(type3, 64, MIC_OFFSET + 16);
    const edited = withFlags(dropped, (flags) => flags & ~NEGOTIATE_VERSION);
    expect(must(parseAuthenticate(edited))).not.toHaveProperty("version");
    expect(answer(edited)).toEqual(refused("mic-missing"));
    expect(answer(dropped)).toEqual(refused("mic-missing"));
    expect(answer(without(type3, MIC_OFFSET, MIC_OFFSET + 16))).toEqual(refused("mic-missing"));
  });

  it("S-6: CVE-2019-1040, third edit: the signing flags stripped, with the MIC and without it", () => {
    const strip = (flags: number) =>
      flags & ~(NEGOTIATE_SIGN | NEGOTIATE_ALWAYS_SIGN | NEGOTIATE_KEY_EXCH | NEGOTIATE_VERSION);
    expect(answer(withFlags(type3, strip))).toEqual(refused("mic-wrong"));
    expect(answer(withFlags(without(type3, 64, MIC_OFFSET + 16), strip))).toEqual(refused("mic-missing"));
    for (const flag of [NEGOTIATE_ALWAYS_SIGN, NEGOTIATE_SIGN, NEGOTIATE_VERSION]) {
      expect(answer(withFlags(type3, (flags) => flags ^ flag))).toEqual(refused("mic-wrong"));
    }
  });

  it("S-6: zeroed, and wrong in any one bit", () => {
    const zeroed = new Uint8Array(type3);
    zeroed.fill(0, MIC_OFFSET, MIC_OFFSET + 16);
    expect(answer(zeroed)).toEqual(refused("mic-wrong"));
    for (let bit = 0; bit < 128; bit++) {
      const copy = new Uint8Array(type3);
      copy[MIC_OFFSET + (bit >> 3)] = (copy[MIC_OFFSET + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
      expect(answer(copy)).toEqual(refused("mic-wrong"));
    }
  });

  it("S-6: covers the negotiate and the challenge message", () => {
    for (const part of ["type1", "type2"] as const) {
      const copy = new Uint8Array(messages[part]);
      copy[12] = (copy[12] ?? 0) ^ 1;
      expect(verify({ ...messages, [part]: copy })).toEqual(refused("mic-wrong"));
    }
    expect(verify(messages)).toMatchObject({ ok: true });
  });
});

describe("S-6: a client that sends no MIC", () => {
  it("S-6: is not asked for one, whether or not its message has room for it", () => {
    expect(answer(handshake(PROFILES.sipe).type3)).toMatchObject({ ok: true });
    const roomy = handshake(PROFILES.goNtlmssp);
    expect(must(parseAuthenticate(roomy.type3)).mic).toEqual(new Uint8Array(16));
    expect(answer(roomy.type3)).toMatchObject({ ok: true });
  });
});

describe("a key exchange", () => {
  it("needs a key of sixteen bytes, or none", () => {
    const messages = handshake({ ...PROFILES.windowsSigned, adds: [] });
    const withKeyLength = (length: number): Uint8Array => {
      const copy = new Uint8Array(messages.type3);
      viewOf(copy).setUint16(52, length, true);
      return copy;
    };
    expect(verify(messages, withKeyLength(15))).toEqual(refused("bad-session-key"));
    expect(verify(messages, withKeyLength(0))).toMatchObject({ ok: true });
    expect(verify(messages)).toMatchObject({ ok: true });
  });
});

describe("S-9: a client that knows the password", () => {
  const messages = handshake(PROFILES.goNtlmssp);
  const serverChallenge = messages.type2.subarray(24, 32);
  const proven = (info: Uint8Array) => {
    const blob = ntlmV2Blob(0n, new Uint8Array(8), info);
    const proof = ntlmV2Proof(ntowfV2(ntHash(ALICE.password), ALICE.user, ALICE.domain), serverChallenge, blob);
    const message = { ...must(parseAuthenticate(messages.type3)), ntResponse: concat(proof, blob) };
    return verifyAuthenticate({
      ...{ message, raw: messages.type3, serverChallenge, negotiate: messages.type1, challenge: messages.type2 },
      ntHashes: ALICE_HASHES,
    });
  };

  it("S-9: gets a value whatever its AV pairs are", () => {
    const pair = fc.record({ id: fc.integer({ min: 1, max: 12 }), value: fc.uint8Array({ maxLength: 20 }) });
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(pair, { maxLength: 12 }).map(encodeAvPairs)),
        (info) => {
          const result = proven(info);
          expect(result.ok || ["bad-response", "mic-wrong"].includes(result.reason)).toBe(true);
        },
      ),
      { numRuns: runs(2000) },
    );
  });

  it("S-6: announces a MIC with any of several flag pairs, and with none of another length", () => {
    const flags = (...values: number[][]) =>
      encodeAvPairs(values.map((value) => ({ id: AV_FLAGS, value: Uint8Array.from(value) })));
    expect(proven(flags([0, 0, 0, 0]))).toMatchObject({ ok: true });
    expect(proven(flags([2, 0, 0, 0]))).toEqual(refused("mic-wrong"));
    expect(proven(flags([0, 0, 0, 0], [2, 0, 0, 0]))).toEqual(refused("mic-wrong"));
    expect(proven(flags([2, 0]))).toEqual(refused("bad-response"));
  });
});
