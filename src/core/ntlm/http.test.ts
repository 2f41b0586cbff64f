// From an Authorization header to a message and back: both schemes, with and without SPNEGO, and what is refused before
// and after decoding.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { handshake, must } from "../../../test/kit/ntlm.ts";
import { PROFILES } from "../../../test/kit/ntlm-client.ts";
import { MAX_MESSAGE_BYTES, MAX_SPNEGO_BYTES } from "./constants.ts";
import { DER_APPLICATION_0, DER_OCTET_STRING, DER_OID, DER_SEQUENCE, derContext, readDer, writeDer } from "./der.ts";
import { acceptedHeader, challengeHeader, parseAuthorization } from "./http.ts";
import { mechListMic } from "./session-security.ts";
import { NTLM_MECH_LIST, NTLMSSP_OID, SPNEGO_OID, unwrap, wrapAccepted, wrapChallenge } from "./spnego.ts";
import { concat } from "./wire.ts";

const KRB5_OID = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02);
const { type1, type2, type3 } = handshake(PROFILES.windowsHttp);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const refused = (reason: string) => ({ ok: false, reason });
const octets = (bytes: Uint8Array) => writeDer(DER_OCTET_STRING, bytes);
const mechList = (...oids: Uint8Array[]) => writeDer(DER_SEQUENCE, ...oids.map((oid) => writeDer(DER_OID, oid)));
const init = (list: Uint8Array, ...more: Uint8Array[]) =>
  writeDer(
    DER_APPLICATION_0,
    writeDer(DER_OID, SPNEGO_OID),
    writeDer(derContext(0), writeDer(DER_SEQUENCE, writeDer(derContext(0), list), ...more)),
  );
const token = (bytes: Uint8Array) => writeDer(derContext(2), octets(bytes));
const resp = (...fields: Uint8Array[]) => writeDer(derContext(1), writeDer(DER_SEQUENCE, ...fields));

describe("an Authorization header", () => {
  it.each(["NTLM", "ntlm", "Negotiate", "NEGOTIATE"])("carries raw messages under %s", (scheme) => {
    const expected = scheme.toLowerCase() === "ntlm" ? "NTLM" : "Negotiate";
    for (const [kind, message] of [
      [1, type1],
      [3, type3],
    ] as const) {
      const read = must(parseAuthorization(`${scheme} ${base64(message)}`));
      expect(read).toEqual({ scheme: expected, kind, message, spnego: { ntlm: message, form: "raw" } });
      expect(challengeHeader(read, type2)).toBe(`${expected} ${base64(type2)}`);
    }
  });

  it("carries SPNEGO under Negotiate, and is answered in it", () => {
    const read = must(parseAuthorization(`Negotiate ${base64(init(NTLM_MECH_LIST, token(type1)))}`));
    expect(read).toMatchObject({ scheme: "Negotiate", kind: 1, message: type1, spnego: { form: "init" } });
    expect(challengeHeader(read, type2)).toBe(`Negotiate ${base64(wrapChallenge(type2))}`);
    expect(base64(wrapChallenge(type2))).toMatch(/^oYIB/); // IIS begins with this
    expect(must(parseAuthorization(`Negotiate ${base64(resp(token(type3)))}`))).toMatchObject({
      kind: 3,
      message: type3,
    });
  });

  it.each([
    ["nothing", "", "bad-scheme"],
    ["a scheme alone", "NTLM", "bad-scheme"],
    ["another scheme", `Basic ${base64(type1)}`, "bad-scheme"],
    ["two tokens", `NTLM ${base64(type1)} ${base64(type1)}`, "bad-scheme"],
    ["a list", `NTLM ${base64(type1)}, Basic eDp5`, "bad-scheme"],
    ["base64url", "NTLM TlRM_-==", "bad-scheme"],
    ["base64 without its padding", `NTLM ${base64(type1).replace(/=+$/, "")}`, "bad-base64"],
    ["another token", "NTLM AAAA", "bad-signature"],
    ["SPNEGO under NTLM", `NTLM ${base64(init(NTLM_MECH_LIST, token(type1)))}`, "bad-signature"],
    ["a Type 2", `NTLM ${base64(type2)}`, "wrong-type"],
    ["a message without a type", `NTLM ${base64(type1.subarray(0, 8))}`, "wrong-type"],
    [
      "a message too long",
      `NTLM ${base64(concat(type3, new Uint8Array(MAX_MESSAGE_BYTES)).subarray(0, MAX_MESSAGE_BYTES + 1))}`,
      "too-long",
    ],
    ["a header too long", `Negotiate ${"A".repeat(100_000)}`, "too-long"],
  ])("S-9: is refused with %s", (_, value, reason) => {
    expect(parseAuthorization(value)).toEqual(refused(reason));
  });
});

