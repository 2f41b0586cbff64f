// The pages of a fresh factor.

import type { FC } from "hono/jsx";
import { Actions, Form } from "../../web/components/form.tsx";
import { Notice } from "../../web/components/parts.tsx";
import { PasskeyForm } from "../../web/components/passkey-form.tsx";
import { OPENID_PATH } from "../../web/identity/openid-routes.ts";
import { Page } from "../page.tsx";
import { HOME } from "../paths.ts";
import type { PortalView } from "../site.ts";
import { CodeFields } from "./code-fields.tsx";
import { words } from "./words.ts";

/** Where somebody goes on who has confirmed at the identity provider. */
export const GO_ON = "/confirm/go-on";

const confirmAtProvider = (pending: string): string =>
  `${OPENID_PATH}?${new URLSearchParams({ fresh: "1", next: `${GO_ON}?${new URLSearchParams({ pending })}` })}`;

/** Asks the person to prove once more to be there. `ways`: what this person can prove it with. `host`: of the portal. */
export const ConfirmPage: FC<{
  readonly view: PortalView;
  readonly pending: string;
  readonly ways: { readonly passkey: boolean; readonly code: boolean; readonly provider: boolean };
  readonly refused: boolean;
  readonly host: string;
}> = ({ view, pending, ways, refused, host }) => {
  const t = words[view.locale];
  const cancel = (
    <a href={HOME} class="button secondary">
      {t.cancel}
    </a>
  );
  return (
    <Page view={view} title={t.confirmTitle} scripts={ways.passkey ? ["webauthn.js", "passkey.js"] : []} once>
      {refused ? (
        <Notice tone="bad">
          <p>{t.confirmRefused}</p>
        </Notice>
      ) : null}
      <p>{ways.passkey || ways.code || ways.provider ? t.confirm : t.confirmImpossible}</p>
      {ways.passkey ? (
        <PasskeyForm
          {...{ kind: "authenticate", action: "/confirm/passkey", options: "/confirm/options" }}
          {...{ csrf: view.csrf, fields: { pending, kept: "" }, words: t.passkeyLines }}
        >
          <Actions>
            <button data-with-script hidden>
              {t.confirmPasskey}
            </button>
            {ways.code ? null : cancel}
          </Actions>
        </PasskeyForm>
      ) : null}
      {ways.provider ? (
        <Actions>
          <a class={ways.passkey ? "button secondary" : "button"} href={confirmAtProvider(pending)}>
            {t.confirmProvider}
          </a>
          {ways.passkey || ways.code ? null : cancel}
        </Actions>
      ) : null}
      {ways.code ? (
        <Form view={view} action="/confirm/code" class="slim">
          <input type="hidden" name="pending" value={pending} />
          <CodeFields locale={view.locale} person={view.person} host={host} />
          <Actions>
            <button class={ways.passkey ? "secondary" : undefined}>{t.confirmCode}</button>
            {cancel}
          </Actions>
        </Form>
      ) : null}
    </Page>
  );
};

/** Says that everything is ready, and sends the form that waits. */
export const GoOnPage: FC<{ readonly view: PortalView; readonly pending: string }> = ({ view, pending }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.confirmedTitle}>
      <p>{t.confirmed}</p>
      <Form view={view} action={GO_ON}>
        <input type="hidden" name="pending" value={pending} />
        <Actions>
          <button>{t.goOn}</button>
          <a href={HOME} class="button secondary">
            {t.cancel}
          </a>
        </Actions>
      </Form>
    </Page>
  );
};

/** Says that the form is not there any more. */
export const GonePage: FC<{ readonly view: PortalView }> = ({ view }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.confirmTitle}>
      <p>{t.confirmGone}</p>
    </Page>
  );
};
