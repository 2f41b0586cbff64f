// AV pairs (MS-NLMP 2.2.2.1): the list of names and facts in a challenge. A client returns the list in its response.
// Clients change it in many ways. The reader accepts every list that has a terminator, and the caller interprets the
// ids.

import { ok, type Result, refuse } from "../result.ts";
import { AV_EOL, MAX_AV_PAIRS } from "./constants.ts";
import type { AvPair, ParseFault } from "./types.ts";
import { uint16At } from "./wire.ts";

/** Bytes of id and length before each value. */
export const AV_HEADER_BYTES = 4;

/**
 * Reads the pairs up to the terminator. Values are views into `bytes`. Bytes after the terminator are ignored: SIPE,
 * curl and go-ntlmssp leave four zero bytes there, and the client's proof covers them too.
 */
export function parseAvPairs(bytes: Uint8Array): Result<readonly AvPair[], ParseFault> {
  const pairs: AvPair[] = [];
  let offset = 0;
  while (offset + AV_HEADER_BYTES <= bytes.length) {
    const id = uint16At(bytes, offset);
    const length = uint16At(bytes, offset + 2);
    offset += AV_HEADER_BYTES;
    if (id === AV_EOL) return length === 0 ? ok(pairs) : refuse("bad-av-pairs");
    if (offset + length > bytes.length || pairs.length === MAX_AV_PAIRS) return refuse("bad-av-pairs");
    pairs.push({ id, value: bytes.subarray(offset, offset + length) });
    offset += length;
  }
  return refuse("bad-av-pairs");
}

/** Writes pairs in the order given, and the terminator. */
export function encodeAvPairs(pairs: readonly AvPair[]): Uint8Array {
  const length = pairs.reduce((sum, pair) => sum + AV_HEADER_BYTES + pair.value.length, AV_HEADER_BYTES);
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const { id, value } of pairs) {
    bytes[offset] = id & 0xff;
    bytes[offset + 1] = id >>> 8;
    bytes[offset + 2] = value.length & 0xff;
    bytes[offset + 3] = value.length >>> 8;
    bytes.set(value, offset + AV_HEADER_BYTES);
    offset += AV_HEADER_BYTES + value.length;
  }
  return bytes;
}
