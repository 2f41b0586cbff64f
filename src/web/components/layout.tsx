// What every page has around its content.

import { raw } from "hono/html";
import type { Child, FC, PropsWithChildren } from "hono/jsx";
import { LOCALES, type Locale } from "../locale.ts";
import { asset } from "../static.ts";
import { words } from "../words.ts";

/** An entry of the menu. */
export type MenuEntry = { readonly href: string; readonly said: string };

/** A script beside the one of every page. */
export type ScriptName = "webauthn.js" | "passkey.js" | "htmx.js" | "join.js";

type DocumentProps = PropsWithChildren<{
  readonly locale: Locale;
  readonly title: string;
  /** The name of the site, such as `Postern console`. */
  readonly site: string;
  readonly menu?: readonly MenuEntry[];
  /** The path of the page, for the menu. */
  readonly path: string;
  /** At the right end of the head: who is signed in. */
  readonly account?: Child;
  /** Scripts beside the one of every page. */
  readonly scripts?: readonly ScriptName[];
  /** A page with little on it, such as the sign-in. */
  readonly narrow?: boolean;
  /** The page cannot be asked for again, so it offers no other language. */
  readonly once?: boolean;
}>;

/** A whole page. */
export const Document: FC<DocumentProps> = ({
  locale,
  title,
  site,
  menu = [],
  path,
  account,
  scripts = [],
  narrow,
  once = false,
  children,
}) => {
  const t = words[locale];
  return (
    <>
      {raw("<!doctype html>")}
      <html lang={locale}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="robots" content="noindex" />
          <meta
            name="htmx-config"
            content='{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"historyCacheSize":0,"selfRequestsOnly":true}'
          />
          <title>{`${title} · ${site}`}</title>
          <link rel="icon" href={asset("icon.svg")} type="image/svg+xml" />
          <link rel="stylesheet" href={asset("pico.css")} />
          <link rel="stylesheet" href={asset("postern.css")} />
          <script src={asset("page.js")} defer />
          {scripts.map((name) => (
            <script src={asset(name)} defer />
          ))}
        </head>
        <body class={narrow ? "narrow" : undefined}>
          <a class="skip" href="#main">
            {t.skip}
          </a>
          <header class="top">
            <a class="brand" href="/">
              <img src={asset("icon.svg")} alt="" width="24" height="24" />
              <span>{site}</span>
            </a>
            {menu.length === 0 ? null : (
              <nav aria-label={t.menu}>
                {menu.map(({ href, said }) => (
                  <a href={href} aria-current={isUnder(path, href) ? "page" : undefined}>
                    {said}
                  </a>
                ))}
              </nav>
            )}
            {account === undefined ? null : <div class="account">{account}</div>}
          </header>
          <main id="main">{children}</main>
          {once ? null : (
            <footer class="foot">
              <form method="post" action="/language" aria-label={t.language}>
                <input type="hidden" name="back" value={path} />
                {LOCALES.map((each) => (
                  <button name="language" value={each} lang={each} aria-current={each === locale ? "true" : undefined}>
                    {words[each].ownName}
                  </button>
                ))}
              </form>
            </footer>
          )}
        </body>
      </html>
    </>
  );
};

/** Whether a page belongs to an entry of the menu. */
const isUnder = (path: string, href: string): boolean =>
  href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
