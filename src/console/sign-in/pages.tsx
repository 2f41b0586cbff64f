// The pages of signing in.

import type { FC } from "hono/jsx";
import type { ConsoleConfig } from "../../config/console.ts";
import { Document } from "../../web/components/layout.tsx";
import { Notice } from "../../web/components/parts.tsx";
import { PasskeyLines as Lines } from "../../web/components/passkey-lines.tsx";
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
        <form
          method="post"
          action="/sign-in/passkey"
          data-passkey="authenticate"
          data-options="/sign-in/passkey/options"
        >
          <input type="hidden" name="next" value={next} />
          <input type="hidden" name="response" />
          <PasskeyLines locale={locale} />
          <button data-with-script hidden>
            {t.withPasskey}
          </button>
          <noscript>
            <p>{t.noScript}</p>
          </noscript>
        </form>
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
            <form method="post" action="/invite" data-passkey="register" data-options="/invite/options">
              <input type="hidden" name="invitation" />
              <input type="hidden" name="response" />
              <PasskeyLines locale={locale} refused={t.inviteRefused} />
              <button data-with-script hidden>
                {t.makePasskey}
              </button>
              <noscript>
                <p>{t.noScript}</p>
              </noscript>
            </form>
          </>
        )}
      </article>
    </Document>
  );
};

/** What the script shows while a passkey is asked for. */
export const PasskeyLines: FC<{ readonly locale: Locale; readonly refused?: string }> = ({ locale, refused }) => {
  const t = words[locale];
  return <Lines words={refused === undefined ? t : { ...t, refused }} />;
};
