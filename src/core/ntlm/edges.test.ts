// The first and the last value on each side of every bound of the readers, on messages that are written here byte by
// byte: no handshake is computed, so these tests cost nothing.

import { describe, expect, it } from "vitest";
import { parseAuthenticate, parseNtlmV2Response } from "./authenticate.ts";
import { parseAvPairs } from "./av-pairs.ts";
import { parseChallenge } from "./challenge.ts";
import { parseNegotiate } from "./negotiate.ts";
import { concat, decodeAscii, decodeUtf16, encodeUtf16, versionText, viewOf, writeField } from "./wire.ts";

const UNICODE = 0x1;
const DOMAIN_SUPPLIED = 0x1000;
const WORKSTATION_SUPPLIED = 0x2000;
const VERSION = 0x0200_0000;
const refused = (reason: string) => ({ ok: false, reason });
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
const ascii = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

type Field = readonly [at: number, length: number, offset: number];
function message(type: number, length: number, flagsAt: number, flags: number, ...fields: Field[]): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(ascii("NTLMSSP\0"));
  for (let at = { 1: 32, 2: 48 }[type] ?? 64; at < length; at++) bytes[at] = at; // after the fields
  viewOf(bytes).setUint32(8, type, true);
  viewOf(bytes).setUint32(flagsAt, flags, true);
  for (const [at, size, offset] of fields) writeField(bytes, at, size, offset);
  return bytes;
}

describe("the header of a message", () => {
  it("is refused for its size before anything else", () => {
    expect(parseNegotiate(new Uint8Array(11))).toEqual(refused("too-short"));
    expect(parseNegotiate(new Uint8Array(12))).toEqual(refused("bad-signature"));
    expect(parseNegotiate(new Uint8Array(2888))).toEqual(refused("bad-signature"));
    expect(parseNegotiate(new Uint8Array(2889))).toEqual(refused("too-long"));
  });

  it("S-9: of a challenge is looked at, too", () => {
    expect(parseChallenge(message(1, 48, 20, 0))).toEqual(refused("wrong-type"));
    expect(parseChallenge(message(2, 47, 20, 0))).toEqual(refused("too-short"));
  });
});

describe("the negotiate message", () => {
  const type1 = (length: number, flags: number, ...fields: Field[]) => message(1, length, 12, flags, ...fields);

  it("has names where it says so, and only then", () => {
    const fields: Field[] = [
      [16, 1, 32],
      [24, 1, 33],
    ];
    const bytes = type1(40, DOMAIN_SUPPLIED | WORKSTATION_SUPPLIED, ...fields);
    bytes.set(ascii("DW"), 32);
    expect(parseNegotiate(bytes)).toEqual({
      ok: true,
      value: { flags: DOMAIN_SUPPLIED | WORKSTATION_SUPPLIED, domain: "D", workstation: "W" },
    });
    const without = parseNegotiate(type1(40, 0, ...fields));
    expect(without).toEqual({ ok: true, value: { flags: 0 } });
    expect(Object.keys((without as { value: object }).value)).toEqual(["flags"]);
  });

  it("is refused where the domain lies outside, or in its own field", () => {
    expect(parseNegotiate(type1(40, DOMAIN_SUPPLIED, [16, 9, 32]))).toEqual(refused("out-of-bounds"));
    expect(parseNegotiate(type1(40, DOMAIN_SUPPLIED, [16, 1, 23]))).toEqual(refused("out-of-bounds"));
  });

  it("may end before its names", () => {
    const supplied = DOMAIN_SUPPLIED | WORKSTATION_SUPPLIED;
    expect(parseNegotiate(concat(type1(16, supplied), Uint8Array.of(5, 0, 5, 0)))).toEqual({
      ok: true,
      value: { flags: supplied },
    });
    expect(parseNegotiate(type1(24, DOMAIN_SUPPLIED))).toEqual({
      ok: true,
      value: { flags: DOMAIN_SUPPLIED, domain: "" },
    });
    expect(parseNegotiate(type1(23, DOMAIN_SUPPLIED))).toEqual({ ok: true, value: { flags: DOMAIN_SUPPLIED } });
  });

  it("has a version where it says so and is long enough", () => {
    const versionOf = (length: number, flags: number) => {
      const read = parseNegotiate(type1(length, flags));
      return read.ok ? read.value.version : read;
    };
    expect(versionOf(40, VERSION)).toEqual(Uint8Array.of(32, 33, 34, 35, 36, 37, 38, 39));
    expect(versionOf(39, VERSION)).toBeUndefined();
    expect(versionOf(40, 0)).toBeUndefined();
  });
});