describe("the end of an exchange", () => {
  const key = new Uint8Array(16).fill(0x55);
  const flags = 0xe2088235;
  const mic = (direction: "client-to-server" | "server-to-client") =>
    mechListMic(flags, key, direction, NTLM_MECH_LIST);
  const accepted = (frame: Uint8Array) =>
    acceptedHeader(must(parseAuthorization(`Negotiate ${base64(frame)}`)), flags, key);
  const withMic = (value: Uint8Array) => resp(token(type3), writeDer(derContext(3), octets(value)));

  it("says nothing to a client that spoke no SPNEGO", () => {
    expect(accepted(type3)).toBeUndefined();
  });

  it("says accept-completed to one that did", () => {
    expect(accepted(resp(token(type3)))).toBe("Negotiate oQcwBaADCgEA");
  });

  it("answers a mechListMIC that is right, and no other", () => {
    const ours = base64(wrapAccepted(mic("server-to-client")));
    expect(accepted(withMic(mic("client-to-server")))).toBe(`Negotiate ${ours}`);
    for (const wrong of [mic("server-to-client"), mic("client-to-server").subarray(1), new Uint8Array(0)]) {
      expect(accepted(withMic(wrong))).toBe("Negotiate oQcwBaADCgEA");
    }
  });
});

describe("SPNEGO", () => {
  it("takes NTLM wherever it stands in the list, and keeps the list as it was", () => {
    const list = mechList(KRB5_OID, NTLMSSP_OID);
    expect(unwrap(init(list, token(type1)))).toEqual({
      ok: true,
      value: { ntlm: type1, form: "init", mechList: list },
    });
  });

  it("reads the MIC of the client's list", () => {
    const mic = new Uint8Array(16).fill(5);
    expect(must(unwrap(resp(token(type3), writeDer(derContext(3), octets(mic))))).mechListMic).toEqual(mic);
    expect(must(unwrap(resp(token(type3))))).not.toHaveProperty("mechListMic");
  });

  it("ends with accept-completed, and with a MIC of ours when there was one of theirs", () => {
    expect(base64(wrapAccepted())).toBe("oQcwBaADCgEA");
    const mic = mechListMic(0xe2088235, new Uint8Array(16).fill(0x55), "server-to-client", NTLM_MECH_LIST);
    expect(mic).toHaveLength(16);
    expect(Buffer.from(wrapAccepted(mic)).toString("hex")).toBe(
      `a11b3019a0030a0100a3120410${Buffer.from(mic).toString("hex")}`,
    );
  });

  it.each([
    ["Kerberos alone", init(mechList(KRB5_OID), token(type1)), "no-ntlm"],
    ["no token", init(NTLM_MECH_LIST), "no-ntlm"],
    ["a token that is not NTLM", init(NTLM_MECH_LIST, token(new Uint8Array(40))), "no-ntlm"],
    ["a response without a token", resp(), "no-ntlm"],
    ["an empty list", init(mechList(), token(type1)), "no-ntlm"],
    ["too many mechanisms", init(mechList(...Array.from({ length: 17 }, () => NTLMSSP_OID)), token(type1)), "bad-der"],
    ["another frame", writeDer(DER_SEQUENCE, token(type1)), "bad-der"],
    ["nothing", new Uint8Array(0), "bad-der"],
    ["an indefinite length", Uint8Array.of(0x60, 0x80, 0, 0), "bad-der"],
    ["a length of three bytes", Uint8Array.of(0x60, 0x83, 0, 0, 1, 0), "bad-der"],
    ["a length beyond the end", Uint8Array.of(0xa1, 0x05, 0x30), "bad-der"],
    ["a tag of several bytes", Uint8Array.of(0x7f, 0x21, 0), "bad-der"],
    ["bytes behind the frame", concat(resp(token(type3)), Uint8Array.of(0)), "bad-der"],
    ["a frame too long", concat(resp(token(type3)), new Uint8Array(MAX_SPNEGO_BYTES)), "too-long"],
  ])("S-9: refuses %s", (_, bytes, reason) => {
    expect(unwrap(bytes)).toEqual(refused(reason));
  });

  it("S-9: reads what it wrote, and answers anything else with a value", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 5 }),
        (tag, values) => {
          const whole = concat(...values.map((value) => writeDer(tag, value)));
          expect(readDer(whole)?.map(({ content }) => content)).toEqual(values);
          for (const value of values) expect(typeof unwrap(value).ok).toBe("boolean");
        },
      ),
    );
  });
});
