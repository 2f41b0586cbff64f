// The pages, as text. Every value is escaped; no page has a style or a script of its own text.

import { renderSVG } from "uqr";
import type { DeniedWord, Words } from "./words.ts";

/** The quiet zone around a QR code, modules (ISO/IEC 18004). */
const BORDER = 4;

/** Where the files of the pages are. */
export const STYLE = "/style.css";
export const SCRIPT = "/page.js";
/** Where the form goes. */
export const CODE = "/code";

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Text that is HTML already. */
type Html = { readonly html: string };

const html = (texts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html => ({
  html: texts
    .map((text, at) => {
      const value = values[at] ?? "";
      return text + (typeof value === "string" ? escaped(value) : value.html);
    })
    .join(""),
});

const page = (t: Words, title: string, content: Html): string =>
  `<!doctype html>${
    html`<html lang="${t.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>${t.title}</title><link rel="stylesheet" href="${STYLE}"><script src="${SCRIPT}" defer></script></head><body><main><h1>${title}</h1>${content}</main></body></html>`
      .html
  }`;

/** A page that says one thing. `again`: offers to try once more. */
export const messagePage = (t: Words, said: string, again = false): string =>
  page(
    t,
    t.title,
    html`<p class="said">${said}</p>${again ? html`<p><a class="button" href="/">${t.tryAgain}</a></p>` : ""}`,
  );

/** The body of the 401: the browser sent no ticket. It is read by people whose browser has none. */
export const signInPage = (t: Words): string =>
  page(
    t,
    t.signIn,
    html`<p>${t.signInMore}</p><p><a class="button" href="/">${t.tryAgain}</a></p><p class="small">${t.signInFix}</p>`,
  );

/** Why this person gets no code. */
export const deniedPage = (t: Words, why: DeniedWord): string => messagePage(t, t.denied[why]);

/** The page of somebody who was proved. */
export const welcomePage = (t: Words, { name, token }: { readonly name: string; readonly token: string }): string =>
  page(t, t.hello(name), html`<p>${t.intro}</p>${form(t.show, token)}<p class="small">${t.newer}</p>`);

/** The code. `seconds`: for how long it is good still. */
export function codePage(
  t: Words,
  {
    name,
    token,
    link,
    seconds,
  }: { readonly name: string; readonly token: string; readonly link: string; readonly seconds: number },
): string {
  const image = `data:image/svg+xml;base64,${Buffer.from(renderSVG(link, { border: BORDER })).toString("base64")}`;
  return page(
    t,
    t.hello(name),
    html`<div data-code><p>${t.scan}</p><img class="qr" width="264" height="264" alt="${t.alt}" src="${image}"><p role="timer" data-left="${String(seconds)}" data-said="${t.left("{}")}">${t.leftStatic}</p><p>${t.secret}</p><p>${t.here} <a href="${link}" rel="noreferrer">${t.open}</a></p></div><div data-over hidden><p class="said" role="alert">${t.over}</p></div>${form(t.again, token)}`,
  );
}

const form = (button: string, token: string): Html =>
  html`<form method="post" action="${CODE}"><input type="hidden" name="token" value="${token}"><button>${button}</button></form>`;
