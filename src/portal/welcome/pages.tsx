// The pages of coming in with an invitation.

import type { FC } from "hono/jsx";
import { Field } from "../../web/components/form.tsx";
import { Notice } from "../../web/components/parts.tsx";
import type { Locale } from "../../web/locale.ts";
import { type CodesFault, CodesForm } from "../factors/codes.tsx";
import { NewPasskeyForm } from "../factors/passkey.tsx";
import { words as factors } from "../factors/words.ts";
import { OpenPage, Page } from "../page.tsx";
import { JOIN, SIGN_IN, WELCOME } from "../paths.ts";
import { addressOf, nameOf, type PortalView } from "../site.ts";
import { words } from "./words.ts";

/** Asks for the code. `fault`: what was wrong with the last one. `typed`: a mistyped one, to be mended. */
export const JoinPage: FC<{
  readonly locale: Locale;
  readonly fault?: "refused" | "mistyped";
  readonly typed?: string;
}> = ({ locale, fault, typed = "" }) => {
  const t = words[locale];
  return (
    <OpenPage {...{ locale, title: t.joinTitle, path: JOIN, scripts: ["join.js"] as const }}>
      {fault === "refused" ? (
        <Notice tone="bad">
          <p>{t.refused}</p>
        </Notice>
      ) : (
        <p>{t.intro}</p>
      )}
      <form method="post" action={JOIN} data-join>
        <div data-typed>
          <Field
            {...{ label: t.code, name: "code", value: typed, hint: t.codeHint, required: true, maxlength: 100 }}
            {...{ autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false" }}
            error={fault === "mistyped" ? t.mistyped : undefined}
          />
        </div>
        <p data-linked hidden>
          {t.linked}
        </p>
        <button class="wide">{t.goOn}</button>
      </form>
      <p>
        <a href={SIGN_IN}>{t.toSignIn}</a>
      </p>
    </OpenPage>
  );
};

/** Asks how somebody wants to sign in from now on. `byPasskey`: whether passkeys can be made. */
export const ChoosePage: FC<{
  readonly view: PortalView;
  readonly byPasskey: boolean;
  /** The person has signed in before, and adds to that. */
  readonly again: boolean;
  readonly denied?: string;
}> = ({ view, byPasskey, again, denied }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.hello(nameOf(view.person))} scripts={byPasskey ? ["webauthn.js", "passkey.js"] : []}>
      {denied === undefined ? null : (
        <Notice tone="bad">
          <p>{denied}</p>
        </Notice>
      )}
      <p>{t.choose}</p>
      {again ? <p>{t.again}</p> : null}
      {byPasskey ? (
        <>
          <NewPasskeyForm view={view} action={`${WELCOME}/passkey`} said={t.passkey} />
          <p>
            <small>{t.passkeyMore}</small>
          </p>
          <noscript>
            <p>{t.noScript}</p>
          </noscript>
        </>
      ) : (
        <p>{t.noPasskeys}</p>
      )}
      <a class="button secondary wide" href={`${WELCOME}/codes`}>
        {t.codes}
      </a>
      <p>
        <small>{t.codesMore}</small>
      </p>
      <p>
        <small>{t.notYou(addressOf(view.person))}</small>
      </p>
    </Page>
  );
};

/** Asks for a passphrase and for the code of an app. */
export const ChooseCodesPage: FC<{
  readonly view: PortalView;
  readonly host: string;
  readonly app: Parameters<typeof CodesForm>[0]["app"];
  readonly fault?: CodesFault;
  readonly denied?: string;
}> = ({ view, host, app, fault, denied }) => (
  <Page view={view} title={factors[view.locale].codesTitle} once>
    {denied === undefined ? null : (
      <Notice tone="bad">
        <p>{denied}</p>
      </Notice>
    )}
    <CodesForm {...{ view, host, app, fault, action: `${WELCOME}/codes`, parts: ["passphrase", "app"] }} />
  </Page>
);
