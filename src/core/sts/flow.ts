// The two sealed texts of a passive sign-in. `wctx` is the field that a relying party sends along and gets back
// unchanged, so Postern's own state travels in it, where a browser can neither read nor change it. The first text says
// where a sign-in began: at which web host, for which relying party, in which browser. The second says which token
// Postern has made for whom. The edge accepts a token only with the second text, and only if the token's bytes are those
// that were sealed. So nothing that comes from outside is ever parsed. Pure.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Keyring, Purpose } from "../crypto/keyring.ts";
import { open, seal } from "../crypto/seal.ts";
import { ok, type Result, refuse } from "../result.ts";

/** How long a browser has to come from the pool to the finished sign-in, ms. */
export const START_LASTS_MS = 10 * 60_000;
/** How long a browser has to bring a token that was made for it, ms. */
export const ISSUED_LASTS_MS = 5 * 60_000;
/** Longest `wctx` of the pool, in characters. A URL with it sealed in it keeps Cloudflare's limit of 16 KB. */
export const MAX_WCTX_CHARS = 8 * 1024;
/** Longest sealed text that is opened, in characters. Both texts have the pool's `wctx` in them. */
export const MAX_SEALED_CHARS = 24 * 1024;

/** Cookies of the pool that belong to one sign-in. Their values stay in the browser. */
export type Jar = {
  /** In the order of the digest. */
  readonly names: readonly string[];
  /** {@link cookieDigest} */
  readonly digest: string;
};

/** Where a passive sign-in began. */
export type Start = {
  /** The relying party, as STS_REALMS has it. */
  readonly realm: string;
  /** The address to which the token is posted, as configured. */
  readonly reply: string;
  /** The pool's own text, given back to it unchanged. */
  readonly wctx: string;
  /** The host of the pool at which the browser began. */
  readonly webHost: string;
  /** `PoolConfig.pool`: "" for the first pool. */
  readonly pool: string;
  /** {@link hashOf} of the nonce in the browser's cookie. */
  readonly nonceHash: string;
  /** How many sign-ins this browser has finished just before, without ever getting past the pool. Absent: none. */
  readonly again?: number;
  /** The cookies that the pool gave with its redirect. Absent: none. */
  readonly jar?: Jar;
  /** ms */
  readonly until: number;
};

/** How somebody proved at the page who they are. */
export type Factors = "passkey" | "two-factors";

/** A token that Postern has made, and for whom. */
export type Issued = {
  readonly start: Start;
  /** {@link hashOf} of the whole `wresult`. */
  readonly digest: string;
  /** The user, whose guard is asked. */
  readonly userId: string;
  /** Normalised. */
  readonly sipUri: string;
  /** The SID in the token. */
  readonly sid: string;
  /** The assertion's id, which the user's guard lets through once. */
  readonly id: string;
  readonly factors: Factors;
  /** Until when the token itself is good, ms. The session of the browser at the edge ends with it. */
  readonly tokenUntil: number;
  /** Until when the browser may bring it, ms. */
  readonly until: number;
};

/**
 * What a browser is at the edge after its token was accepted: the user whose cookies of the pool it holds. It travels
 * in a cookie of its own.
 */
export type PassiveSession = {
  readonly webHost: string;
  readonly pool: string;
  readonly userId: string;
  readonly sipUri: string;
  readonly sid: string;
  /** The assertion's id. The tickets of this session are remembered under it. */
  readonly id: string;
  readonly factors: Factors;
  /** The pool's cookies that came with the acceptance. */
  readonly jar: Jar;
  /** When the pool accepted the token, ms. */
  readonly at: number;
  /** How many sign-ins came just before this one: {@link Start.again}. */
  readonly again: number;
  /** When the token ends, ms. */
  readonly until: number;
};

/** `not-ours`: Postern did not seal it, or for something else. `expired`: it was good once. */
export type FlowFault = "not-ours" | "expired";

const START: Purpose = "passive-start";
const ISSUED: Purpose = "passive-issued";
const SESSION: Purpose = "passive-session";

/** Seals where a sign-in began: base64url without padding. */
export const sealStart = (keyring: Keyring, start: Start): string => sealed(keyring, START, start);

/** Opens what {@link sealStart} made. `now` in ms. */
export const openStart = (keyring: Keyring, text: string, now: number): Result<Start, FlowFault> =>
  opened<Start>(keyring, START, text, now);

/** Seals which token was made. */
export const sealIssued = (keyring: Keyring, issued: Issued): string => sealed(keyring, ISSUED, issued);

/** Opens what {@link sealIssued} made. */
export const openIssued = (keyring: Keyring, text: string, now: number): Result<Issued, FlowFault> =>
  opened<Issued>(keyring, ISSUED, text, now);

/** Seals the session of a browser. */
export const sealSession = (keyring: Keyring, session: PassiveSession): string => sealed(keyring, SESSION, session);

/** Opens what {@link sealSession} made. */
export const openSession = (keyring: Keyring, text: string, now: number): Result<PassiveSession, FlowFault> =>
  opened<PassiveSession>(keyring, SESSION, text, now);

/** SHA-256 in base64url, without padding. */
export const hashOf = (text: string): string => createHash("sha256").update(text, "utf8").digest("base64url");

/** Whether two hashes are the same, in a time that does not tell where they differ. */
export function sameHash(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one, "utf8"), Buffer.from(other, "utf8")];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** A nonce of one sign-in, for a cookie: 256 bits. */
export const newNonce = (): string => randomBytes(32).toString("base64url");

/** One digest of several cookies in their order. A name or value cannot flow into the next, because JSON quotes them. */
export const cookieDigest = (cookies: readonly (readonly [name: string, value: string])[]): string =>
  hashOf(JSON.stringify(cookies));

function sealed(keyring: Keyring, purpose: Purpose, value: { readonly until: number }): string {
  return Buffer.from(seal(keyring, purpose, purpose, Buffer.from(JSON.stringify(value), "utf8"))).toString("base64url");
}

/** What opens was sealed by Postern for this purpose, so it has the shape that it was given. */
function opened<T extends { readonly until: number }>(
  keyring: Keyring,
  purpose: Purpose,
  text: string,
  now: number,
): Result<T, FlowFault> {
  if (text.length > MAX_SEALED_CHARS || !/^[A-Za-z0-9_-]+$/.test(text)) return refuse("not-ours");
  const plain = open(keyring, purpose, purpose, Buffer.from(text, "base64url"));
  if (!plain.ok) return refuse("not-ours");
  const value = JSON.parse(Buffer.from(plain.value).toString("utf8")) as T;
  return value.until > now ? ok(value) : refuse("expired");
}
