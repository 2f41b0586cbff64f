// An NTLM client for tests. It makes the Type 1 and Type 3 that a given client (ntlm-client-profiles.ts) would make,
// and throws when that client would give up. It is the verifier's counterpart and shares only its primitives with it. A
// mistake in both is caught by the published vectors and by the real clients. Never deployed.

import { createCipheriv, randomBytes } from "node:crypto";
import { encodeAvPairs, parseAvPairs } from "../../src/core/ntlm/av-pairs.ts";
import { parseChallenge } from "../../src/core/ntlm/challenge.ts";
import {
  AV_CHANNEL_BINDINGS,
  AV_DNS_TREE_NAME,
  AV_FLAG_MIC,
  AV_FLAGS,
  AV_NB_COMPUTER_NAME,
  AV_NB_DOMAIN_NAME,
  AV_SINGLE_HOST,
  AV_TARGET_NAME,
  AV_TIMESTAMP,
  MESSAGE_AUTHENTICATE,
  MESSAGE_NEGOTIATE,
  NEGOTIATE_ANONYMOUS,
  NEGOTIATE_KEY_EXCH,
  NEGOTIATE_OEM,
  NEGOTIATE_OEM_DOMAIN_SUPPLIED,
  NEGOTIATE_TARGET_INFO,
  NEGOTIATE_UNICODE,
  NEGOTIATE_VERSION,
  REQUEST_TARGET,
  SIGNATURE,
} from "../../src/core/ntlm/constants.ts";
import { md5, rc4 } from "../../src/core/ntlm/digests.ts";
import { hmacMd5 } from "../../src/core/ntlm/hmac-md5.ts";
import { upperCase, upperCaseAscii } from "../../src/core/ntlm/identity.ts";
import {
  lmV2Response,
  ntHash,
  ntlmV2Blob,
  ntlmV2Proof,
  responseKey,
  sessionBaseKey,
} from "../../src/core/ntlm/responses.ts";
import type { AvPair, ChallengeMessage } from "../../src/core/ntlm/types.ts";
import { concat, encodeUtf16, fileTimeOf, viewOf, writeField } from "../../src/core/ntlm/wire.ts";
import type { ClientProfile } from "./ntlm-client-profiles.ts";

export { type ClientProfile, PROFILES, REFUSED_PROFILES } from "./ntlm-client-profiles.ts";

/**
 * What a client knows when it answers a challenge. `now` in ms. The last four are drawn at random or guessed when left
 * out.
 */
export type Attempt = {
  readonly type1: Uint8Array;
  readonly type2: Uint8Array;
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  readonly workstation: string;
  readonly now: number;
  readonly clientChallenge?: Uint8Array;
  readonly sessionKey?: Uint8Array;
  readonly targetName?: string;
  readonly channelBinding?: Uint8Array;
};

/** MS-NLMP 4.2.1: the version of its examples. */
const VERSION = Uint8Array.of(0x05, 0x01, 0x28, 0x0a, 0, 0, 0, 0x0f);
const MIC_OFFSET = 72;

const latin = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The Type 1 of this client. */
export function clientNegotiate(profile: ClientProfile): Uint8Array {
  const flags = profile.negotiateFlags >>> 0;
  const [domain, workstation] = flags & NEGOTIATE_OEM_DOMAIN_SUPPLIED ? ["CONTOSO", "DESKTOP-7F3K2QA"] : ["", ""];
  const fixedBytes = flags & NEGOTIATE_VERSION ? 40 : 32;
  const bytes = concat(new Uint8Array(fixedBytes), latin(domain), latin(workstation));
  bytes.set(SIGNATURE);
  viewOf(bytes).setUint32(8, MESSAGE_NEGOTIATE, true);
  viewOf(bytes).setUint32(12, flags, true);
  writeField(bytes, 16, domain.length, fixedBytes);
  writeField(bytes, 24, workstation.length, fixedBytes + domain.length);
  if (flags & NEGOTIATE_VERSION) bytes.set(VERSION, 32);
  return bytes;
}

/** The Type 3 of this client, in answer to `type2`. Throws with the client's complaint. */
export function clientAuthenticate(profile: ClientProfile, attempt: Attempt): Uint8Array {
  const challenge = readChallenge(profile, attempt.type2);
  const flags = authenticateFlags(profile, challenge.flags);
  const answer = respond(profile, attempt, challenge);
  const key = exchangeKey(flags, answer.sessionBaseKey, attempt.sessionKey);
  const anonymous = profile.response === "anonymous";
  const encode = profile.strings === "oem" ? latin : encodeUtf16;
  const message = layOut(profile, flags, {
    domain: encode(anonymous ? "" : attempt.domain),
    user: encode(anonymous ? "" : attempt.user),
    workstation: encode(attempt.workstation),
    lm: answer.lm,
    nt: answer.nt,
    key: key.encrypted,
  });
  if (profile.adds.includes(AV_FLAGS)) {
    message.set(hmacMd5(key.exported, attempt.type1, attempt.type2, message), MIC_OFFSET);
  }
  if (message.length > profile.maxBytes) throw new Error(`${profile.name}: ${message.length} bytes are too many`);
  return message;
}

