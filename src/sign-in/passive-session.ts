// The cookies of a passive sign-in at a web host. `__Host-pf` has the nonces of the sign-ins that this browser has begun
// and not finished. `__Host-pfs` has the sealed session: whose the pool's cookies in this browser are. Cookies of the
// pool go on to the pool only with a session that opens and knows them (S-90).

import type { Config } from "../config/config.ts";
import { cookieValue } from "../core/http/headers.ts";
import { hashOf, newNonce, openSession, type PassiveSession, sameHash, sealSession } from "../core/sts/flow.ts";
import { cookiesAfter, cookiesIn, guardedCookie, isPools, jarOf } from "../core/sts/jar.ts";
import { areSameSite } from "../core/sts/same-site.ts";
import type { Exchange } from "../http/exchange.ts";

export type Cookies = readonly (readonly [name: string, value: string])[];

/**
 * `held`: the session, and the pool's cookies that belong to it. `foreign`: a session, and cookies of the pool that are
 * not its own.
 */
export type SessionOf =
  | { readonly kind: "none" }
  | { readonly kind: "foreign"; readonly session: PassiveSession }
  | { readonly kind: "held"; readonly session: PassiveSession; readonly cookies: Cookies };

const NONCE_COOKIE = "__Host-pf";
const SESSION_COOKIE = "__Host-pfs";
/** How many sign-ins a browser may have begun at one time, each in a tab of its own. */
const MAX_NONCES = 3;
const NONCE = /^[A-Za-z0-9_-]{43}$/;
const NONCES_LAST_SECONDS = 600;

/** The session of the browser that asks, at this web host. */
export function sessionOf({ request, target, config }: Exchange, now: number): SessionOf {
  const text = cookieValue(request.headers, SESSION_COOKIE);
  const opened = text === undefined ? undefined : openSession(config.keyring, text, now);
  if (opened?.ok !== true) return { kind: "none" };
  const session = opened.value;
  if (session.webHost !== target.host || session.pool !== config.pool) return { kind: "none" };
  const cookies = cookiesIn(request.headers.get("cookie") ?? "", session.jar);
  return cookies === undefined ? { kind: "foreign", session } : { kind: "held", session, cookies };
}

/**
 * Lets the pool's cookies of an answer through to the browser, and seals which cookies the browser has then. Those of
 * Postern's own names do not get through.
 */
export function withSession(
  response: Response,
  { config, target }: Exchange,
  before: Cookies,
  session: Omit<PassiveSession, "jar">,
): Response {
  const lines = response.headers.getSetCookie();
  if (lines.length === 0 && before.length > 0) return response;
  response.headers.delete("set-cookie");
  for (const line of lines.filter(isPools)) response.headers.append("set-cookie", guardedCookie(line));
  const jar = jarOf(cookiesAfter(before, lines));
  const [value, seconds] =
    jar === undefined
      ? ["", 0]
      : [sealSession(config.keyring, { ...session, jar }), Math.ceil((session.until - Date.now()) / 1000)];
  response.headers.append("set-cookie", cookie(SESSION_COOKIE, value, seconds, config, target.host));
  return response;
}

/** Takes the session from the browser, so that the pool's cookies in it count for nothing, and its next visit begins. */
export function withoutSession(response: Response, { config, target }: Exchange): Response {
  response.headers.delete("set-cookie");
  response.headers.append("set-cookie", cookie(SESSION_COOKIE, "", 0, config, target.host));
  return response;
}

/** A new nonce for a sign-in that begins, and the line that gives it to the browser beside those it has. */
export function withNewNonce({ request, config, target }: Exchange): { readonly nonce: string; readonly line: string } {
  const nonce = newNonce();
  const nonces = [nonce, ...noncesOf(request)].slice(0, MAX_NONCES);
  return { nonce, line: nonceLine(nonces, config, target.host) };
}

/** Whether the browser began the sign-in with this nonce. */
export const hasNonce = ({ request }: Pick<Exchange, "request">, nonceHash: string): boolean =>
  noncesOf(request).some((nonce) => sameHash(hashOf(nonce), nonceHash));

/** The line that takes a used nonce from the browser. */
export function withoutNonce({ request, config, target }: Exchange, nonceHash: string): string {
  const others = noncesOf(request).filter((nonce) => !sameHash(hashOf(nonce), nonceHash));
  return nonceLine(others, config, target.host);
}

function noncesOf(request: Request): readonly string[] {
  const text = cookieValue(request.headers, NONCE_COOKIE) ?? "";
  return text
    .slice(0, MAX_NONCES * 44)
    .split(".")
    .filter((nonce) => NONCE.test(nonce));
}

const nonceLine = (nonces: readonly string[], config: Config, webHost: string): string =>
  cookie(NONCE_COOKIE, nonces.join("."), nonces.length === 0 ? 0 : NONCES_LAST_SECONDS, config, webHost);

function cookie(name: string, value: string, seconds: number, { sts }: Config, webHost: string): string {
  const sameSite = areSameSite(sts?.host ?? "", webHost) ? "Lax" : "None";
  return `${name}=${value}; Max-Age=${seconds}; Path=/; Secure; HttpOnly; SameSite=${sameSite}`;
}
