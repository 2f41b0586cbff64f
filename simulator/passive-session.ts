// The session cookie of /PassiveAuth: WIF's session token, deflated and sealed by the Front-End that made it, in base64,
// and cut into cookies of 2,000 characters: FedAuth, FedAuth1, … A browser sends all of them back.

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { HeaderLine } from "./exchange.ts";

/** What a session cookie says. */
export interface PassiveSession {
  /** The user's SID as the token spelt it. Empty if the token had none. */
  readonly sid: string;
  /** Ends of the session's life, milliseconds since the epoch. WIF takes them from the token. */
  readonly from: number;
  readonly until: number;
  /** The token itself, as WIF keeps it on request. It makes the cookie as long as a real one. */
  readonly token: string;
}

const NAME = "FedAuth";

/** Characters in one cookie: the chunk size of WIF's ChunkedCookieHandler. */
const CHUNK = 2_000;

/** The longest session that is read, in bytes after inflating. */
const MAX_SESSION_BYTES = 64 * 1_024;

/** The Set-Cookie lines of a session. */
export function sessionCookies(
  key: Uint8Array,
  session: PassiveSession,
  { path, secure }: { readonly path: string; readonly secure: boolean },
): readonly HeaderLine[] {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const plain = deflateRawSync(JSON.stringify(session));
  const text = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString("base64");
  const count = Math.ceil(text.length / CHUNK);
  return Array.from({ length: count }, (_, n) => [
    "Set-Cookie",
    `${NAME}${n === 0 ? "" : n}=${text.slice(n * CHUNK, (n + 1) * CHUNK)}; path=${path}${secure ? "; secure" : ""}; HttpOnly`,
  ]);
}

/**
 * The session in a Cookie header. `absent`: the request has no FedAuth. `foreign`: it has one that this key did not
 * make, or not all of its parts.
 */
export function sessionIn(key: Uint8Array, cookies: string): PassiveSession | "absent" | "foreign" {
  const values = new Map(cookies.split(/; */).map((pair) => splitAt(pair, pair.indexOf("="))));
  let text = values.get(NAME);
  if (text === undefined) return "absent";
  for (let n = 1, next = values.get(`${NAME}1`); next !== undefined; next = values.get(`${NAME}${++n}`)) text += next;
  try {
    const bytes = Buffer.from(text, "base64");
    const opener = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
    opener.setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([opener.update(bytes.subarray(12, -16)), opener.final()]);
    // Only what sealed it could have written it, so its shape is known.
    return JSON.parse(inflateRawSync(plain, { maxOutputLength: MAX_SESSION_BYTES }).toString("utf8")) as PassiveSession;
  } catch {
    return "foreign";
  }
}

const splitAt = (text: string, at: number): readonly [string, string] =>
  at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
