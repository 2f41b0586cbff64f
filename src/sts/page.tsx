// The frame of every page of the token service. On Windows it stands in a window of Internet Explorer, without address
// bar, so it is HTML 4 with one small style sheet. Nothing needs a script. Scripts of new browsers are modules, which old
// browsers leave out.

import { raw } from "hono/html";
import type { Child, FC, PropsWithChildren } from "hono/jsx";
import { CSRF_FIELD } from "../web/csrf.ts";
import { LOCALES, type Locale } from "../web/locale.ts";
import { asset } from "../web/static.ts";
import { words as ownWords } from "../web/words.ts";
import { words } from "./words.ts";

type PageProps = PropsWithChildren<{
  readonly locale: Locale;
  readonly title: string;
  /** What new browsers load. */
  readonly modules?: readonly ("webauthn.js" | "passkey.js" | "sts.js")[];
  /** What every browser loads, at the end of the page. */
  readonly script?: "go.js";
  /** In the head: what a browser without scripts needs. */
  readonly head?: Child;
  /** What a form needs to show this page in another language; undefined: it is offered in one. */
  readonly languages?: { readonly csrf: string; readonly flow: string };
}>;

/** A whole page. */
export const StsPage: FC<PageProps> = ({ locale, title, modules = [], script, head, languages, children }) => {
  const t = words[locale];
  return (
    <>
      {raw("<!doctype html>")}
      <html lang={locale}>
        <head>
          <meta http-equiv="X-UA-Compatible" content="IE=edge" />
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="robots" content="noindex" />
          <title>{`${title} · ${t.site}`}</title>
          <link rel="icon" href={asset("icon.svg")} type="image/svg+xml" />
          <link rel="stylesheet" href={asset("sts.css")} />
          {head}
          {modules.map((name) => (
            <script type="module" src={asset(name)} />
          ))}
        </head>
        <body>
          <main class="sheet">
            <p class="site">{t.site}</p>
            <div class="card">
              <h1>{title}</h1>
              {children}
            </div>
            {languages === undefined ? null : (
              <form method="post" action="/passive/language" class="languages" aria-label={t.language}>
                <input type="hidden" name={CSRF_FIELD} value={languages.csrf} />
                <input type="hidden" name="flow" value={languages.flow} />
                {LOCALES.filter((each) => each !== locale).map((each) => (
                  <input type="submit" name={`to-${each}`} value={ownWords[each].ownName} lang={each} />
                ))}
              </form>
            )}
          </main>
          {script === undefined ? null : <script src={asset(script)} />}
        </body>
      </html>
    </>
  );
};

/** What has just happened, or is wrong. Screen readers say it at once. */
export const Said: FC<PropsWithChildren<{ readonly bad?: boolean }>> = ({ bad = false, children }) => (
  <div class={bad ? "said bad" : "said"} role={bad ? "alert" : "status"}>
    {children}
  </div>
);

/** A field with its label and its hint. */
export const Line: FC<{
  readonly label: string;
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly [attribute: string]: unknown;
}> = ({ label, id, name, hint, ...rest }) => (
  <>
    <label for={id}>{label}</label>
    <input class="text" id={id} name={name} aria-describedby={`${id}-hint`} {...rest} />
    <span class="hint" id={`${id}-hint`}>
      {hint}
    </span>
  </>
);
