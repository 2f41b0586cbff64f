// The client's side of NTLMv2: a negotiate message, and the answer to a challenge with a MIC (MS-NLMP 3.1.5.1). The
// synthetic sign-in uses it (core/probe/). It asks for no key exchange, so it needs no RC4, which Node does not offer by
// default. The caller hashes the password, because Node does not offer MD4 either.

import { MIC_OFFSET } from "./authenticate.ts";
import { encodeAvPairs, parseAvPairs } from "./av-pairs.ts";
import { parseChallenge } from "./challenge.ts";
import {
  AV_CHANNEL_BINDINGS,
  AV_FLAG_MIC,
  AV_FLAGS,
  AV_TARGET_NAME,
  AV_TIMESTAMP,
  DIGEST_BYTES,
  MESSAGE_AUTHENTICATE,
  MESSAGE_NEGOTIATE,
  NEGOTIATE_56,
  NEGOTIATE_128,
  NEGOTIATE_ALWAYS_SIGN,
  NEGOTIATE_EXTENDED_SESSIONSECURITY,
  NEGOTIATE_NTLM,
  NEGOTIATE_TARGET_INFO,
  NEGOTIATE_UNICODE,
  NEGOTIATE_VERSION,
  REQUEST_TARGET,
  SIGNATURE,
} from "./constants.ts";
import { ntlmV2Blob, ntlmV2Proof, ntowfV2, sessionBaseKey } from "./responses.ts";
import { messageIntegrityCode } from "./session-security.ts";
import { concat, encodeUtf16, fileTimeOf, VERSION_BYTES, viewOf, writeField } from "./wire.ts";

/** Without these no current server is safe to answer: Unicode names, extended session security, and AV pairs. */
const NEEDED = NEGOTIATE_UNICODE | NEGOTIATE_EXTENDED_SESSIONSECURITY | NEGOTIATE_TARGET_INFO;
const ASKED =
  NEEDED | REQUEST_TARGET | NEGOTIATE_NTLM | NEGOTIATE_ALWAYS_SIGN | NEGOTIATE_VERSION | NEGOTIATE_128 | NEGOTIATE_56;
/** 10.0, build 0, NTLM revision 15 (MS-NLMP 2.2.2.10). */
const VERSION = Uint8Array.of(10, 0, 0, 0, 0, 0, 0, 15);
const VERSION_OFFSET = 64;
const NEGOTIATE_BYTES = 40;
const FIXED_BYTES = MIC_OFFSET + DIGEST_BYTES;
/** The empty LM response of a client that sends a MIC (MS-NLMP 3.1.5.1.2). */
const NO_LM = new Uint8Array(24);

/** What a client knows and draws when it answers a challenge. `now`: ms since 1970. */
export type ClientAnswer = {
  readonly negotiate: Uint8Array;
  readonly challenge: Uint8Array;
  readonly user: string;
  /** May be empty: the user is a UPN then. */
  readonly domain: string;
  readonly ntHash: Uint8Array;
  readonly workstation: string;
  /** The service that is meant, `HTTP/host`. The server compares it. */
  readonly targetName: string;
  /** Eight random bytes. */
  readonly clientChallenge: Uint8Array;
  readonly now: number;
};

/** The negotiate message (MS-NLMP 2.2.1.1). It names neither a domain nor a machine. */
export function negotiateMessage(): Uint8Array {
  const bytes = new Uint8Array(NEGOTIATE_BYTES);
  bytes.set(SIGNATURE);
  viewOf(bytes).setUint32(8, MESSAGE_NEGOTIATE, true);
  viewOf(bytes).setUint32(12, ASKED >>> 0, true);
  bytes.set(VERSION, NEGOTIATE_BYTES - VERSION_BYTES);
  return bytes;
}

/** The authenticate message (MS-NLMP 2.2.1.3). Undefined when the challenge cannot be read or is too weak to answer. */
export function authenticateMessage(answer: ClientAnswer): Uint8Array | undefined {
  const challenge = parseChallenge(answer.challenge);
  if (!challenge.ok || (challenge.value.flags & NEEDED) !== NEEDED) return undefined;
  const pairs = parseAvPairs(challenge.value.targetInfo);
  if (!pairs.ok) return undefined;
  const own = [
    { id: AV_FLAGS, value: Uint8Array.of(AV_FLAG_MIC, 0, 0, 0) },
    { id: AV_TARGET_NAME, value: encodeUtf16(answer.targetName) },
    { id: AV_CHANNEL_BINDINGS, value: new Uint8Array(DIGEST_BYTES) },
  ];
  const theirs = pairs.value.filter(({ id }) => own.every((one) => one.id !== id));
  const time = theirs.find(({ id, value }) => id === AV_TIMESTAMP && value.length === 8)?.value;
  const fileTime = time === undefined ? fileTimeOf(answer.now) : viewOf(time).getBigUint64(0, true);
  const key = ntowfV2(answer.ntHash, answer.user, answer.domain);
  const blob = ntlmV2Blob(fileTime, answer.clientChallenge, encodeAvPairs([...theirs, ...own]));
  const proof = ntlmV2Proof(key, challenge.value.serverChallenge, blob);
  const message = laidOut((ASKED & challenge.value.flags) >>> 0, answer, concat(proof, blob));
  const mic = messageIntegrityCode(sessionBaseKey(key, proof), answer.negotiate, answer.challenge, message);
  message.set(mic, MIC_OFFSET);
  return message;
}

function laidOut(flags: number, { domain, user, workstation }: ClientAnswer, ntResponse: Uint8Array): Uint8Array {
  const fields: readonly (readonly [number, Uint8Array])[] = [
    [28, encodeUtf16(domain)],
    [36, encodeUtf16(user)],
    [44, encodeUtf16(workstation)],
    [12, NO_LM],
    [20, ntResponse],
    [52, new Uint8Array(0)], // no key is exchanged
  ];
  const bytes = concat(new Uint8Array(FIXED_BYTES), ...fields.map(([, value]) => value));
  bytes.set(SIGNATURE);
  viewOf(bytes).setUint32(8, MESSAGE_AUTHENTICATE, true);
  let offset = FIXED_BYTES;
  for (const [at, value] of fields) {
    writeField(bytes, at, value.length, offset);
    offset += value.length;
  }
  viewOf(bytes).setUint32(60, flags, true);
  if (flags & NEGOTIATE_VERSION) bytes.set(VERSION, VERSION_OFFSET);
  return bytes;
}
