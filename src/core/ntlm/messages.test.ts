// Reading and writing the three messages. What was written reads as the same. Everything else is refused by a value,
// never by an exception (S-9). The long mutation run is in mutation.test.ts.

import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { handshake, must, NAMES, NOW } from "../../../test/kit/ntlm.ts";
import { clientNegotiate, PROFILES } from "../../../test/kit/ntlm-client.ts";
import { runs } from "../../../test/kit/runs.ts";
import { parseAuthenticate, parseNtlmV2Response } from "./authenticate.ts";
import { encodeAvPairs, parseAvPairs } from "./av-pairs.ts";
import { buildChallenge, parseChallenge } from "./challenge.ts";
import {
  AV_DNS_TREE_NAME,
  MAX_AV_PAIRS,
  MAX_MESSAGE_BYTES,
  MAX_NAME_BYTES,
  NEGOTIATE_56,
  NEGOTIATE_128,
  NEGOTIATE_DATAGRAM,
  NEGOTIATE_IDENTIFY,
  NEGOTIATE_KEY_EXCH,
  NEGOTIATE_LM_KEY,
  NEGOTIATE_OEM,
  NEGOTIATE_OEM_WORKSTATION_SUPPLIED,
  NEGOTIATE_SEAL,
  NEGOTIATE_SIGN,
  NEGOTIATE_VERSION,
  SIGNATURE,
} from "./constants.ts";
import { hmacMd5 } from "./hmac-md5.ts";
import { identityCandidates, upperCase } from "./identity.ts";
import { parseNegotiate } from "./negotiate.ts";
import { unwrap } from "./spnego.ts";
import { concat, decodeUtf16, encodeUtf16, viewOf, writeField } from "./wire.ts";

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
/** Names as they can be: well-formed, without NUL, within the limit. */
const name = fc.string({ unit: "binary", maxLength: MAX_NAME_BYTES / 4 }).filter((text) => !text.includes("\0"));
const refused = (reason: string) => ({ ok: false, reason });

describe("negotiate message", () => {
  it.each(Object.values(PROFILES))("reads that of $name", (profile) => {
    expect(parseNegotiate(clientNegotiate(profile))).toMatchObject({
      ok: true,
      value: { flags: profile.negotiateFlags >>> 0 },
    });
  });

  it("reads names and version", () => {
    expect(must(parseNegotiate(clientNegotiate(PROFILES.oem)))).toMatchObject({
      domain: "CONTOSO",
      workstation: "DESKTOP-7F3K2QA",
    });
    expect(must(parseNegotiate(clientNegotiate(PROFILES.sipe))).version).toHaveLength(8);
  });

  it("takes the sixteen bytes of the oldest clients", () => {
    const oldest = clientNegotiate(PROFILES.curl).subarray(0, 16);
    expect(parseNegotiate(oldest)).toMatchObject({ ok: true });
    expect(parseNegotiate(oldest.subarray(0, 15))).toEqual(refused("too-short"));
  });

  it("leaves out a name in an unknown code page, and refuses one outside the message", () => {
    const message = concat(clientNegotiate(PROFILES.curl), Uint8Array.of(0x42, 0xdc, 0x52, 0x4f));
    const view = viewOf(message);
    view.setUint32(12, view.getUint32(12, true) | NEGOTIATE_OEM_WORKSTATION_SUPPLIED, true);
    writeField(message, 24, 4, 32);
    expect(must(parseNegotiate(message)).workstation).toBeUndefined();
    writeField(message, 24, 5, 32);
    expect(parseNegotiate(message)).toEqual(refused("out-of-bounds"));
  });
});