describe("the challenge message", () => {
  const type2 = (length: number, flags: number, ...fields: Field[]) => message(2, length, 20, flags, ...fields);

  it("is refused where a field lies outside, or its name is none", () => {
    expect(parseChallenge(type2(60, UNICODE, [12, 2, 59]))).toEqual(refused("out-of-bounds"));
    expect(parseChallenge(type2(60, UNICODE, [40, 2, 59]))).toEqual(refused("out-of-bounds"));
    expect(parseChallenge(type2(60, UNICODE, [12, 3, 56]))).toEqual(refused("bad-string"));
  });

  it("has its name in ASCII where it does not say Unicode", () => {
    const bytes = type2(60, 0, [12, 2, 56]);
    bytes.set(ascii("AB"), 56);
    expect(parseChallenge(bytes)).toMatchObject({ ok: true, value: { targetName: "AB" } });
  });

  it("has a version where it says so and is long enough", () => {
    expect(parseChallenge(type2(56, VERSION))).toMatchObject({
      ok: true,
      value: { version: Uint8Array.of(48, 49, 50, 51, 52, 53, 54, 55) },
    });
    expect(parseChallenge(type2(55, VERSION))).not.toHaveProperty("value.version");
    expect(parseChallenge(type2(56, 0))).not.toHaveProperty("value.version");
  });
});

describe("the authenticate message", () => {
  const type3 = (length: number, flags: number, ...fields: Field[]) => message(3, length, 60, flags, ...fields);
  const LM = 12;

  it.each([12, 20, 28, 36, 44, 52])("S-9: is refused where the field at %i lies outside", (at) => {
    expect(parseAuthenticate(type3(100, UNICODE, [at, 2, 99]))).toEqual(refused("out-of-bounds"));
  });

  it.each([28, 36, 44])("S-10: is refused where the name at %i is half a character", (at) => {
    expect(parseAuthenticate(type3(100, UNICODE, [at, 1, 99]))).toEqual(refused("bad-string"));
  });

  const readOf = (flags: number, ...fields: Field[]) => {
    const read = parseAuthenticate(type3(100, flags, ...fields));
    return read.ok ? read.value : read;
  };

  it("has a version where it says so and its payload begins behind one", () => {
    const version = Uint8Array.of(64, 65, 66, 67, 68, 69, 70, 71);
    expect(readOf(VERSION, [LM, 1, 72])).toMatchObject({ version });
    expect(readOf(VERSION, [LM, 1, 71])).not.toHaveProperty("version");
    expect(readOf(0, [LM, 1, 72])).not.toHaveProperty("version");
  });

  it("has a MIC where its payload begins behind one; an empty field points nowhere", () => {
    expect(readOf(0, [LM, 1, 88])).toHaveProperty("mic");
    expect(readOf(0, [LM, 1, 87])).not.toHaveProperty("mic");
    expect(readOf(VERSION, [LM, 1, 88], [20, 0, 64])).toHaveProperty("mic");
  });
});

describe("an NTLMv2 response", () => {
  const blob = (start: string) => concat(new Uint8Array(16), hex(start), new Uint8Array(26));

  it("has at least its fixed part, and the type of version 2", () => {
    expect(parseNtlmV2Response(new Uint8Array(43))).toEqual(refused("too-short"));
    expect(parseNtlmV2Response(blob("0101"))).toEqual(refused("bad-av-pairs"));
    expect(parseNtlmV2Response(concat(blob("0101"), new Uint8Array(4)))).toMatchObject({ ok: true });
    expect(parseNtlmV2Response(concat(blob("0102"), new Uint8Array(4)))).toEqual(refused("wrong-type"));
    expect(parseNtlmV2Response(new Uint8Array(24))).toEqual(refused("too-short"));
  });
});

describe("AV pairs", () => {
  it("lie wholly inside", () => {
    // No terminator may follow the value that reaches too far.
    expect(parseAvPairs(hex("0100 0100"))).toEqual(refused("bad-av-pairs"));
    expect(parseAvPairs(hex("0100 0500 0000 0000"))).toEqual(refused("bad-av-pairs"));
    expect(parseAvPairs(hex("0100 0200 4100 0000 0000"))).toEqual({
      ok: true,
      value: [{ id: 1, value: hex("4100") }],
    });
  });
});

describe("a name", () => {
  it("S-10: has at most 512 bytes", () => {
    expect(decodeUtf16(encodeUtf16("a".repeat(256)))).toEqual({ ok: true, value: "a".repeat(256) });
    expect(decodeUtf16(encodeUtf16("a".repeat(257)))).toEqual(refused("too-long"));
    expect(decodeAscii(ascii("a".repeat(512)))).toEqual({ ok: true, value: "a".repeat(512) });
    expect(decodeAscii(ascii("a".repeat(513)))).toEqual(refused("too-long"));
  });

  it("S-10: in ASCII goes from the space to the tilde", () => {
    expect(decodeAscii(ascii(" ~"))).toEqual({ ok: true, value: " ~" });
    expect(decodeAscii(hex("1f"))).toEqual(refused("bad-string"));
    expect(decodeAscii(hex("7f"))).toEqual(refused("bad-string"));
  });
});

it("the version of Windows is read as people write it", () => {
  expect(versionText(hex("0a00 614a 0000 000f"))).toBe("10.0.19041");
  expect(versionText(hex("0601 b11d 0000 000f"))).toBe("6.1.7601");
  expect(versionText(new Uint8Array(0))).toBe("0.0.0");
});
