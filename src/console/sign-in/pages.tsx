// The pages of signing in.

import type { FC } from "hono/jsx";
import type { ConsoleConfig } from "../../config/console.ts";
import { Document } from "../../web/components/layout.tsx";
import { Notice } from "../../web/components/parts.tsx";
import { PasskeyForm } from "../../web/components/passkey-form.tsx";
import type { PasskeyWords } from "../../web/components/passkey-lines.tsx";
import type { Locale } from "../../web/locale.ts";
import { words as site } from "../words.ts";
import { words } from "./words.ts";

const SCRIPTS = ["webauthn.js", "passkey.js"] as const;

/** How somebody signs in. `next`: the path that was asked for. */
export const SignInPage: FC<{
  readonly locale: Locale;
  readonly console: ConsoleConfig;
  readonly next: string;
  readonly refused?: boolean;
}> = ({ locale, console, next, refused }) => {
  const t = words[locale];
  return (
    <Document locale={locale} title={t.title} site={site[locale].site} path="/sign-in" scripts={SCRIPTS} narrow>
      <article>
        <h1>{t.title}</h1>
        {refused ? (
          <Notice tone="bad">
            <p>{t.refused}</p>
          </Notice>
        ) : null}
        <PasskeyForm
          {...{ kind: "authenticate", action: "/sign-in/passkey", options: "/sign-in/passkey/options" }}
          {...{ fields: { next }, words: t }}
        >
          <button data-with-script hidden>
            {t.withPasskey}
          </button>
          <noscript>
            <p>{t.noScript}</p>
          </noscript>
        </PasskeyForm>
        {console.access === undefined ? null : (
          <form method="post" action="/sign-in/access">
            <input type="hidden" name="next" value={next} />
            <button class="secondary wide">{t.withAccess}</button>
          </form>
        )}
        {console.oidc === undefined ? null : (
          <a class="button secondary wide" href={`/sign-in/openid?${new URLSearchParams({ next })}`}>
            {t.withProvider}
          </a>
        )}
        <p>
          <small>{t.noPasskey}</small>
        </p>
      </article>
    </Document>
  );
};

/** Where the link of an invitation leads. */
export const InvitePage: FC<{ readonly locale: Locale; readonly refused?: boolean }> = ({ locale, refused }) => {
  const t = words[locale];
  return (
    <Document locale={locale} title={t.inviteTitle} site={site[locale].site} path="/invite" scripts={SCRIPTS} narrow>
      <article>
        <h1>{t.inviteTitle}</h1>
        {refused ? (
          <Notice tone="bad">
            <p>{t.inviteRefused}</p>
          </Notice>
        ) : (
          <>
            <p>{t.invite}</p>
            <PasskeyForm
              {...{ kind: "register", action: "/invite", options: "/invite/options" }}
              {...{ fields: { invitation: "" }, words: { ...t, refused: t.inviteRefused } }}
            >
              <button data-with-script hidden>
                {t.makePasskey}
              </button>
              <noscript>
                <p>{t.noScript}</p>
              </noscript>
            </PasskeyForm>
          </>
        )}
      </article>
    </Document>
  );
};

/** What the script shows while a passkey is asked for. */
export const passkeyWords = (locale: Locale): PasskeyWords => words[locale];
