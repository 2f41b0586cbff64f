// The worked examples of MS-NLMP 4.2.4 (NTLMv2), bit for bit (S-11), with the values of 4.2.1 that they start from.

import { describe, expect, it } from "vitest";
import { type ClientProfile, clientAuthenticate, PROFILES } from "../../../test/kit/ntlm-client.ts";
import { parseAuthenticate, parseNtlmV2Response } from "./authenticate.ts";
import { parseChallenge } from "./challenge.ts";
import { AV_NB_COMPUTER_NAME, AV_NB_DOMAIN_NAME, NEGOTIATE_KEY_EXCH } from "./constants.ts";
import { rc4 } from "./digests.ts";
import { lmV2Response, ntHash, ntlmV2Blob, ntlmV2Proof, ntowfV2, sessionBaseKey } from "./responses.ts";
import { exportedSessionKey, mac, sealKey, signKey } from "./session-security.ts";
import { verifyAuthenticate } from "./verify.ts";
import { concat, encodeUtf16 } from "./wire.ts";

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/\s+/g, ""), "hex"));
const hex = (value: Uint8Array): string => Buffer.from(value).toString("hex");

// 4.2.1
const USER = "User";
const DOMAIN = "Domain";
const PASSWORD = "Password";
const SERVER_CHALLENGE = bytes("0123456789abcdef");
const CLIENT_CHALLENGE = bytes("aaaaaaaaaaaaaaaa");
const RANDOM_SESSION_KEY = bytes("55555555555555555555555555555555");
/** Time zero is the year 1601. */
const YEAR_1601_MS = -11_644_473_600_000;

// 4.2.4
const TARGET_INFO = bytes("02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000");
const TEMP = concat(ntlmV2Blob(0n, CLIENT_CHALLENGE, TARGET_INFO), new Uint8Array(4));
const KEY = ntowfV2(ntHash(PASSWORD), USER, DOMAIN);
const BASE_KEY = bytes("8de40ccadbc14a82f15cb0ad0de95ca3");

// 4.2.4.3
const CHALLENGE_MESSAGE = bytes(`
  4e544c4d53535000 02000000 0c000c0038000000 33828ae2 0123456789abcdef 0000000000000000 2400240044000000
  060070170000000f 530065007200760065007200 02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000`);
const AUTHENTICATE_MESSAGE = bytes(`
  4e544c4d53535000 03000000 180018006c000000 5400540084000000 0c000c0048000000 0800080054000000 100010005c000000
  10001000d8000000 358288e2 0501280a0000000f 44006f006d00610069006e00 5500730065007200
  43004f004d0050005500540045005200 86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa
  68cd0ab851e51c96aabc927bebef6a1c 0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000
  02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000 00000000
  c5dad2544fc9799094ce1ce90bc9d03e`);

