// The parts that all NTLM messages share: little-endian numbers, fields with length and offset that point into the
// payload, and two encodings of text. Reading never throws and never looks outside the message (S-9).

import { ok, type Result, refuse } from "../result.ts";
import { MAX_MESSAGE_BYTES, MAX_NAME_BYTES, SIGNATURE } from "./constants.ts";
import type { ParseFault } from "./types.ts";

/** Offset of the message type, which follows the signature. */
const TYPE_OFFSET = 8;
/** Signature and message type. */
export const HEADER_BYTES = 12;
/** Length, maximum length (ignored, as MS-NLMP asks), offset. */
export const FIELD_BYTES = 8;
/** MS-NLMP 2.2.2.10. */
export const VERSION_BYTES = 8;

const NOTHING = new Uint8Array(0);

export const uint16At = (bytes: Uint8Array, offset: number): number =>
  (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);

export const uint32At = (bytes: Uint8Array, offset: number): number =>
  (uint16At(bytes, offset) | (uint16At(bytes, offset + 2) << 16)) >>> 0;

/** `major.minor.build` of a version field (MS-NLMP 2.2.2.10). If Windows wrote it, this is the version of Windows. */
export const versionText = (version: Uint8Array): string =>
  `${version[0] ?? 0}.${version[1] ?? 0}.${uint16At(version, 2)}`;

/** Checks size, signature and type, before any field of the message is read. */
export function checkHeader(bytes: Uint8Array, type: number, fixedBytes: number): Result<undefined, ParseFault> {
  if (bytes.length < HEADER_BYTES) return refuse("too-short");
  if (bytes.length > MAX_MESSAGE_BYTES) return refuse("too-long");
  if (!startsWithSignature(bytes)) return refuse("bad-signature");
  if (uint32At(bytes, TYPE_OFFSET) !== type) return refuse("wrong-type");
  return bytes.length < fixedBytes ? refuse("too-short") : ok(undefined);
}

/** Whether these bytes are a raw NTLM message of any type, and not a SPNEGO frame. */
export const startsWithSignature = (bytes: Uint8Array): boolean =>
  bytes.length >= SIGNATURE.length && SIGNATURE.every((byte, index) => bytes[index] === byte);

/** The type that a message claims to have. Call it only after {@link startsWithSignature}. */
export const messageType = (bytes: Uint8Array): number =>
  bytes.length < HEADER_BYTES ? 0 : uint32At(bytes, TYPE_OFFSET);

/**
 * The bytes to which the field at `at` points, as a view. An empty field may point anywhere, because clients do so. Any
 * other field must lie after the fixed part (from `payloadFrom` on) and inside the message.
 */
export function readField(bytes: Uint8Array, at: number, payloadFrom: number): Result<Uint8Array, ParseFault> {
  const length = uint16At(bytes, at);
  if (length === 0) return ok(NOTHING);
  const offset = uint32At(bytes, at + 4);
  if (offset < payloadFrom || offset + length > bytes.length) return refuse("out-of-bounds");
  return ok(bytes.subarray(offset, offset + length));
}

/** Reads a name in the encoding that the message's flags announce. */
export const readName = (bytes: Uint8Array, unicode: boolean): Result<string, ParseFault> =>
  unicode ? decodeUtf16(bytes) : decodeAscii(bytes);

/** Reads UTF-16LE. Refuses NUL and half a surrogate pair, so that a name has no second spelling (S-10). */
export function decodeUtf16(bytes: Uint8Array): Result<string, ParseFault> {
  if (bytes.length > MAX_NAME_BYTES) return refuse("too-long");
  if (bytes.length % 2 !== 0) return refuse("bad-string");
  let text = "";
  for (let offset = 0; offset < bytes.length; offset += 2) {
    const unit = uint16At(bytes, offset);
    if (unit === 0 || isLowSurrogate(unit)) return refuse("bad-string");
    text += String.fromCharCode(unit);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    offset += 2;
    const low = offset < bytes.length ? uint16At(bytes, offset) : 0;
    if (!isLowSurrogate(low)) return refuse("bad-string");
    text += String.fromCharCode(low);
  }
  return ok(text);
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Reads an OEM string. Its code page is unknown, so only printable ASCII is accepted, which is in every code page. */
export function decodeAscii(bytes: Uint8Array): Result<string, ParseFault> {
  if (bytes.length > MAX_NAME_BYTES) return refuse("too-long");
  let text = "";
  for (const byte of bytes) {
    if (byte < 0x20 || byte > 0x7e) return refuse("bad-string");
    text += String.fromCharCode(byte);
  }
  return ok(text);
}

/** Writes a text as UTF-16LE, without a terminator. */
export function encodeUtf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    bytes[2 * index] = unit & 0xff;
    bytes[2 * index + 1] = unit >>> 8;
  }
  return bytes;
}

/** Joins several arrays into one. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A view to write little-endian numbers through. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Writes the length, maximum length and offset of a payload field (MS-NLMP 2.2.1). */
export function writeField(bytes: Uint8Array, at: number, length: number, offset: number): void {
  const view = viewOf(bytes);
  view.setUint16(at, length, true);
  view.setUint16(at + 2, length, true);
  view.setUint32(at + 4, offset, true);
}

/** Converts milliseconds since 1970 to NTLM's time, 100 ns units since 1601 (MS-DTYP 2.3.3). */
export const fileTimeOf = (ms: number): bigint => BigInt(ms) * 10_000n + 116_444_736_000_000_000n;