describe("challenge message", () => {
  const parts = { clientFlags: 0xffff_ffff, serverChallenge: new Uint8Array(8).fill(9), names: NAMES, time: NOW };

  it("is read as it was built, and built the same every time", () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff_ffff),
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        name,
        (flags, challenge, text) => {
          const given = { ...parts, clientFlags: flags, serverChallenge: challenge, dnsTreeName: text };
          const built = buildChallenge(given);
          expect(buildChallenge(given)).toEqual(built);
          const read = must(parseChallenge(built));
          expect(read.serverChallenge).toEqual(challenge);
          expect(read.targetName).toBe(NAMES.nbDomain);
          const tree = must(parseAvPairs(read.targetInfo)).filter(({ id }) => id === AV_DNS_TREE_NAME);
          expect(tree.map(({ value }) => value)).toEqual(text === "" ? [] : [encodeUtf16(text)]);
        },
      ),
    );
  });

  it("grants what was asked for and is safe, and demands the rest", () => {
    const flagsFor = (clientFlags: number) =>
      must(parseChallenge(buildChallenge({ ...parts, clientFlags, dnsTreeName: "t" }))).flags;
    const asked =
      NEGOTIATE_SIGN | NEGOTIATE_SEAL | NEGOTIATE_VERSION | NEGOTIATE_KEY_EXCH | NEGOTIATE_128 | NEGOTIATE_56;
    const never = NEGOTIATE_LM_KEY | NEGOTIATE_OEM | NEGOTIATE_DATAGRAM | NEGOTIATE_IDENTIFY;
    expect(flagsFor(0)).toBe(0x0089_8205);
    expect(flagsFor(0xffff_ffff)).toBe((0x0089_8205 | asked) >>> 0);
    expect(flagsFor(0xffff_ffff) & never).toBe(0);
  });

  it("has its payload behind a fixed part of 56 bytes, with or without a version", () => {
    for (const clientFlags of [0, NEGOTIATE_VERSION]) {
      const built = buildChallenge({ ...parts, clientFlags, dnsTreeName: "t" });
      expect(viewOf(built).getUint32(16, true)).toBe(56);
      expect(built.subarray(48, 56).some((byte) => byte !== 0)).toBe(clientFlags !== 0);
    }
  });
});

describe("authenticate message", () => {
  it("is read as a client wrote it, whatever its names", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(PROFILES)),
        name,
        name,
        name,
        (profile, user, domain, workstation) => {
          fc.pre(profile.strings === "utf-16" && profile.maxBytes > 1024);
          const read = must(parseAuthenticate(handshake(profile, { user, domain, workstation }).type3));
          expect(read).toMatchObject({ user, domain, workstation });
          expect(read.mic === undefined).toBe(profile.fixedBytes !== 88);
          expect(parseNtlmV2Response(read.ntResponse)).toMatchObject({ ok: true });
        },
      ),
    );
  });

  const { type3 } = handshake(PROFILES.windowsSigned);
  const edited = (edit: (message: Uint8Array, view: DataView) => void): Uint8Array => {
    const message = new Uint8Array(type3);
    edit(message, viewOf(message));
    return message;
  };
  const userAt = viewOf(type3).getUint32(40, true);

  it.each([
    ["too short", type3.subarray(0, 63), "too-short"],
    ["too long", concat(type3, new Uint8Array(MAX_MESSAGE_BYTES)), "too-long"],
    ["another signature", edited((m) => m.set([0x4b], 0)), "bad-signature"],
    ["another type", edited((_, v) => v.setUint32(8, 2, true)), "wrong-type"],
    ["a field beyond the end", edited((_, v) => v.setUint32(24, type3.length, true)), "out-of-bounds"],
    ["an offset that wraps", edited((_, v) => v.setUint32(24, 0xffff_fff0, true)), "out-of-bounds"],
    ["a field in the fixed part", edited((_, v) => v.setUint32(40, 60, true)), "out-of-bounds"],
    ["half a character", edited((_, v) => v.setUint16(36, 9, true)), "bad-string"],
    ["NUL in the user", edited((m) => m.set([0, 0], userAt + 2)), "bad-string"],
    ["a high surrogate alone", edited((m) => m.set([0x00, 0xd8], userAt + 2)), "bad-string"],
    ["a high surrogate at the end", edited((m) => m.set([0x00, 0xd8], userAt + 8)), "bad-string"],
    ["a low surrogate first", edited((m) => m.set([0x00, 0xdc], userAt)), "bad-string"],
    ["a name too long", edited((_, v) => v.setUint16(36, MAX_NAME_BYTES + 2, true)), "too-long"],
  ])("S-9, S-10: refuses %s", (_, message, reason) => {
    expect(parseAuthenticate(message)).toEqual(refused(reason));
  });

  it("S-10: takes OEM names only in ASCII", () => {
    const oem = handshake(PROFILES.oem).type3;
    const at = viewOf(oem).getUint32(40, true);
    expect(must(parseAuthenticate(oem)).user).toBe("alice");
    for (const byte of [0x00, 0x0a, 0x7f, 0xe4]) {
      expect(parseAuthenticate(concat(oem.subarray(0, at), Uint8Array.of(byte), oem.subarray(at + 1)))).toEqual(
        refused("bad-string"),
      );
    }
  });

  it("lets an empty field point anywhere", () => {
    const message = edited((_, v) => {
      v.setUint16(12, 0, true);
      v.setUint32(16, 0xffff_ffff, true);
    });
    expect(parseAuthenticate(message)).toMatchObject({ ok: true, value: { lmResponse: new Uint8Array(0) } });
  });
});