/** What the clients check before they answer. */
function readChallenge(profile: ClientProfile, type2: Uint8Array): ChallengeMessage {
  const parsed = parseChallenge(type2);
  if (!parsed.ok) throw new Error(`${profile.name}: challenge ${parsed.reason}`);
  const { flags, targetInfo } = parsed.value;
  const missing = profile.requires & ~flags;
  const unwanted = profile.forbids & flags;
  if (missing !== 0) throw new Error(`${profile.name}: challenge lacks flags ${(missing >>> 0).toString(16)}`);
  if (unwanted !== 0) throw new Error(`${profile.name}: challenge has flags ${(unwanted >>> 0).toString(16)}`);
  const pairs = pairsOf(targetInfo);
  const ids = pairs.map(({ id }) => id);
  const needs = [AV_NB_COMPUTER_NAME, AV_NB_DOMAIN_NAME, ...(profile.insistsOnTimestamp ? [AV_TIMESTAMP] : [])];
  for (const id of needs) {
    if (!ids.includes(id)) throw new Error(`${profile.name}: challenge lacks AV pair ${id}`);
  }
  for (const id of [AV_TARGET_NAME, AV_CHANNEL_BINDINGS]) {
    if (ids.includes(id)) throw new Error(`${profile.name}: challenge has AV pair ${id}`);
  }
  if (encodeAvPairs(pairs).length !== targetInfo.length) throw new Error(`${profile.name}: bytes behind the AV pairs`);
  return parsed.value;
}

function pairsOf(targetInfo: Uint8Array): readonly AvPair[] {
  const pairs = parseAvPairs(targetInfo);
  if (!pairs.ok) throw new Error(pairs.reason);
  return pairs.value;
}

function authenticateFlags(profile: ClientProfile, challengeFlags: number): number {
  const common = profile.authenticateFlags === "challenge" ? challengeFlags : challengeFlags & profile.negotiateFlags;
  const encoded = profile.strings === "oem" ? (common & ~NEGOTIATE_UNICODE) | NEGOTIATE_OEM : common & ~NEGOTIATE_OEM;
  const anonymous = profile.response === "anonymous" ? NEGOTIATE_ANONYMOUS : 0;
  return (encoded | REQUEST_TARGET | NEGOTIATE_TARGET_INFO | anonymous) >>> 0;
}

type Answer = { readonly lm: Uint8Array; readonly nt: Uint8Array; readonly sessionBaseKey: Uint8Array };

function respond(profile: ClientProfile, attempt: Attempt, challenge: ChallengeMessage): Answer {
  const { serverChallenge } = challenge;
  const clientChallenge = attempt.clientChallenge ?? new Uint8Array(randomBytes(8));
  const hash = ntHash(attempt.password);
  const key = responseKey(hash, hashedIdentity(profile, attempt));
  const zeros = new Uint8Array(24);
  switch (profile.response) {
    case "anonymous":
      return { lm: new Uint8Array(1), nt: new Uint8Array(0), sessionBaseKey: zeros.subarray(0, 16) };
    case "lm-v2-only":
      return { lm: lmV2Response(key, serverChallenge, clientChallenge), nt: new Uint8Array(0), sessionBaseKey: key };
    case "ntlm-v1":
      return { lm: zeros, nt: desResponse(hash, serverChallenge), sessionBaseKey: key };
    case "ntlm2-session": {
      const nonce = md5(serverChallenge, clientChallenge).subarray(0, 8);
      return { lm: concat(clientChallenge, zeros.subarray(8)), nt: desResponse(hash, nonce), sessionBaseKey: key };
    }
    case "ntlm-v2": {
      const info = returnedInfo(profile, attempt, challenge.targetInfo);
      const blob = ntlmV2Blob(timeOf(profile, attempt, challenge), clientChallenge, info);
      const proof = ntlmV2Proof(key, serverChallenge, blob);
      const lmV2 = lmV2Response(key, serverChallenge, clientChallenge);
      const lm = profile.lm === "lmv2" ? lmV2 : profile.lm === "zeros" ? zeros : new Uint8Array(0);
      return { lm, nt: concat(proof, blob), sessionBaseKey: sessionBaseKey(key, proof) };
    }
  }
}

