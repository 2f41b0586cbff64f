// The compact web ticket (`user-cwt-1`): version 0001, then fields of type, length and value, in base64url. The field
// numbers and sizes are those of the sample in Microsoft's UCWA sign-in documentation. 01 is the user's SID in binary,
// 81 and 0d are a 16-byte id, 82 is two bytes, 83 is a 32-byte MAC that only the pool can check, and 86 is the expiry
// in .NET ticks.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const FIELD = { sid: 0x01, sessionId: 0x0d, ticketId: 0x81, kind: 0x82, mac: 0x83, expiry: 0x86 } as const;

const MAC_BYTES = 32;

/** .NET ticks (100 ns since 0001-01-01) at the Unix epoch. */
const TICKS_AT_EPOCH = 621_355_968_000_000_000n;

/** Two bytes that tell a user's ticket from a meeting guest's. */
const KIND = { user: 1, anonymous: 2 } as const;

/** SID S-1-5-7, the Windows "anonymous logon". */
const ANONYMOUS_SID = "S-1-5-7";

export interface CompactTicket {
  /** 32 hex digits. */
  readonly id: string;
  readonly sid: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Writes a compact ticket with its MAC. The ticket of a guest has no `sid`. The text is the part after `cwt=`. */
export function sealCompactTicket(key: Uint8Array, sid: string | undefined, expiresAt: number): [string, string] {
  const id = randomBytes(16);
  const kind = Buffer.alloc(2);
  kind.writeUInt16BE(sid === undefined ? KIND.anonymous : KIND.user);
  const expiry = Buffer.alloc(8);
  expiry.writeBigUInt64LE(BigInt(expiresAt) * 10_000n + TICKS_AT_EPOCH);
  const unsigned = Buffer.concat([
    Buffer.from([0, 1]),
    field(FIELD.sid, binarySid(sid ?? ANONYMOUS_SID)),
    field(FIELD.ticketId, id),
    field(FIELD.kind, kind),
    field(FIELD.expiry, expiry),
    field(FIELD.sessionId, id),
  ]);
  const mac = createHmac("sha256", key).update(unsigned).digest();
  return [Buffer.concat([unsigned, field(FIELD.mac, mac)]).toString("base64url"), id.toString("hex")];
}

/** Reads a compact ticket. Undefined if it is malformed or its MAC is not the pool's. */
export function openCompactTicket(key: Uint8Array, text: string): CompactTicket | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64url");
  // A ticket has one spelling: the spare bits of base64url must be zero.
  if (bytes.toString("base64url") !== text) return undefined;
  const unsigned = bytes.subarray(0, bytes.length - MAC_BYTES - 2);
  const fields = readFields(bytes);
  const mac = fields?.get(FIELD.mac);
  const sid = fields?.get(FIELD.sid);
  const id = fields?.get(FIELD.ticketId);
  const expiry = fields?.get(FIELD.expiry);
  if (mac?.length !== MAC_BYTES || !sid || id?.length !== 16 || expiry?.length !== 8) return undefined;
  if (!timingSafeEqual(mac, createHmac("sha256", key).update(unsigned).digest())) return undefined;
  const expiresAt = Number((expiry.readBigUInt64LE() - TICKS_AT_EPOCH) / 10_000n);
  return { id: id.toString("hex"), sid: textSid(sid), expiresAt };
}

const field = (type: number, value: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from([type, value.length]), value]);

function readFields(bytes: Buffer): Map<number, Buffer> | undefined {
  if (bytes.length < 2 || bytes.readUInt16BE(0) !== 1) return undefined;
  const fields = new Map<number, Buffer>();
  for (let at = 2; at < bytes.length; ) {
    const type = bytes[at];
    const length = bytes[at + 1];
    if (type === undefined || length === undefined || at + 2 + length > bytes.length) return undefined;
    fields.set(type, bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return fields;
}

/** MS-DTYP 2.4.2.2: revision, count, 48-bit authority, then 32-bit little-endian sub-authorities. */
function binarySid(sid: string): Uint8Array {
  const [revision = 1, authority = 0, ...subAuthorities] = sid.split("-").slice(1).map(Number);
  const bytes = Buffer.alloc(8 + 4 * subAuthorities.length);
  bytes.writeUInt8(revision, 0);
  bytes.writeUInt8(subAuthorities.length, 1);
  bytes.writeUIntBE(authority, 2, 6);
  subAuthorities.forEach((value, i) => {
    bytes.writeUInt32LE(value, 8 + 4 * i);
  });
  return bytes;
}

function textSid(bytes: Buffer): string {
  const parts = [bytes.readUInt8(0), bytes.readUIntBE(2, 6)];
  for (let at = 8; at + 4 <= bytes.length; at += 4) parts.push(bytes.readUInt32LE(at));
  return `S-${parts.join("-")}`;
}
