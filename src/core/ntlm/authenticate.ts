// Reads the authenticate message (Type 3, MS-NLMP 2.2.1.3) and the NTLMv2 response in it (2.2.2.7, 2.2.2.8). Whether it
// proves anything is decided in verify.ts. Version and MIC have no length field. They are present when the payload
// starts after them.

import { ok, type Result, refuse } from "../result.ts";
import { parseAvPairs } from "./av-pairs.ts";
import { DIGEST_BYTES, MESSAGE_AUTHENTICATE, NEGOTIATE_UNICODE, NEGOTIATE_VERSION } from "./constants.ts";
import type { AuthenticateMessage, AvPair, ParseFault } from "./types.ts";
import { checkHeader, readField, readName, uint16At, uint32At, VERSION_BYTES } from "./wire.ts";

const LM_FIELD = 12;
const NT_FIELD = 20;
const DOMAIN_FIELD = 28;
const USER_FIELD = 36;
const WORKSTATION_FIELD = 44;
const SESSION_KEY_FIELD = 52;
const FLAGS_OFFSET = 60;
const FIELDS = [LM_FIELD, NT_FIELD, DOMAIN_FIELD, USER_FIELD, WORKSTATION_FIELD, SESSION_KEY_FIELD];
const FIXED_BYTES = 64;
const VERSION_OFFSET = 64;
/** The offset of the MIC in a message that has one. */
export const MIC_OFFSET = 72;

/** Bytes before the AV pairs: types, reserved, time, client challenge, reserved. */
const BLOB_FIXED_BYTES = 28;
/** RespType and HiRespType, both of which are 1 in NTLMv2. */
const BLOB_VERSION = 0x0101;

/** Reads an authenticate message. */
export function parseAuthenticate(bytes: Uint8Array): Result<AuthenticateMessage, ParseFault> {
  const header = checkHeader(bytes, MESSAGE_AUTHENTICATE, FIXED_BYTES);
  if (!header.ok) return header;
  const flags = uint32At(bytes, FLAGS_OFFSET);
  const unicode = (flags & NEGOTIATE_UNICODE) !== 0;
  const lmResponse = readField(bytes, LM_FIELD, FIXED_BYTES);
  if (!lmResponse.ok) return lmResponse;
  const ntResponse = readField(bytes, NT_FIELD, FIXED_BYTES);
  if (!ntResponse.ok) return ntResponse;
  const encryptedSessionKey = readField(bytes, SESSION_KEY_FIELD, FIXED_BYTES);
  if (!encryptedSessionKey.ok) return encryptedSessionKey;
  const domain = readNameField(bytes, DOMAIN_FIELD, unicode);
  if (!domain.ok) return domain;
  const user = readNameField(bytes, USER_FIELD, unicode);
  if (!user.ok) return user;
  const workstation = readNameField(bytes, WORKSTATION_FIELD, unicode);
  if (!workstation.ok) return workstation;
  const payload = payloadStart(bytes);
  const hasVersion = flags & NEGOTIATE_VERSION && payload >= VERSION_OFFSET + VERSION_BYTES;
  return ok({
    flags,
    user: user.value,
    domain: domain.value,
    workstation: workstation.value,
    lmResponse: lmResponse.value,
    ntResponse: ntResponse.value,
    encryptedSessionKey: encryptedSessionKey.value,
    ...(hasVersion ? { version: bytes.subarray(VERSION_OFFSET, VERSION_OFFSET + VERSION_BYTES) } : {}),
    ...(payload >= MIC_OFFSET + DIGEST_BYTES ? { mic: bytes.subarray(MIC_OFFSET, MIC_OFFSET + DIGEST_BYTES) } : {}),
  });
}

function readNameField(bytes: Uint8Array, at: number, unicode: boolean): Result<string, ParseFault> {
  const field = readField(bytes, at, FIXED_BYTES);
  return field.ok ? readName(field.value, unicode) : field;
}

/** The lowest offset to which a field points that is not empty. If all are empty, the end of the message. */
function payloadStart(bytes: Uint8Array): number {
  let start = bytes.length;
  for (const at of FIELDS) if (uint16At(bytes, at) > 0) start = Math.min(start, uint32At(bytes, at + 4));
  return start;
}

/** The two parts of an NTLMv2 response: the proof, and the client's blob over which it is computed. */
export type NtlmV2Response = {
  readonly proof: Uint8Array;
  /** All bytes from the response type to the end, as sent. The proof covers exactly these bytes. */
  readonly blob: Uint8Array;
  readonly avPairs: readonly AvPair[];
};

/** Splits the NT response of an authenticate message. NTLMv1 and anonymous responses are `too-short`. */
export function parseNtlmV2Response(ntResponse: Uint8Array): Result<NtlmV2Response, ParseFault> {
  if (ntResponse.length < DIGEST_BYTES + BLOB_FIXED_BYTES) return refuse("too-short");
  const blob = ntResponse.subarray(DIGEST_BYTES);
  if (uint16At(blob, 0) !== BLOB_VERSION) return refuse("wrong-type");
  const avPairs = parseAvPairs(blob.subarray(BLOB_FIXED_BYTES));
  if (!avPairs.ok) return avPairs;
  return ok({ proof: ntResponse.subarray(0, DIGEST_BYTES), blob, avPairs: avPairs.value });
}
