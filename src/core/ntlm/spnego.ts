// The part of SPNEGO (RFC 4178) that carries NTLM. After the challenge `Negotiate`, Windows, MIT with gss-ntlmssp, .NET
// and others wrap their messages in SPNEGO. Some clients send the raw message, which IIS and Postern accept too.
// Postern refuses a token for another mechanism, because it does not speak Kerberos with clients.

import { ok, type Result, refuse } from "../result.ts";
import { MAX_SPNEGO_BYTES } from "./constants.ts";
import {
  DER_APPLICATION_0,
  DER_ENUMERATED,
  DER_OCTET_STRING,
  DER_OID,
  DER_SEQUENCE,
  derContext,
  findDer,
  onlyDer,
  readDer,
  writeDer,
} from "./der.ts";
import type { ParseFault } from "./types.ts";
import { startsWithSignature } from "./wire.ts";

/** 1.3.6.1.5.5.2, content octets. */
export const SPNEGO_OID = Uint8Array.of(0x2b, 0x06, 0x01, 0x05, 0x05, 0x02);
/** 1.3.6.1.4.1.311.2.2.10, content octets. */
export const NTLMSSP_OID = Uint8Array.of(0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a);

/**
 * The mechanism list of a client that has NTLM alone. It is the only list whose mechListMIC can be checked without
 * state.
 */
export const NTLM_MECH_LIST: Uint8Array = writeDer(DER_SEQUENCE, writeDer(DER_OID, NTLMSSP_OID));

// Context tags of NegTokenInit and NegTokenResp (RFC 4178 4.2).
const INIT_TOKEN = derContext(0);
const RESP_TOKEN = derContext(1);
const MECH_TYPES = derContext(0);
const NEG_STATE = derContext(0);
const SUPPORTED_MECH = derContext(1);
const MECH_TOKEN = derContext(2);
const MECH_LIST_MIC = derContext(3);
const ACCEPT_COMPLETED = 0;
const ACCEPT_INCOMPLETE = 1;

/** An NTLM message and its wrapping. `mechList`: the mechanism list in DER, which a mechListMIC covers. */
export type Unwrapped = {
  readonly ntlm: Uint8Array;
  readonly form: "raw" | "init" | "resp";
  readonly mechList?: Uint8Array;
  readonly mechListMic?: Uint8Array;
};

/** Reads the NTLM message from a `Negotiate` token. */
export function unwrap(bytes: Uint8Array): Result<Unwrapped, ParseFault> {
  if (bytes.length > MAX_SPNEGO_BYTES) return refuse("too-long");
  if (startsWithSignature(bytes)) return ok({ ntlm: bytes, form: "raw" });
  const frame = readDer(bytes);
  if (frame === undefined || frame.length !== 1) return refuse("bad-der");
  switch (frame[0]?.tag) {
    case DER_APPLICATION_0:
      return unwrapInit(frame[0].content);
    case RESP_TOKEN:
      return unwrapResp(frame[0].content);
    default:
      return refuse("bad-der");
  }
}

function unwrapInit(content: Uint8Array): Result<Unwrapped, ParseFault> {
  const parts = readDer(content);
  if (parts === undefined || parts.length !== 2 || parts[0]?.tag !== DER_OID) return refuse("bad-der");
  if (!sameBytes(parts[0].content, SPNEGO_OID)) return refuse("no-ntlm");
  const fields = readFields(findDer(parts, INIT_TOKEN));
  const mechList = fields === undefined ? undefined : findDer(fields, MECH_TYPES);
  const mechanisms = readDer(onlyDer(mechList, DER_SEQUENCE) ?? new Uint8Array(0));
  if (fields === undefined || mechList === undefined || mechanisms === undefined) return refuse("bad-der");
  if (!mechanisms.some(({ tag, content }) => tag === DER_OID && sameBytes(content, NTLMSSP_OID))) {
    return refuse("no-ntlm");
  }
  const ntlm = onlyDer(findDer(fields, MECH_TOKEN), DER_OCTET_STRING);
  return ntlm !== undefined && startsWithSignature(ntlm) ? ok({ ntlm, form: "init", mechList }) : refuse("no-ntlm");
}

function unwrapResp(content: Uint8Array): Result<Unwrapped, ParseFault> {
  const fields = readFields(content);
  if (fields === undefined) return refuse("bad-der");
  const ntlm = onlyDer(findDer(fields, MECH_TOKEN), DER_OCTET_STRING);
  if (ntlm === undefined || !startsWithSignature(ntlm)) return refuse("no-ntlm");
  const mechListMic = onlyDer(findDer(fields, MECH_LIST_MIC), DER_OCTET_STRING);
  return ok({ ntlm, form: "resp", ...(mechListMic === undefined ? {} : { mechListMic }) });
}

/** The fields of NegTokenInit or NegTokenResp. Both are sequences. */
const readFields = (token: Uint8Array | undefined) => {
  const sequence = onlyDer(token, DER_SEQUENCE);
  return sequence === undefined ? undefined : readDer(sequence);
};

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);

/** Wraps a challenge message with accept-incomplete and NTLM as the mechanism. */
export const wrapChallenge = (challenge: Uint8Array): Uint8Array =>
  wrapResp(
    negState(ACCEPT_INCOMPLETE),
    writeDer(SUPPORTED_MECH, writeDer(DER_OID, NTLMSSP_OID)),
    writeDer(MECH_TOKEN, writeDer(DER_OCTET_STRING, challenge)),
  );

/**
 * The last token of a successful exchange: accept-completed, with our MIC when the client sent its own (RFC 4178 5).
 */
export const wrapAccepted = (mechListMic?: Uint8Array): Uint8Array =>
  mechListMic === undefined
    ? wrapResp(negState(ACCEPT_COMPLETED))
    : wrapResp(negState(ACCEPT_COMPLETED), writeDer(MECH_LIST_MIC, writeDer(DER_OCTET_STRING, mechListMic)));

const negState = (state: number): Uint8Array => writeDer(NEG_STATE, writeDer(DER_ENUMERATED, Uint8Array.of(state)));

const wrapResp = (...fields: readonly Uint8Array[]): Uint8Array =>
  writeDer(RESP_TOKEN, writeDer(DER_SEQUENCE, ...fields));
