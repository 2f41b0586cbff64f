// Lets a request through for somebody who is signed in, and says to the pages who that is.

import { askPortal } from "../api/portal-guard.ts";
import { aboutRequest } from "../http/about.ts";
import { csrfToken } from "../web/csrf.ts";
import { isOfSession } from "../web/forms.ts";
import { localeOf } from "../web/locale.ts";
import { message } from "./message-page.tsx";
import { WELCOME } from "./paths.ts";
import { sessionOf } from "./session.ts";
import type { PortalMiddleware, PortalView } from "./site.ts";

/**
 * Sends everybody else to the sign-in. A session that began with an invitation may only register factors, until its
 * person has two.
 */
export const signedIn: PortalMiddleware = async (c, next) => {
  const presented = await sessionOf(c);
  const url = new URL(c.req.url);
  if (presented === undefined) {
    const asked = c.req.method === "POST" ? "/" : `${url.pathname}${url.search}`;
    const to = asked === "/" ? "/sign-in" : `/sign-in?${new URLSearchParams({ next: asked })}`;
    // A part of a page cannot become the sign-in, so htmx takes the whole page there.
    return c.req.header("hx-request") === undefined
      ? c.redirect(to, 303)
      : c.body(null, 401, { "hx-redirect": "/sign-in" });
  }
  const { session, user: person, secret } = presented;
  if (!isOfSession(c, secret)) return message(c, "foreign", 403);
  const { env, host, timeZone, now } = c.env;
  const view: PortalView = {
    ...{ locale: localeOf(c), timeZone, now, url, session, person, csrf: csrfToken(secret) },
    about: aboutRequest(c.req.raw, host, "portal"),
    guard: (step) => askPortal(env, person.id, step, person),
  };
  c.set("view", view);
  if (session.entering && !isWelcome(url.pathname)) return c.redirect(WELCOME, 303);
  return next();
};

const isWelcome = (path: string): boolean => path === WELCOME || path.startsWith(`${WELCOME}/`);
