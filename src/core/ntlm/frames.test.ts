// The frames around an NTLM message, DER, SPNEGO and the header, at the edges of what is read.

import { describe, expect, it } from "vitest";
import { DER_OCTET_STRING, DER_OID, DER_SEQUENCE, derContext, onlyDer, readDer, writeDer } from "./der.ts";
import { parseAuthorization } from "./http.ts";
import { NTLM_MECH_LIST, NTLMSSP_OID, SPNEGO_OID, unwrap } from "./spnego.ts";
import { concat } from "./wire.ts";

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
const refused = (reason: string) => ({ ok: false, reason });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const TYPE1 = concat(new Uint8Array(Buffer.from("NTLMSSP\0")), Uint8Array.of(1, 0, 0, 0), new Uint8Array(4));

describe("DER", () => {
  it.each([
    ["a tag alone", "04"],
    ["a tag of several bytes", "1f 01 00"],
    ["an indefinite length", "04 80"],
    ["a length of three bytes", "04 83 00 00 01 00"],
    ["a long length that is cut", "04 82 00"],
    ["a content that is cut", "04 02 00"],
  ])("is not read: %s", (_, bytes) => {
    expect(readDer(hex(bytes))).toBeUndefined();
  });

  it.each([
    ["04 00", 0],
    ["04 81 00", 0],
    ["04 82 00 01 aa", 1],
    ["04 81 02 aa bb", 2],
  ])("is read: %s", (bytes, length) => {
    expect(readDer(hex(bytes))?.map(({ content }) => content.length)).toEqual([length]);
  });

  it.each([
    [127, "047f"],
    [128, "048180"],
    [255, "0481ff"],
    [256, "04820100"],
    [300, "0482012c"],
  ])("a content of %i bytes is written behind %s", (length, header) => {
    const written = writeDer(DER_OCTET_STRING, new Uint8Array(length));
    expect(Buffer.from(written).toString("hex").slice(0, header.length)).toBe(header);
    expect(written.length).toBe(length + header.length / 2);
  });

  it("the one element is of the tag that is asked for", () => {
    expect(onlyDer(hex("04 01 aa"), DER_OCTET_STRING)).toEqual(hex("aa"));
    expect(onlyDer(hex("06 01 aa"), DER_OCTET_STRING)).toBeUndefined();
    expect(onlyDer(hex("04 01 aa 04 00"), DER_OCTET_STRING)).toBeUndefined();
    expect(onlyDer(new Uint8Array(0), DER_OCTET_STRING)).toBeUndefined();
    expect(onlyDer(undefined, DER_OCTET_STRING)).toBeUndefined();
  });
});

describe("a SPNEGO frame", () => {
  const oid = (bytes: Uint8Array) => writeDer(DER_OID, bytes);
  const token = writeDer(derContext(2), writeDer(DER_OCTET_STRING, TYPE1));
  const fields = (list: Uint8Array = NTLM_MECH_LIST) =>
    writeDer(derContext(0), writeDer(DER_SEQUENCE, writeDer(derContext(0), list), token));
  const init = (...parts: Uint8Array[]) => writeDer(0x60, ...parts);
  const ALMOST = new Uint8Array(NTLMSSP_OID).fill(0, 9);

  it("is read", () => {
    expect(unwrap(init(oid(SPNEGO_OID), fields()))).toMatchObject({ ok: true, value: { form: "init" } });
    const answer = unwrap(writeDer(derContext(1), writeDer(DER_SEQUENCE, token)));
    expect(answer).toEqual({ ok: true, value: { ntlm: TYPE1, form: "resp" } });
  });

  it.each<[string, Uint8Array, string]>([
    ["no parts that can be read", init(hex("06 80")), "bad-der"],
    ["no parts", init(), "bad-der"],
    ["one part", init(oid(SPNEGO_OID)), "bad-der"],
    ["three parts", init(oid(SPNEGO_OID), fields(), token), "bad-der"],
    ["another tag before the fields", init(writeDer(DER_OCTET_STRING, SPNEGO_OID), fields()), "bad-der"],
    ["another mechanism's frame", init(oid(NTLMSSP_OID), fields()), "no-ntlm"],
    ["an id that only begins like SPNEGO's", init(oid(concat(SPNEGO_OID, hex("00"))), fields()), "no-ntlm"],
    ["the beginning of SPNEGO's id", init(oid(SPNEGO_OID.subarray(0, 5)), fields()), "no-ntlm"],
    ["no id", init(oid(new Uint8Array(0)), fields()), "no-ntlm"],
    ["fields that are no sequence", init(oid(SPNEGO_OID), writeDer(derContext(0), token)), "bad-der"],
    ["no fields", init(oid(SPNEGO_OID), token), "bad-der"],
    ["no list", init(oid(SPNEGO_OID), writeDer(derContext(0), writeDer(DER_SEQUENCE, token))), "bad-der"],
    ["a list with an id almost NTLM's", init(oid(SPNEGO_OID), fields(writeDer(DER_SEQUENCE, oid(ALMOST)))), "no-ntlm"],
    [
      "a list with NTLM's id as a text",
      init(oid(SPNEGO_OID), fields(writeDer(DER_SEQUENCE, writeDer(DER_OCTET_STRING, NTLMSSP_OID)))),
      "no-ntlm",
    ],
    ["an answer that is no sequence", writeDer(derContext(1), token), "bad-der"],
    ["two frames", concat(init(oid(SPNEGO_OID), fields()), hex("04 00")), "bad-der"],
    ["3,144 bytes", new Uint8Array(3_144), "bad-der"],
    ["3,145 bytes", new Uint8Array(3_145), "too-long"],
  ])("S-9: is refused with %s", (_, bytes, reason) => {
    expect(unwrap(bytes)).toEqual(refused(reason));
  });
});

describe("an Authorization header", () => {
  const LONGEST = "Negotiate ".length + 4 * Math.ceil(3_144 / 3);

  it("may have several spaces, and some around it", () => {
    expect(parseAuthorization(`  NTLM   ${base64(TYPE1)} `)).toMatchObject({ ok: true, value: { kind: 1 } });
  });

  it("begins with its scheme", () => {
    expect(parseAuthorization(`Basic NTLM ${base64(TYPE1)}`)).toEqual(refused("bad-scheme"));
  });

  it("S-9: is refused for its length before it is read", () => {
    const spaces = (length: number) => " ".repeat(length);
    expect(parseAuthorization(spaces(LONGEST))).toEqual(refused("bad-scheme"));
    expect(parseAuthorization(spaces(LONGEST + 1))).toEqual(refused("too-long"));
  });

  it("carries a message of 2,888 bytes under NTLM, and none that is longer", () => {
    const long = (length: number) => `NTLM ${base64(concat(TYPE1, new Uint8Array(length - TYPE1.length)))}`;
    expect(parseAuthorization(long(2_888))).toMatchObject({ ok: true });
    expect(parseAuthorization(long(2_889))).toEqual(refused("too-long"));
  });

  it("carries nothing that ends within its type", () => {
    expect(parseAuthorization(`NTLM ${base64(TYPE1.subarray(0, 12))}`)).toMatchObject({ ok: true, value: { kind: 1 } });
    expect(parseAuthorization(`NTLM ${base64(TYPE1.subarray(0, 11))}`)).toEqual(refused("wrong-type"));
    expect(parseAuthorization(`NTLM ${base64(TYPE1.subarray(0, 7))}`)).toEqual(refused("bad-signature"));
  });
});
