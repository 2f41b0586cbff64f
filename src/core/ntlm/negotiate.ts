// The negotiate message (Type 1, MS-NLMP 2.2.1.1), which tells what a client can do. Only its flags matter. Its names
// are not proved, and their code page is unknown. So a name that cannot be read is left out, and the client is not
// refused.

import { ok, type Result } from "../result.ts";
import {
  MESSAGE_NEGOTIATE,
  NEGOTIATE_OEM_DOMAIN_SUPPLIED,
  NEGOTIATE_OEM_WORKSTATION_SUPPLIED,
  NEGOTIATE_VERSION,
} from "./constants.ts";
import type { NegotiateMessage, ParseFault } from "./types.ts";
import { checkHeader, decodeAscii, FIELD_BYTES, HEADER_BYTES, readField, uint32At, VERSION_BYTES } from "./wire.ts";

/** Bytes of header and flags. The oldest clients send nothing else. */
const SHORTEST_BYTES = 16;
const DOMAIN_FIELD = 16;
const WORKSTATION_FIELD = 24;
const VERSION_OFFSET = 32;

/** Reads a negotiate message. */
export function parseNegotiate(bytes: Uint8Array): Result<NegotiateMessage, ParseFault> {
  const header = checkHeader(bytes, MESSAGE_NEGOTIATE, SHORTEST_BYTES);
  if (!header.ok) return header;
  const flags = uint32At(bytes, HEADER_BYTES);
  const domain = readOemName(bytes, DOMAIN_FIELD, flags & NEGOTIATE_OEM_DOMAIN_SUPPLIED);
  if (!domain.ok) return domain;
  const workstation = readOemName(bytes, WORKSTATION_FIELD, flags & NEGOTIATE_OEM_WORKSTATION_SUPPLIED);
  if (!workstation.ok) return workstation;
  const hasVersion = flags & NEGOTIATE_VERSION && bytes.length >= VERSION_OFFSET + VERSION_BYTES;
  return ok({
    flags,
    ...(domain.value === undefined ? {} : { domain: domain.value }),
    ...(workstation.value === undefined ? {} : { workstation: workstation.value }),
    ...(hasVersion ? { version: bytes.subarray(VERSION_OFFSET, VERSION_OFFSET + VERSION_BYTES) } : {}),
  });
}

function readOemName(bytes: Uint8Array, at: number, supplied: number): Result<string | undefined, ParseFault> {
  if (supplied === 0 || bytes.length < at + FIELD_BYTES) return ok(undefined);
  const field = readField(bytes, at, at + FIELD_BYTES);
  if (!field.ok) return field;
  const name = decodeAscii(field.value);
  return ok(name.ok ? name.value : undefined);
}
