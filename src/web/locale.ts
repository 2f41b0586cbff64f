// In which language somebody reads a page: as the person has chosen, or as the browser asks.

import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { getCookie } from "hono/cookie";

export const LOCALES = ["en", "de"] as const;
export type Locale = (typeof LOCALES)[number];

/** Texts in each language. The other languages have the type of the English ones, so none can be forgotten. */
export type Localised<Words> = Readonly<Record<Locale, Words>>;

/** The cookie with the person's choice. */
export const LANGUAGE_COOKIE = "postern-language";

export const isLocale = (text: string | undefined): text is Locale => LOCALES.some((each) => each === text);

/** The language of the answer to a request. */
export function localeOf(c: Context): Locale {
  const chosen = getCookie(c, LANGUAGE_COOKIE, "host");
  if (isLocale(chosen)) return chosen;
  const asked = accepts(c, { header: "Accept-Language", supports: [...LOCALES], default: "en", match: firstKnown });
  return isLocale(asked) ? asked : "en";
}

/** `de-AT` is German, too. */
function firstKnown(asked: readonly { readonly type: string; readonly q: number }[]): string {
  const byWish = asked.toSorted((a, b) => b.q - a.q).map(({ type }) => type.toLowerCase().split("-")[0]);
  return byWish.find(isLocale) ?? "en";
}
