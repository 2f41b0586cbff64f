// Decides whether an authenticate message proves one of a user's secrets, and which. It tries every hash with each
// identity that the client may have used, until one is right. For a refused message it has tried all of them. So
// neither the time nor the answer tells a wrong password from an unknown user or a refused dialect (S-7, S-22).

import { timingSafeEqual } from "node:crypto";
import { ok, type Result, refuse } from "../result.ts";
import { type NtlmV2Response, parseNtlmV2Response } from "./authenticate.ts";
import { AV_FLAG_MIC, AV_FLAGS, DIGEST_BYTES, NEGOTIATE_ANONYMOUS, V1_RESPONSE_BYTES } from "./constants.ts";
import { hmacMd5Prepared, prepareMessage } from "./hmac-md5.ts";
import { identityCandidates } from "./identity.ts";
import { sessionBaseKey } from "./responses.ts";
import { exportedSessionKey, messageIntegrityCode } from "./session-security.ts";
import type { AuthenticateMessage, AvPair, VerifyFault } from "./types.ts";
import { uint32At } from "./wire.ts";

/**
 * At least this many hashes are tried, so that nearly all users take the same time as an unknown user. It is the number
 * for five app passwords in two spellings.
 */
export const LEAST_HASHES = 10;
/** Is tried instead of a missing hash. A match with it does not count. */
const NO_SECRET = new Uint8Array(DIGEST_BYTES);

/** Is verified instead of a response that is not NTLMv2. It is about as long as a real response, and proves nothing. */
const NO_RESPONSE: NtlmV2Response = { proof: new Uint8Array(DIGEST_BYTES), blob: new Uint8Array(512), avPairs: [] };

/** One handshake: the three messages as they were sent, and the hashes of the user's live app passwords. */
export type Handshake = {
  readonly message: AuthenticateMessage;
  /** The bytes from which `message` was read. */
  readonly raw: Uint8Array;
  readonly serverChallenge: Uint8Array;
  readonly negotiate: Uint8Array;
  readonly challenge: Uint8Array;
  readonly ntHashes: readonly Uint8Array[];
};

/** Which of the hashes the client knows, and the session key that follows from it. */
export type Verified = { readonly index: number; readonly exportedSessionKey: Uint8Array };

/** Verifies one handshake. Pure. Nothing that a client can send makes it throw. */
export function verifyAuthenticate(handshake: Handshake): Result<Verified, VerifyFault> {
  const { message } = handshake;
  const response = parseNtlmV2Response(message.ntResponse);
  const match = findSecret(handshake, response.ok ? response.value : NO_RESPONSE);
  if (message.user === "" || message.flags & NEGOTIATE_ANONYMOUS) return refuse("anonymous");
  if (message.ntResponse.length === V1_RESPONSE_BYTES) return refuse("ntlm-v1");
  if (message.ntResponse.length === 0) return refuse("lm-only");
  if (!response.ok) return refuse("bad-response");
  if (match === undefined) return refuse("wrong-proof");
  const key = exportedSessionKey(message.flags, match.sessionBaseKey, message.encryptedSessionKey);
  if (key === undefined) return refuse("bad-session-key");
  const fault = micFault(handshake, response.value.avPairs, key);
  return fault === undefined ? ok({ index: match.index, exportedSessionKey: key }) : refuse(fault);
}

type Match = { readonly index: number; readonly sessionBaseKey: Uint8Array };

/**
 * Finds the first hash with which the proof is right. It tries all hashes for an identity, even after a match. It goes
 * on to the next identity only if none matched: a success shows in the answer anyway. The computation is `responseKey`
 * and `ntlmV2Proof` of responses.ts, but the parts that are the same for all hashes are prepared once.
 */
function findSecret(handshake: Handshake, { proof, blob }: NtlmV2Response): Match | undefined {
  const { message, serverChallenge, ntHashes } = handshake;
  const identities = identityCandidates(message.user, message.domain).map((identity) => prepareMessage(identity));
  const proven = prepareMessage(serverChallenge, blob);
  let match: { readonly index: number; readonly key: Uint8Array } | undefined;
  for (const identity of identities) {
    for (let index = 0; index < Math.max(ntHashes.length, LEAST_HASHES); index++) {
      const key = hmacMd5Prepared(ntHashes[index] ?? NO_SECRET, identity);
      const same = timingSafeEqual(hmacMd5Prepared(key, proven), proof);
      if (same) match ??= { index, key };
    }
    if (match !== undefined && match.index < ntHashes.length) break;
  }
  if (match === undefined || match.index >= ntHashes.length) return undefined;
  return { index: match.index, sessionBaseKey: sessionBaseKey(match.key, proof) };
}

/**
 * Checks the MIC. The blob says whether the client computed one, and the proof covers the blob. If it says so, the MIC
 * has to be present and right (S-6). Every challenge of Postern has a timestamp, so every client that can compute a MIC
 * does (MS-NLMP 3.1.5.1.2).
 */
function micFault(handshake: Handshake, avPairs: readonly AvPair[], key: Uint8Array): VerifyFault | undefined {
  const flags = avPairs.filter((pair) => pair.id === AV_FLAGS);
  if (flags.some((pair) => pair.value.length !== 4)) return "bad-response";
  if (!flags.some((pair) => uint32At(pair.value, 0) & AV_FLAG_MIC)) return undefined;
  const { message, negotiate, challenge, raw } = handshake;
  if (message.mic === undefined) return "mic-missing";
  return timingSafeEqual(messageIntegrityCode(key, negotiate, challenge, raw), message.mic) ? undefined : "mic-wrong";
}
