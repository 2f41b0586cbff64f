// The buttons at the foot of every page: in which language somebody wants to read.

import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import { isLocale, LANGUAGE_COOKIE } from "./locale.ts";
import type { SiteEnv } from "./site.ts";

const YEAR_S = 31_536_000;

/** Answers the form of those buttons: remembers the language for a year, and shows the page at `back`. */
export function chooseLanguage<E extends SiteEnv>(c: Context<E>, back: string): Response {
  const language = c.var.form.get("language") ?? "";
  if (isLocale(language)) {
    setCookie(c, LANGUAGE_COOKIE, language, {
      ...{ prefix: "host", path: "/", secure: true, httpOnly: true, sameSite: "Lax", maxAge: YEAR_S },
    } as const);
  }
  return c.redirect(back, 303);
}
