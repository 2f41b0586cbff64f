// Secrets that a browser or a link carries for us, in the form of core/credentials/web-secrets.ts.

import { hashOfWebSecret, WEB_SECRET_BYTES, webSecretOf } from "../core/credentials/web-secrets.ts";

const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** A new secret, base64url. */
export const newSecret = (): string => webSecretOf(crypto.getRandomValues(new Uint8Array(WEB_SECRET_BYTES))).secret;

/** What is kept of a secret, in hex; undefined for a text that cannot be one. */
export const hashOfSecret = (text: string | undefined): string | undefined =>
  text !== undefined && SECRET.test(text) ? hashOfWebSecret(text) : undefined;