describe("S-11: MS-NLMP 4.2.4", () => {
  it("S-11: 4.2.4.1.1 NTOWFv2", () => {
    expect(hex(ntHash(PASSWORD))).toBe("a4f49c406510bdcab6824ee7c30fd852"); // NTOWFv1, 4.2.2.1.2
    expect(hex(KEY)).toBe("0c868a403bfd7a93a3001ef22ef02e3f");
  });

  it("S-11: 4.2.4.1.2 session base key, 4.2.4.1.3 temp", () => {
    const proof = ntlmV2Proof(KEY, SERVER_CHALLENGE, TEMP);
    expect(hex(sessionBaseKey(KEY, proof))).toBe(hex(BASE_KEY));
    expect(hex(TEMP)).toBe(
      "01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000",
    );
  });

  it("S-11: 4.2.4.2.1 LMv2 response", () => {
    expect(hex(lmV2Response(KEY, SERVER_CHALLENGE, CLIENT_CHALLENGE))).toBe(
      "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa",
    );
  });

  it("S-11: 4.2.4.2.2 NTLMv2 response", () => {
    expect(hex(ntlmV2Proof(KEY, SERVER_CHALLENGE, TEMP))).toBe("68cd0ab851e51c96aabc927bebef6a1c");
  });

  it("S-11: 4.2.4.2.3 encrypted session key, both ways", () => {
    expect(hex(rc4(BASE_KEY)(RANDOM_SESSION_KEY))).toBe("c5dad2544fc9799094ce1ce90bc9d03e");
    const key = exportedSessionKey(NEGOTIATE_KEY_EXCH, BASE_KEY, bytes("c5dad2544fc9799094ce1ce90bc9d03e"));
    expect(key && hex(key)).toBe(hex(RANDOM_SESSION_KEY));
  });

  it("S-11: 4.2.4.3 the challenge message, read", () => {
    const parsed = parseChallenge(CHALLENGE_MESSAGE);
    expect(parsed).toMatchObject({ ok: true, value: { flags: 0xe28a8233, targetName: "Server" } });
    if (!parsed.ok) return;
    expect(hex(parsed.value.serverChallenge)).toBe(hex(SERVER_CHALLENGE));
    expect(hex(parsed.value.targetInfo)).toBe(hex(TARGET_INFO));
    expect(hex(parsed.value.version ?? bytes(""))).toBe("060070170000000f");
  });

  it("S-11: 4.2.4.3 the authenticate message, read", () => {
    const parsed = parseAuthenticate(AUTHENTICATE_MESSAGE);
    expect(parsed).toMatchObject({
      ok: true,
      value: { flags: 0xe2888235, user: USER, domain: DOMAIN, workstation: "COMPUTER" },
    });
    if (!parsed.ok) return;
    expect(parsed.value.mic).toBeUndefined();
    const response = parseNtlmV2Response(parsed.value.ntResponse);
    expect(response).toMatchObject({ ok: true, value: { avPairs: [{ id: 2 }, { id: 1 }] } });
    expect([AV_NB_DOMAIN_NAME, AV_NB_COMPUTER_NAME]).toEqual([2, 1]);
  });

  it("S-11: 4.2.4.3 the authenticate message, verified", () => {
    const parsed = parseAuthenticate(AUTHENTICATE_MESSAGE);
    expect(parsed.ok).toBe(true);
    if (!parsed.ok) return;
    const verified = verifyAuthenticate({
      message: parsed.value,
      raw: AUTHENTICATE_MESSAGE,
      serverChallenge: SERVER_CHALLENGE,
      negotiate: new Uint8Array(0),
      challenge: CHALLENGE_MESSAGE,
      ntHashes: [ntHash("another"), ntHash(PASSWORD)],
    });
    expect(verified).toEqual({ ok: true, value: { index: 1, exportedSessionKey: RANDOM_SESSION_KEY } });
  });

  it("S-11: 4.2.4.3 the authenticate message, made by the test client", () => {
    const { negotiateFlags, ...rest } = PROFILES.impacket;
    const example: ClientProfile = {
      ...rest,
      negotiateFlags: 0xe2888235 | negotiateFlags,
      echo: "verbatim",
      adds: [],
      trailingZeros: 4,
      fixedBytes: 72,
      lm: "lmv2",
      insistsOnTimestamp: false,
    };
    const message = clientAuthenticate(example, {
      type1: new Uint8Array(0),
      type2: CHALLENGE_MESSAGE,
      user: USER,
      domain: DOMAIN,
      password: PASSWORD,
      workstation: "COMPUTER",
      now: YEAR_1601_MS,
      clientChallenge: CLIENT_CHALLENGE,
      sessionKey: RANDOM_SESSION_KEY,
    });
    expect(hex(message)).toBe(hex(AUTHENTICATE_MESSAGE));
  });

  it("S-11: 4.2.4.4 sealing and signing", () => {
    const flags = 0xe2888235;
    const signing = signKey(RANDOM_SESSION_KEY, "client-to-server");
    const sealing = sealKey(flags, RANDOM_SESSION_KEY, "client-to-server");
    expect(hex(signing)).toBe("4788dc861b4782f35d43fd98fe1a2d39");
    expect(hex(sealing)).toBe("59f600973cc4960a25480a7c196e4c58");
    const stream = rc4(sealing);
    const plaintext = encodeUtf16("Plaintext");
    expect(hex(stream(plaintext))).toBe("54e50165bf1936dc996020c1811b0f06fb5f");
    expect(hex(mac(flags, signing, stream, 0, plaintext))).toBe("010000007fb38ec5c55d497600000000");
    // The same checksum without RC4, as it is sent when no key was exchanged.
    const plain = mac(flags & ~NEGOTIATE_KEY_EXCH, signing, rc4(sealing), 0, plaintext);
    expect(hex(plain)).toBe("0100000070352851f256430900000000");
  });
});
