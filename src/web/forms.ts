// How a host of pages reads a form: not larger than its limit, sent by one of its own pages, and once.

import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { CSRF_FIELD, isCsrfToken, isOwnPost } from "./csrf.ts";
import type { SiteEnv } from "./site.ts";

const METHODS = "GET, HEAD, POST";
const FORM = "application/x-www-form-urlencoded";

/** Refuses a body of more than `maxBytes` with 413, before anything reads it. */
export const formLimit = (maxBytes: number): MiddlewareHandler =>
  bodyLimit({ maxSize: maxBytes, onError: (c) => c.text("413", 413) });

/**
 * Reads the fields of a form into `c.var.form`. A body of another type has no fields. `foreign` answers a form that
 * came from another site. Methods other than those of pages and forms get 405.
 */
export const readForm =
  <E extends SiteEnv>(foreign: (c: Context<E>) => Response | Promise<Response>): MiddlewareHandler<E> =>
  async (c, next) => {
    const { method } = c.req;
    if (method === "GET" || method === "HEAD") return next();
    if (method !== "POST") return c.body(null, 405, { allow: METHODS });
    if (!isOwnPost(c.req.raw.headers, c.env.origin)) return foreign(c);
    const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    c.set("form", new URLSearchParams(type === FORM ? await c.req.text() : ""));
    return next();
  };

/** Whether a request may change something for a session: it changes nothing, or its form has the session's token. */
export const isOfSession = <E extends SiteEnv>(c: Context<E>, secret: string): boolean =>
  c.req.method !== "POST" || isCsrfToken(secret, c.var.form.get(CSRF_FIELD));
