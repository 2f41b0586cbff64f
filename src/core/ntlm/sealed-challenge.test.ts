// The sealed challenge: for what a token may be used, and for what it may not. The guard makes sure of single use
// (S-3); here each token only has an id of its own.

import { describe, expect, it } from "vitest";
import { ALICE, answer, HOST, handshake, KEYRING, must, NAMES, NOW } from "../../../test/kit/ntlm.ts";
import { clientAuthenticate, clientNegotiate, PROFILES } from "../../../test/kit/ntlm-client.ts";
import { parseKeyring } from "../crypto/keyring.ts";
import { open, seal } from "../crypto/seal.ts";
import { parseAuthenticate } from "./authenticate.ts";
import { encodeAvPairs, parseAvPairs } from "./av-pairs.ts";
import { parseChallenge } from "./challenge.ts";
import {
  AV_DNS_TREE_NAME,
  CHALLENGE_TTL_MS,
  CLOCK_SKEW_MS,
  MAX_NEGOTIATE_BYTES,
  MAX_TARGET_INFO_BYTES,
  MAX_TOKEN_CHARS,
} from "./constants.ts";
import { ntHash, ntlmV2Blob, ntlmV2Proof, ntowfV2 } from "./responses.ts";
import { issueChallenge, openChallenge, targetNamesFit } from "./sealed-challenge.ts";
import type { AuthenticateMessage } from "./types.ts";
import { verifyAuthenticate } from "./verify.ts";
import { concat, encodeUtf16, viewOf } from "./wire.ts";

const issue = (negotiate: Uint8Array) =>
  issueChallenge({ keyring: KEYRING, host: HOST, now: NOW, names: NAMES, negotiate });
const openAt = (message: AuthenticateMessage, now = NOW + 80, host = HOST, keyring = KEYRING) =>
  openChallenge({ keyring, host, now, message, names: NAMES });
const infoOf = (type2: Uint8Array) => must(parseChallenge(type2)).targetInfo;
const tokenOf = (type2: Uint8Array): string => {
  const pair = must(parseAvPairs(infoOf(type2))).find(({ id }) => id === AV_DNS_TREE_NAME);
  return Buffer.from(pair?.value ?? []).toString("utf16le");
};
const refused = (reason: string) => ({ ok: false, reason });

/** A Type 3 of Alice's whose blob holds these AV pairs, with a right proof for `serverChallenge`. */
function messageWith(info: Uint8Array, serverChallenge = new Uint8Array(8)): AuthenticateMessage {
  const blob = ntlmV2Blob(0n, new Uint8Array(8), info);
  const proof = ntlmV2Proof(ntowfV2(ntHash(ALICE.password), ALICE.user, ALICE.domain), serverChallenge, blob);
  const message = must(parseAuthenticate(handshake(PROFILES.curl).type3));
  return { ...message, ntResponse: concat(proof, blob) };
}
const messageWithToken = (...tokens: string[]): AuthenticateMessage =>
  messageWith(encodeAvPairs(tokens.map((token) => ({ id: AV_DNS_TREE_NAME, value: encodeUtf16(token) }))));

