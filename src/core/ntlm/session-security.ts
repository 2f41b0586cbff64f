// Computes what follows from a verified session: the exported session key, the MIC over all three messages, the keys
// for signing and sealing, and the MAC for SPNEGO's mechListMIC (MS-NLMP 3.4, always with extended session security).

import { MIC_OFFSET } from "./authenticate.ts";
import { DIGEST_BYTES, NEGOTIATE_56, NEGOTIATE_128, NEGOTIATE_KEY_EXCH } from "./constants.ts";
import { md5, type Rc4Stream, rc4 } from "./digests.ts";
import { hmacMd5 } from "./hmac-md5.ts";
import { concat, viewOf } from "./wire.ts";

/** The direction of the messages for which a key is used. */
export type Direction = "client-to-server" | "server-to-client";

/** The first four of the sixteen bytes of a signature (MS-NLMP 2.2.2.9.2). */
const SIGNATURE_VERSION = 1;
const CHECKSUM_BYTES = 8;

/**
 * ExportedSessionKey: the key that the client chose and encrypted with the key exchange key, or the key exchange key
 * itself. Undefined if the encrypted key has an impossible length.
 */
export function exportedSessionKey(
  flags: number,
  keyExchangeKey: Uint8Array,
  encryptedSessionKey: Uint8Array,
): Uint8Array | undefined {
  if ((flags & NEGOTIATE_KEY_EXCH) === 0 || encryptedSessionKey.length === 0) return keyExchangeKey;
  return encryptedSessionKey.length === DIGEST_BYTES ? rc4(keyExchangeKey)(encryptedSessionKey) : undefined;
}

/** The MIC over all three messages, with the MIC field of the third one set to zero (MS-NLMP 3.1.5.1.2). */
export function messageIntegrityCode(
  exportedKey: Uint8Array,
  negotiate: Uint8Array,
  challenge: Uint8Array,
  authenticate: Uint8Array,
): Uint8Array {
  const zeroed = new Uint8Array(authenticate);
  zeroed.fill(0, MIC_OFFSET, MIC_OFFSET + DIGEST_BYTES);
  return hmacMd5(exportedKey, negotiate, challenge, zeroed);
}

/** SIGNKEY (MS-NLMP 3.4.5.2). */
export const signKey = (exportedKey: Uint8Array, direction: Direction): Uint8Array =>
  md5(exportedKey, magic(direction, "signing"));

/** SEALKEY (MS-NLMP 3.4.5.3): the key is cut to the strength that was negotiated. */
export function sealKey(flags: number, exportedKey: Uint8Array, direction: Direction): Uint8Array {
  const strength = flags & NEGOTIATE_128 ? DIGEST_BYTES : flags & NEGOTIATE_56 ? 7 : 5;
  return md5(exportedKey.subarray(0, strength), magic(direction, "sealing"));
}

const magic = (direction: Direction, use: "signing" | "sealing"): Uint8Array =>
  new TextEncoder().encode(`session key to ${direction} ${use} key magic constant\0`);

/**
 * MAC (MS-NLMP 3.4.4.2): the signature of one message. `sealing`: the RC4 stream of this direction in its present
 * state.
 */
export function mac(
  flags: number,
  signingKey: Uint8Array,
  sealing: Rc4Stream,
  sequence: number,
  message: Uint8Array,
): Uint8Array {
  const number = new Uint8Array(4);
  viewOf(number).setUint32(0, sequence, true);
  const checksum = hmacMd5(signingKey, number, message).subarray(0, CHECKSUM_BYTES);
  const version = new Uint8Array(4);
  viewOf(version).setUint32(0, SIGNATURE_VERSION, true);
  return concat(version, flags & NEGOTIATE_KEY_EXCH ? sealing(checksum) : checksum, number);
}

/** SPNEGO's mechListMIC (RFC 4178 5): the MAC, first of its direction, over the DER of the client's mechanism list. */
export const mechListMic = (flags: number, exportedKey: Uint8Array, direction: Direction, mechList: Uint8Array) =>
  mac(flags, signKey(exportedKey, direction), rc4(sealKey(flags, exportedKey, direction)), 0, mechList);
