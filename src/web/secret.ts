// Secrets that a browser or a link carries for us: 32 random bytes, of which only SHA-256 is kept.

import { createHash } from "node:crypto";

const BYTES = 32;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** A new secret, base64url. */
export const newSecret = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(BYTES))).toString("base64url");

/** What is kept of a secret, in hex; undefined for a text that cannot be one. */
export const hashOfSecret = (text: string | undefined): string | undefined =>
  text !== undefined && SECRET.test(text) ? createHash("sha256").update(text).digest("hex") : undefined;