describe("a sealed challenge", () => {
  it.each(Object.values(PROFILES))("comes back from $name and is built again bit for bit", (profile) => {
    const { type1, type2, type3 } = handshake(profile);
    const opened = must(openAt(must(parseAuthenticate(type3))));
    expect(opened.negotiate).toEqual(type1);
    expect(opened.challenge).toEqual(type2);
    expect(opened.serverChallenge).toEqual(must(parseChallenge(type2)).serverChallenge);
    expect(opened.expiresAt).toBe(NOW + CHALLENGE_TTL_MS);
    expect(opened.id).toMatch(/^[0-9a-f]{24}$/);
  });

  it("S-3: has a name of its own", () => {
    const ids = Array.from(
      { length: 100 },
      () => must(openAt(must(parseAuthenticate(handshake(PROFILES.sipe).type3)))).id,
    );
    expect(new Set(ids).size).toBe(100);
  });

  it("S-4: is good for 120 s of the server's clock, and not before its time", () => {
    const message = must(parseAuthenticate(handshake(PROFILES.sipe).type3));
    expect(CHALLENGE_TTL_MS).toBeLessThanOrEqual(120_000);
    expect(openAt(message, NOW)).toMatchObject({ ok: true });
    expect(openAt(message, NOW + CHALLENGE_TTL_MS)).toMatchObject({ ok: true });
    expect(openAt(message, NOW + CHALLENGE_TTL_MS + 1)).toEqual(refused("expired"));
    expect(openAt(message, NOW - CLOCK_SKEW_MS)).toMatchObject({ ok: true });
    expect(openAt(message, NOW - CLOCK_SKEW_MS - 1)).toEqual(refused("future"));
  });

  it("S-4: is good for the host it was issued on, however that is spelt", () => {
    const message = must(parseAuthenticate(handshake(PROFILES.sipe).type3));
    expect(openAt(message, NOW, "WEB.Contoso.Test")).toMatchObject({ ok: true });
    expect(openAt(message, NOW, "meet.contoso.test")).toEqual(refused("broken"));
  });

  it("S-5: in the blob of another handshake proves nothing", () => {
    const profile = PROFILES.sipe;
    const one = handshake(profile);
    const other = handshake(profile);
    // The client answers the server challenge of one token, and returns another token.
    const crossed = new Uint8Array(one.type2);
    crossed.set(infoOf(other.type2), crossed.length - infoOf(other.type2).length);
    const type3 = clientAuthenticate(profile, { ...ALICE, type1: one.type1, type2: crossed, now: NOW });
    expect(answer(type3)).toEqual(refused("wrong-proof"));
    // This time with the other one's blob, put into a message that was right.
    const right = must(parseAuthenticate(one.type3));
    const stolen = must(parseAuthenticate(other.type3));
    const transplanted = concat(right.ntResponse.subarray(0, 16), stolen.ntResponse.subarray(16));
    const verified = verifyAuthenticate({
      ...must(openAt({ ...right, ntResponse: transplanted })),
      message: { ...right, ntResponse: transplanted },
      raw: one.type3,
      ntHashes: [ntHash(ALICE.password)],
    });
    expect(verified).toEqual(refused("wrong-proof"));
  });

  it("S-15: is refused under another key, and good under a key that has been rotated away", () => {
    const message = must(parseAuthenticate(handshake(PROFILES.sipe).type3));
    const [old, fresh] = [Buffer.alloc(32, 7).toString("base64"), Buffer.alloc(32, 8).toString("base64")];
    const rotated = must(parseKeyring(`${fresh} ${old}`));
    expect(openAt(message, NOW, HOST, must(parseKeyring(fresh)))).toEqual(refused("unknown-key"));
    expect(openAt(message, NOW, HOST, rotated)).toEqual(openAt(message));
  });

  it("is refused when it is missing, there twice, altered, cut or spelt in another way", () => {
    const token = tokenOf(handshake(PROFILES.sipe).type2);
    const flipped = token.slice(0, 30) + (token[30] === "A" ? "B" : "A") + token.slice(31);
    expect(openAt(messageWithToken(token))).toMatchObject({ ok: true });
    expect(openAt(messageWithToken())).toEqual(refused("no-token"));
    expect(openAt(messageWithToken(token, token))).toEqual(refused("two-tokens"));
    for (const wrong of [
      flipped,
      token.slice(1),
      token.slice(0, -1),
      `${token}=`,
      ` ${token}`,
      token.toUpperCase(),
      "",
      "x",
    ]) {
      expect(openAt(messageWithToken(wrong)).ok).toBe(false);
    }
    expect(openAt(messageWithToken("A".repeat(MAX_TOKEN_CHARS + 1)))).toEqual(refused("broken"));
    expect(openAt(messageWith(Uint8Array.of(AV_DNS_TREE_NAME, 0, 1, 0, 65, 0, 0, 0, 0)))).toEqual(refused("broken"));
  });

  it("is refused when something else was sealed under its purpose, or it under another", () => {
    const sealedAs = (purpose: "ntlm-challenge" | "ticket", plaintext: Uint8Array) =>
      openAt(messageWithToken(Buffer.from(seal(KEYRING, purpose, HOST, plaintext)).toString("base64url")));
    const good = concat(Uint8Array.of(1), new Uint8Array(6), clientNegotiate(PROFILES.sipe));
    expect(sealedAs("ntlm-challenge", good)).toEqual(refused("expired"));
    expect(sealedAs("ticket", good)).toEqual(refused("broken"));
    expect(sealedAs("ntlm-challenge", concat(Uint8Array.of(2), good.subarray(1)))).toEqual(refused("broken"));
    expect(sealedAs("ntlm-challenge", good.subarray(0, 12))).toEqual(refused("broken"));
    expect(sealedAs("ntlm-challenge", new Uint8Array(0))).toEqual(refused("broken"));
  });
});

