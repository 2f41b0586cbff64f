// The computations of NTLMv2 (MS-NLMP 3.3.2), one function for each line of the specification. Both sides use them: the
// verifier to check a response, the test client to make one.

import { CHALLENGE_BYTES } from "./constants.ts";
import { md4 } from "./digests.ts";
import { hmacMd5 } from "./hmac-md5.ts";
import { identityBytes } from "./identity.ts";
import { concat, encodeUtf16, viewOf } from "./wire.ts";

/** The NT hash of a password (NTOWFv1): MD4 of its UTF-16LE. Somebody who has it can sign in as with the password. */
export const ntHash = (password: string): Uint8Array => md4(encodeUtf16(password));

/** NTOWFv2, the response key, from a stored NT hash. */
export const ntowfV2 = (hash: Uint8Array, user: string, domain: string): Uint8Array =>
  responseKey(hash, identityBytes(user, domain));

/** NTOWFv2 for an identity that is already in bytes (see identity.ts). */
export const responseKey = (hash: Uint8Array, identity: Uint8Array): Uint8Array => hmacMd5(hash, identity);

/** NTProofStr, the first 16 bytes of an NTLMv2 response. `blob`: all bytes after them, exactly as in the message. */
export const ntlmV2Proof = (key: Uint8Array, serverChallenge: Uint8Array, blob: Uint8Array): Uint8Array =>
  hmacMd5(key, serverChallenge, blob);

/** The LMv2 response, 24 bytes. Never accepted as proof: it covers no timestamp and no token. */
export const lmV2Response = (key: Uint8Array, serverChallenge: Uint8Array, clientChallenge: Uint8Array): Uint8Array =>
  concat(hmacMd5(key, serverChallenge, clientChallenge), clientChallenge);

/** SessionBaseKey. In NTLMv2 it is the KeyExchangeKey as well (MS-NLMP 3.4.5.1). */
export const sessionBaseKey = (key: Uint8Array, proof: Uint8Array): Uint8Array => hmacMd5(key, proof);

/** The blob of an NTLMv2 response (MS-NLMP 2.2.2.7, "temp" in 3.3.2). `fileTime` counts 100 ns since 1601. */
export function ntlmV2Blob(fileTime: bigint, clientChallenge: Uint8Array, targetInfo: Uint8Array): Uint8Array {
  const fixed = new Uint8Array(28);
  fixed[0] = 1;
  fixed[1] = 1;
  viewOf(fixed).setBigUint64(8, fileTime, true);
  fixed.set(clientChallenge.subarray(0, CHALLENGE_BYTES), 16);
  return concat(fixed, targetInfo);
}
