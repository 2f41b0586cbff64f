// App passwords that ask for a code, and the codes of a person, for tests.

import { createHmac } from "node:crypto";

/** RFC 4226 and RFC 6238, written out: SHA-1, six digits, steps of 30 s. */
export function totp(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The step at `now` (ms). */
export const stepAt = (now: number): number => Math.floor(now / 30_000);
