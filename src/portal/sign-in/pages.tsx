// The page on which somebody signs in.

import type { FC } from "hono/jsx";
import { Notice } from "../../web/components/parts.tsx";
import { PasskeyForm } from "../../web/components/passkey-form.tsx";
import { OPENID_PATH } from "../../web/identity/openid-routes.ts";
import type { Locale } from "../../web/locale.ts";
import { OpenPage } from "../page.tsx";
import { JOIN, SIGN_IN } from "../paths.ts";
import { CodeFields } from "./code-fields.tsx";
import { words } from "./words.ts";

/** What the page says first. */
export type SignInSaid = "refused" | "refusedPasskey" | "signedOut";

/** `next`: the path that was asked for. `byPasskey`: whether passkeys work at the portal's present address. */
export const SignInPage: FC<{
  readonly locale: Locale;
  readonly host: string;
  readonly next: string;
  readonly byPasskey: boolean;
  /** Whether people may sign in with their account of the organisation. */
  readonly byProvider: boolean;
  readonly said?: SignInSaid;
  readonly typed?: string;
}> = ({ locale, host, next, byPasskey, byProvider, said, typed }) => {
  const t = words[locale];
  // Another language shows this page again, which still knows where the person wants to go.
  const back = next === "/" ? SIGN_IN : `${SIGN_IN}?${new URLSearchParams({ next })}`;
  return (
    <OpenPage {...{ locale, title: t.title, path: back }} scripts={byPasskey ? ["webauthn.js", "passkey.js"] : []}>
      {said === undefined ? null : (
        <Notice tone={said === "signedOut" ? "good" : "bad"}>
          <p>{t[said]}</p>
        </Notice>
      )}
      {byPasskey ? (
        <PasskeyForm
          {...{ kind: "authenticate", action: "/sign-in/passkey", options: "/sign-in/passkey/options" }}
          {...{ fields: { next }, words: t.passkeyLines }}
        >
          <div data-with-script hidden>
            <button class="wide">{t.withPasskey}</button>
            <p>
              <small>{t.passkeyMore}</small>
            </p>
          </div>
          <noscript>
            <p>{t.noScript}</p>
          </noscript>
        </PasskeyForm>
      ) : (
        <Notice tone="wait">
          <p>{t.otherName}</p>
        </Notice>
      )}
      {byProvider ? (
        <a class="button secondary wide" href={`${OPENID_PATH}?${new URLSearchParams({ next })}`}>
          {t.withProvider}
        </a>
      ) : null}
      <p class="or">
        <span>{t.or}</span>
      </p>
      <form method="post" action={SIGN_IN}>
        <input type="hidden" name="next" value={next} />
        <CodeFields {...{ locale, host, typed: typed ?? "" }} />
        <button class={byPasskey ? "secondary wide" : "wide"}>{t.signIn}</button>
      </form>
      <p>
        {t.firstTime} <a href={JOIN}>{t.haveInvitation}</a>
      </p>
    </OpenPage>
  );
};
