// Reads what an LDAP entry says. Pure.

import type { Entry } from "./session.ts";

/** The first value of an attribute as text; undefined where it has none, or none that is text. */
export function textOf(entry: Entry, attribute: string): string | undefined {
  return textsOf(entry, attribute)[0];
}

/** All values of an attribute that are text. */
export function textsOf(entry: Entry, attribute: string): string[] {
  return [entry[attribute] ?? []].flat().filter((value) => typeof value === "string");
}

/** The first value of an attribute as bytes. */
export function bytesOf(entry: Entry, attribute: string): Buffer | undefined {
  const value = [entry[attribute] ?? []].flat()[0];
  return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}

/**
 * An objectGUID as text, `6f9619ff-8b86-d011-b42d-00c04fc964ff`: its first three fields are little-endian (MS-DTYP
 * 2.3.4).
 */
export function guidText(bytes: Buffer): string | undefined {
  if (bytes.length !== 16) return undefined;
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order.map((at) => (bytes[at] ?? 0).toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The bytes of an objectGUID, for a filter. */
export function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll("-", ""), "hex");
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** An objectSid as text, `S-1-5-21-…` (MS-DTYP 2.4.2). */
export function sidText(bytes: Buffer): string | undefined {
  const count = bytes[1] ?? 0;
  if (bytes[0] !== 1 || bytes.length !== 8 + 4 * count) return undefined;
  const parts = Array.from({ length: count }, (_, at) => bytes.readUInt32LE(8 + 4 * at));
  return ["S-1", bytes.readUIntBE(2, 6), ...parts].join("-");
}

/** From 1601 to 1970, ms. */
const EPOCH_GAP_MS = 11_644_473_600_000n;

/**
 * When an account ends, ms since 1970; undefined: never. `accountExpires` counts 100 ns since 1601, and says never by 0
 * or by the largest number there is (MS-ADA1, accountExpires).
 */
export function expiryOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined;
  const ticks = BigInt(text);
  return ticks === 0n || ticks >= 9_223_372_036_854_775_807n ? undefined : Number(ticks / 10_000n - EPOCH_GAP_MS);
}
