// NTLM authenticates a connection, and a Worker cannot keep one. So the state between the second and the third message
// travels in the messages. It is a sealed token in AV pair 5, which every NTLMv2 client returns in its blob, under the
// proof. The server challenge is derived from the token, so a response to another token proves nothing (S-5). The token
// has the negotiate message in it, because Postern needs it to build the challenge again for the MIC.
//
// Plaintext: version (1) | issued at, ms (6, big-endian) | negotiate message. Sealed for the host it was issued on
// (S-4).

import { createHmac } from "node:crypto";
import { KEY_ID_BYTES, type Keyring } from "../crypto/keyring.ts";
import { open, seal } from "../crypto/seal.ts";
import { ok, type Result, refuse } from "../result.ts";
import { parseNtlmV2Response } from "./authenticate.ts";
import { AV_HEADER_BYTES } from "./av-pairs.ts";
import { buildChallenge, type ChallengeParts } from "./challenge.ts";
import {
  AV_DNS_TREE_NAME,
  CHALLENGE_BYTES,
  CHALLENGE_TTL_MS,
  CLOCK_SKEW_MS,
  MAX_NEGOTIATE_BYTES,
  MAX_TARGET_INFO_BYTES,
  MAX_TOKEN_CHARS,
} from "./constants.ts";
import { parseNegotiate } from "./negotiate.ts";
import type { AuthenticateMessage, ChallengeFault, ParseFault, TargetNames } from "./types.ts";
import { decodeUtf16 } from "./wire.ts";

const TOKEN_VERSION = 1;
const TIME_BYTES = 6;
const NEGOTIATE_OFFSET = 1 + TIME_BYTES;
/** Bytes of the seal's nonce, which follows the key id. Every token has another nonce, so the nonce names the token. */
const NONCE_BYTES = 12;
const TIMESTAMP_BYTES = 8;

/** The inputs of a challenge: keys, its host, the time in ms, the names that it shows, the Type 1 that it answers. */
export type ChallengeRequest = {
  readonly keyring: Keyring;
  readonly host: string;
  readonly now: number;
  readonly names: TargetNames;
  readonly negotiate: Uint8Array;
};

/** Answers a negotiate message with a challenge, and stores nothing. */
export function issueChallenge(request: ChallengeRequest): Result<Uint8Array, "negotiate-too-long" | ParseFault> {
  const { keyring, host, now, names, negotiate } = request;
  if (negotiate.length > MAX_NEGOTIATE_BYTES) return refuse("negotiate-too-long");
  const parsed = parseNegotiate(negotiate);
  if (!parsed.ok) return parsed;
  const sealed = seal(keyring, "ntlm-challenge", host.toLowerCase(), packToken(now, negotiate));
  const serverChallenge = deriveServerChallenge(keyring, sealed);
  return ok(challengeOf(sealed, { clientFlags: parsed.value.flags, serverChallenge, names, time: now }));
}

/** A challenge of Postern that came back in time and at the right host, with everything that verifying needs. */
export type OpenedChallenge = {
  /** Names this challenge and no other, in hex. The guard remembers used challenges by it. */
  readonly id: string;
  /** From this time on (ms) the challenge is refused as expired, so the guard need not remember it. */
  readonly expiresAt: number;
  readonly serverChallenge: Uint8Array;
  /** The Type 1 as it was sent. */
  readonly negotiate: Uint8Array;
  /** The Type 2, built again. */
  readonly challenge: Uint8Array;
};

/** The inputs for opening a returned challenge. `host`, `now` and `names` as in {@link ChallengeRequest}. */
export type ChallengeReturn = Omit<ChallengeRequest, "negotiate"> & { readonly message: AuthenticateMessage };

/**
 * Opens the token in the blob of an authenticate message. Only the token in the blob is trusted. Only the proof over
 * the blob shows that this client returned it.
 */
