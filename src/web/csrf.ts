// Whether a post comes from one of our own pages. Two things must be right: the browser says that the page is of this
// origin, and the form has the token of this session. Each is enough on its own, so a fault in one of them lets nobody
// in.

import { createHmac, timingSafeEqual } from "node:crypto";

/** The field of the token in every form. */
export const CSRF_FIELD = "csrf";

/** The token of a session. It is derived from the session's secret, which nobody can find from it. */
export const csrfToken = (secret: string): string => createHmac("sha256", secret).update("csrf").digest("base64url");

/** Whether a form's token is that of the session. */
export function isCsrfToken(secret: string, given: unknown): boolean {
  const [right, other] = [Buffer.from(csrfToken(secret)), Buffer.from(typeof given === "string" ? given : "")];
  return right.length === other.length && timingSafeEqual(right, other);
}

/**
 * Whether the browser says that this origin's own page makes the request. Every browser sends `Origin` with a post. A
 * client that does not is not a browser with somebody's session.
 */
export function isOwnPost(headers: Headers, origin: string): boolean {
  const site = headers.get("sec-fetch-site");
  return headers.get("origin") === origin && (site === null || site === "same-origin");
}
