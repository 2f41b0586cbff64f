// The pages of a fresh factor.

import type { FC } from "hono/jsx";
import { Actions, Form } from "../../web/components/form.tsx";
import { Notice } from "../../web/components/parts.tsx";
import { PasskeyForm } from "../../web/components/passkey-form.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { passkeyWords } from "./pages.tsx";
import { words } from "./words.ts";

/** Asks the person to prove once more to be there. `ways`: what this person can prove it with. */
export const ConfirmPage: FC<{
  readonly view: View;
  readonly pending: string;
  readonly ways: { readonly passkey: boolean; readonly provider: boolean };
  readonly refused: boolean;
}> = ({ view, pending, ways, refused }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.confirmTitle} scripts={["webauthn.js", "passkey.js"]}>
      {refused ? (
        <Notice tone="bad">
          <p>{t.confirmRefused}</p>
        </Notice>
      ) : null}
      <p>{ways.passkey || ways.provider ? t.confirm : t.confirmImpossible}</p>
      {ways.passkey ? (
        <PasskeyForm
          {...{ kind: "authenticate", action: "/confirm/passkey", options: "/confirm/options" }}
          {...{ csrf: view.csrf, fields: { pending, kept: "" }, words: passkeyWords(view.locale) }}
        >
          <Actions>
            <button>{t.confirmPasskey}</button>
            <a href="/" class="button secondary">
              {t.cancel}
            </a>
          </Actions>
        </PasskeyForm>
      ) : null}
      {ways.provider ? (
        <Actions>
          <a class={`button${ways.passkey ? " secondary" : ""}`} href={atProvider(pending)}>
            {t.confirmProvider}
          </a>
        </Actions>
      ) : null}
    </Page>
  );
};

/** A link and not a form: the page's policy lets no form lead to another host, not even by a redirect. */
const atProvider = (pending: string): string =>
  `/sign-in/openid?${new URLSearchParams({ fresh: "1", next: `/confirm/go-on?${new URLSearchParams({ pending })}` })}`;

/** After a confirmation: the last click; without `pending`, that the form is not there any more. */
export const GoOnPage: FC<{ readonly view: View; readonly pending: string | undefined }> = ({ view, pending }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.confirmTitle}>
      <p>{pending === undefined ? t.confirmGone : t.goOn}</p>
      {pending === undefined ? null : (
        <Form view={view} action="/confirm/go-on">
          <input type="hidden" name="pending" value={pending} />
          <button>{t.goOnButton}</button>
        </Form>
      )}
    </Page>
  );
};