export function openChallenge(request: ChallengeReturn): Result<OpenedChallenge, ChallengeFault> {
  const { keyring, host, now, message, names } = request;
  const response = parseNtlmV2Response(message.ntResponse);
  if (!response.ok) return refuse("not-ntlm-v2");
  const [pair, another] = response.value.avPairs.filter(({ id }) => id === AV_DNS_TREE_NAME);
  if (pair === undefined) return refuse("no-token");
  if (another !== undefined) return refuse("two-tokens");
  const sealed = decodeToken(pair.value);
  if (sealed === undefined) return refuse("broken");
  const plaintext = open(keyring, "ntlm-challenge", host.toLowerCase(), sealed);
  if (!plaintext.ok) return plaintext;
  const token = unpackToken(plaintext.value);
  if (token === undefined) return refuse("broken");
  const age = now - token.issuedAt;
  if (age > CHALLENGE_TTL_MS) return refuse("expired");
  if (age < -CLOCK_SKEW_MS) return refuse("future");
  const serverChallenge = deriveServerChallenge(keyring, sealed);
  return ok({
    id: Buffer.from(sealed.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES)).toString("hex"),
    expiresAt: token.issuedAt + CHALLENGE_TTL_MS,
    serverChallenge,
    negotiate: token.negotiate,
    challenge: challengeOf(sealed, {
      clientFlags: token.clientFlags,
      serverChallenge,
      names,
      time: token.issuedAt,
    }),
  });
}

/**
 * Whether a challenge with these names stays within {@link MAX_TARGET_INFO_BYTES} for the longest negotiate message.
 */
export function targetNamesFit(names: TargetNames): boolean {
  const token = "x".repeat(MAX_TOKEN_CHARS);
  const texts = [names.nbComputer, names.nbDomain, names.dnsComputer, names.dnsDomain, token].filter(
    (text) => text !== "",
  );
  const ofTexts = texts.reduce((sum, text) => sum + AV_HEADER_BYTES + 2 * text.length, 0);
  return ofTexts + AV_HEADER_BYTES + TIMESTAMP_BYTES + AV_HEADER_BYTES <= MAX_TARGET_INFO_BYTES;
}

const challengeOf = (sealed: Uint8Array, parts: Omit<ChallengeParts, "dnsTreeName">) =>
  buildChallenge({ ...parts, dnsTreeName: Buffer.from(sealed).toString("base64url") });

/** Derives eight bytes from the token. The client sees the token, but only the sealing key gives these bytes. */
function deriveServerChallenge(keyring: Keyring, sealed: Uint8Array): Uint8Array {
  const keyId = Buffer.from(sealed.subarray(0, KEY_ID_BYTES)).toString("hex");
  const key = keyring.byId.get(keyId) ?? keyring.current;
  const digest = createHmac("sha256", key.subkey("ntlm-server-challenge")).update(sealed).digest();
  return new Uint8Array(digest.subarray(0, CHALLENGE_BYTES));
}

function packToken(issuedAt: number, negotiate: Uint8Array): Uint8Array {
  const plaintext = Buffer.alloc(NEGOTIATE_OFFSET + negotiate.length);
  plaintext.writeUInt8(TOKEN_VERSION, 0);
  plaintext.writeUIntBE(issuedAt, 1, TIME_BYTES);
  plaintext.set(negotiate, NEGOTIATE_OFFSET);
  return plaintext;
}

type Token = { readonly issuedAt: number; readonly negotiate: Uint8Array; readonly clientFlags: number };

function unpackToken(plaintext: Uint8Array): Token | undefined {
  if (plaintext[0] !== TOKEN_VERSION) return undefined;
  const negotiate = plaintext.subarray(NEGOTIATE_OFFSET);
  const parsed = parseNegotiate(negotiate);
  if (!parsed.ok) return undefined;
  const issuedAt = Buffer.from(plaintext).readUIntBE(1, TIME_BYTES);
  return { issuedAt, negotiate, clientFlags: parsed.value.flags };
}

/** The sealed bytes in AV pair 5. Only the one canonical spelling in base64url is accepted. */
function decodeToken(value: Uint8Array): Uint8Array | undefined {
  if (value.length > 2 * MAX_TOKEN_CHARS) return undefined;
  const text = decodeUtf16(value);
  if (!text.ok) return undefined;
  const sealed = Buffer.from(text.value, "base64url");
  return sealed.toString("base64url") === text.value ? new Uint8Array(sealed) : undefined;
}
