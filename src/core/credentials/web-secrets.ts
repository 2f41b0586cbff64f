// Secrets that a browser keeps: of a session, of an invitation, of a step of a sign-in. Each is 32 random bytes in
// base64url, and Postern keeps its SHA-256 alone: nobody can guess 256 bits, so a slow hash would protect nothing.
// Pure.

import { createHash } from "node:crypto";

/** How many random bytes a secret is made of. */
export const WEB_SECRET_BYTES = 32;

/** A secret as its browser gets it, and what of it is kept. */
export type WebSecret = { readonly secret: string; readonly hash: string };

/** Makes a secret of so many random bytes. */
export function webSecretOf(random: Uint8Array): WebSecret {
  const secret = Buffer.from(random.subarray(0, WEB_SECRET_BYTES)).toString("base64url");
  return { secret, hash: hashOfWebSecret(secret) };
}

/** What is kept of a secret: its SHA-256, in hex. Any text has one. */
export const hashOfWebSecret = (secret: string): string => createHash("sha256").update(secret).digest("hex");