describe("AV pairs", () => {
  const pair = fc.record({ id: fc.integer({ min: 1, max: 0xffff }), value: bytes(40) });

  it("are read as they were written, with anything behind the terminator", () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: MAX_AV_PAIRS }), bytes(8), (pairs, behind) => {
        expect(must(parseAvPairs(concat(encodeAvPairs(pairs), behind)))).toEqual(pairs);
      }),
    );
  });

  it.each([
    ["nothing at all", ""],
    ["no terminator", "0100020041 00"],
    ["a terminator with a length", "00000200"],
    ["a value beyond the end", "01000400 4100"],
    ["too many pairs", `${"01000000".repeat(MAX_AV_PAIRS + 1)}00000000`],
  ])("S-9: refuse %s", (_, hex) => {
    expect(parseAvPairs(new Uint8Array(Buffer.from(hex.replace(" ", ""), "hex")))).toEqual(refused("bad-av-pairs"));
  });
});

describe("anything at all", () => {
  const header = (type: number) => Uint8Array.of(...SIGNATURE, type, 0, 0, 0);
  it("S-9: is answered by a value", () => {
    fc.assert(
      fc.property(bytes(400), fc.nat(4), (tail, type) => {
        for (const message of [tail, concat(header(type), tail)]) {
          for (const parse of [
            parseNegotiate,
            parseChallenge,
            parseAuthenticate,
            parseNtlmV2Response,
            parseAvPairs,
            unwrap,
          ]) {
            expect(typeof parse(message).ok).toBe("boolean");
          }
        }
      }),
      { numRuns: runs(2000) },
    );
  });
});

describe("names", () => {
  it("survive UTF-16 and back", () => {
    fc.assert(
      fc.property(name, (text) => {
        expect(decodeUtf16(encodeUtf16(text))).toEqual({ ok: true, value: text });
      }),
    );
  });

  it("keep their length in upper case, as in Windows", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(upperCase(text).length).toBe(text.length);
      }),
    );
    expect(upperCase("straße.ıſµÿ.щ.ǆ")).toBe("STRAßE.ıſµŸ.Щ.Ǆ");
  });

  it("give at most six identities, for an ordinary name two", () => {
    fc.assert(
      fc.property(name, name, (user, domain) => {
        const candidates = identityCandidates(user, domain);
        expect(candidates.length).toBeGreaterThan(0);
        expect(candidates.length).toBeLessThanOrEqual(6);
        expect(new Set(candidates.map((candidate) => candidate.toString())).size).toBe(candidates.length);
      }),
    );
    expect(identityCandidates("alice", "CONTOSO")).toHaveLength(2);
    expect(identityCandidates("alice@contoso.test", "")).toHaveLength(1);
  });
});

describe("HMAC-MD5", () => {
  it("is that of node:crypto", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes(700), (key, message) => {
        expect(hmacMd5(key, message)).toEqual(new Uint8Array(createHmac("md5", key).update(message).digest()));
      }),
      { numRuns: runs(2000) },
    );
  });

  it("is that of RFC 2104 and RFC 2202", () => {
    const text = (value: string) => new TextEncoder().encode(value);
    const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");
    expect(hex(hmacMd5(new Uint8Array(16).fill(0x0b), text("Hi There")))).toBe("9294727a3638bb1c13f48ef8158bfc9d");
    expect(hex(hmacMd5(text("Jefe"), text("what do ya want "), text("for nothing?")))).toBe(
      "750c783e6ab0b503eaa86e310a5db738",
    );
  });
});