describe("a challenge message", () => {
  it("S-12: shows the configured names, the time and the token, and nothing else", () => {
    const { type2 } = handshake(PROFILES.windowsSigned);
    const pairs = must(parseAvPairs(infoOf(type2)));
    const texts = pairs.slice(0, 4).map(({ value }) => Buffer.from(value).toString("utf16le"));
    expect(pairs.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 7]);
    expect(texts).toEqual([NAMES.nbComputer, NAMES.nbDomain, NAMES.dnsComputer, NAMES.dnsDomain]);
    expect(must(parseChallenge(type2)).targetName).toBe(NAMES.nbDomain);
    expect(type2.length).toBe(56 + 2 * NAMES.nbDomain.length + infoOf(type2).length);
    // The only other place for a name is the token, which is sealed. It contains the client's own message.
    const sealed = new Uint8Array(Buffer.from(tokenOf(type2), "base64url"));
    expect(must(open(KEYRING, "ntlm-challenge", HOST, sealed)).subarray(7)).toEqual(
      clientNegotiate(PROFILES.windowsSigned),
    );
  });

  it("S-12: leaves out a name that is not configured", () => {
    const names = { ...NAMES, dnsDomain: "", dnsComputer: "" };
    const type2 = must(
      issueChallenge({ keyring: KEYRING, host: HOST, now: NOW, names, negotiate: clientNegotiate(PROFILES.sipe) }),
    );
    expect(must(parseAvPairs(infoOf(type2))).map(({ id }) => id)).toEqual([1, 2, 5, 7]);
  });

  it("carries the time of its token, which gss-ntlmssp, Apple and Windows answer with", () => {
    const time = must(parseAvPairs(infoOf(handshake(PROFILES.sipe).type2))).find(({ id }) => id === 7);
    const fileTime = viewOf(time?.value ?? new Uint8Array(8)).getBigUint64(0, true);
    expect(Number(fileTime / 10_000n) - 11_644_473_600_000).toBe(NOW);
  });

  it("keeps its size: 180 characters of token, 700 bytes of target info, and curl's limit", () => {
    const longest = concat(clientNegotiate(PROFILES.sipe), new Uint8Array(MAX_NEGOTIATE_BYTES - 40));
    const type2 = must(issue(longest));
    const curlLimit = 866 - 2 * 60;
    expect(tokenOf(type2)).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(tokenOf(type2).length).toBe(MAX_TOKEN_CHARS);
    expect(infoOf(type2).length).toBeLessThanOrEqual(MAX_TARGET_INFO_BYTES);
    expect(MAX_TARGET_INFO_BYTES).toBeLessThan(curlLimit);
    expect(tokenOf(handshake(PROFILES.sipe).type2).length).toBeLessThanOrEqual(106);
    expect(issue(concat(longest, new Uint8Array(1)))).toEqual(refused("negotiate-too-long"));
    expect(issue(longest.subarray(0, 12))).toEqual(refused("too-short"));
  });

  it("tells when the names would not fit", () => {
    const exact = {
      nbDomain: "D".repeat(15),
      nbComputer: "C".repeat(15),
      dnsDomain: "d".repeat(60),
      dnsComputer: "c".repeat(60),
    };
    const longest = concat(clientNegotiate(PROFILES.sipe), new Uint8Array(MAX_NEGOTIATE_BYTES - 40));
    const sizeWith = (names: typeof exact) =>
      infoOf(must(issueChallenge({ keyring: KEYRING, host: HOST, now: NOW, names, negotiate: longest }))).length;
    expect([targetNamesFit(NAMES), targetNamesFit(exact)]).toEqual([true, true]);
    const spare = (MAX_TARGET_INFO_BYTES - sizeWith(exact)) / 2;
    const full = { ...exact, dnsDomain: "d".repeat(60 + spare) };
    expect([sizeWith(full), targetNamesFit(full)]).toEqual([MAX_TARGET_INFO_BYTES, true]);
    expect(targetNamesFit({ ...full, dnsDomain: `${full.dnsDomain}d` })).toBe(false);
  });
});
