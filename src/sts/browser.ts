// Which browser asks. Every browser that gets a page has a secret in a cookie, and every form has a token made from it.
// So no other site can send a form here: neither sign somebody in as somebody else, nor try passwords from many
// browsers. The windows of Lync on Windows are Internet Explorer's, which sends no `Origin` with a form. So the token
// decides here, and `Origin` or `Referer` must agree where a browser sends them.

import type { MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { CSRF_FIELD, isCsrfToken } from "../web/csrf.ts";
import { hashOfSecret, newSecret } from "../web/secret.ts";
import type { StsContext, StsEnv } from "./site.ts";

const COOKIE = "postern-page";
/** What every cookie of the token service has. `Lax`: the pool sends the browser here with a link. */
export const COOKIE_OPTIONS = { prefix: "host", path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

const METHODS = "GET, HEAD, POST";
const FORM = "application/x-www-form-urlencoded";

/**
 * Knows the browser, and reads the fields of a form that one of our own pages sent. `foreign` answers every other
 * form. Methods other than those of pages and forms get 405.
 */
export const ofOurPages =
  (foreign: (c: StsContext) => Response | Promise<Response>): MiddlewareHandler<StsEnv> =>
  async (c, next) => {
    const { method } = c.req;
    if (method !== "GET" && method !== "HEAD" && method !== "POST") return c.body(null, 405, { allow: METHODS });
    const known = getCookie(c, COOKIE, "host");
    const isKnown = hashOfSecret(known) !== undefined;
    const page = isKnown && known !== undefined ? known : newSecret();
    c.set("page", page);
    if (!isKnown) setCookie(c, COOKIE, page, COOKIE_OPTIONS);
    if (method !== "POST") return next();
    const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    const form = new URLSearchParams(type === FORM ? await c.req.text() : "");
    if (!isKnown || !isSameSite(c.req.raw.headers, c.env.origin) || !isCsrfToken(page, form.get(CSRF_FIELD))) {
      return foreign(c);
    }
    c.set("form", form);
    return next();
  };

/** What is kept of the browser where it asks for something. */
export const browserHashOf = (c: StsContext): string => hashOfSecret(c.var.page) ?? "";

/** Whether nothing that the browser says of where the form stood is of another site. */
function isSameSite(headers: Headers, origin: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const from = headers.get("origin");
  if (from !== null) return from === origin;
  const referer = headers.get("referer");
  return referer === null || referer === origin || referer.startsWith(`${origin}/`);
}