function hashedIdentity(profile: ClientProfile, { user, domain }: Attempt): Uint8Array {
  const upperUser = profile.userCase === "ascii" ? upperCaseAscii(user) : upperCase(user);
  const hashed = { sent: domain, upper: upperCase(domain), empty: "" }[profile.hashedDomain];
  return encodeUtf16(upperUser + hashed);
}

function timeOf(profile: ClientProfile, attempt: Attempt, challenge: ChallengeMessage): bigint {
  const sent = pairsOf(challenge.targetInfo).find(({ id }) => id === AV_TIMESTAMP);
  if (profile.time === "own" || sent === undefined) return fileTimeOf(attempt.now);
  return viewOf(sent.value).getBigUint64(0, true);
}

/** The target info as this client returns it, inside its blob. */
function returnedInfo(profile: ClientProfile, attempt: Attempt, targetInfo: Uint8Array): Uint8Array {
  const zeros = new Uint8Array(profile.trailingZeros);
  if (profile.echo === "verbatim") return concat(targetInfo, zeros);
  const own: Readonly<Record<number, Uint8Array>> = {
    [AV_FLAGS]: Uint8Array.of(AV_FLAG_MIC, 0, 0, 0),
    [AV_SINGLE_HOST]: concat(Uint8Array.of(48, 0, 0, 0, 0, 0, 0, 0), new Uint8Array(40).fill(0xa5)),
    [AV_TARGET_NAME]: encodeUtf16(attempt.targetName ?? "HTTP/web.contoso.test"),
    [AV_CHANNEL_BINDINGS]: attempt.channelBinding ?? new Uint8Array(16),
  };
  const knows = ({ id }: AvPair): boolean => profile.echo !== "known" || id <= AV_DNS_TREE_NAME || id === AV_TIMESTAMP;
  const kept = pairsOf(targetInfo).filter((pair) => knows(pair) && !profile.adds.includes(pair.id));
  const added = profile.adds.map((id) => ({ id, value: own[id] ?? new Uint8Array(0) }));
  const pairs = [...kept, ...added];
  if (profile.echo === "known") pairs.sort((one, other) => one.id - other.id);
  return concat(encodeAvPairs(pairs), zeros);
}

function exchangeKey(flags: number, baseKey: Uint8Array, chosen: Uint8Array | undefined) {
  if ((flags & NEGOTIATE_KEY_EXCH) === 0) return { exported: baseKey, encrypted: new Uint8Array(0) };
  const exported = chosen ?? new Uint8Array(randomBytes(16));
  return { exported, encrypted: rc4(baseKey)(exported) };
}

type Payload = Record<"domain" | "user" | "workstation" | "lm" | "nt" | "key", Uint8Array>;

/** Fixed part and payload, in the order of the examples of MS-NLMP 4.2. */
function layOut(profile: ClientProfile, flags: number, payload: Payload): Uint8Array {
  const { domain, user, workstation, lm, nt, key } = payload;
  const bytes = concat(new Uint8Array(profile.fixedBytes), domain, user, workstation, lm, nt, key);
  bytes.set(SIGNATURE);
  viewOf(bytes).setUint32(8, MESSAGE_AUTHENTICATE, true);
  let offset: number = profile.fixedBytes;
  const fields: [number, Uint8Array][] = [
    [28, domain],
    [36, user],
    [44, workstation],
    [12, lm],
    [20, nt],
    [52, key],
  ];
  for (const [at, value] of fields) {
    writeField(bytes, at, value.length, offset);
    offset += value.length;
  }
  viewOf(bytes).setUint32(60, flags, true);
  if (profile.fixedBytes > 64 && flags & NEGOTIATE_VERSION) bytes.set(VERSION, 64);
  return bytes;
}

/** DESL (MS-NLMP 6): three DES encryptions under the hash, for the dialects that must be refused. */
function desResponse(hash: Uint8Array, nonce: Uint8Array): Uint8Array {
  const padded = concat(hash, new Uint8Array(5));
  const blocks = [0, 7, 14].map((offset) => {
    const seven = padded.subarray(offset, offset + 7);
    const key = Uint8Array.from({ length: 8 }, (_, index) => {
      const high = (seven[index - 1] ?? 0) << (8 - index);
      return (high | ((seven[index] ?? 0) >>> index)) & 0xfe;
    });
    return new Uint8Array(createCipheriv("des-ecb", key, null).update(nonce));
  });
  return concat(...blocks);
}
