// The page on which somebody signs in, and the page that waits for another device.

import { raw } from "hono/html";
import type { FC } from "hono/jsx";
import { PasskeyForm } from "../../web/components/passkey-form.tsx";
import { CSRF_FIELD } from "../../web/csrf.ts";
import type { Locale } from "../../web/locale.ts";
import { Line, Said, StsPage } from "../page.tsx";
import { words } from "../words.ts";

/** A code of the app, or a recovery code with its hyphen and some blanks. */
const CODE_CHARS = 20;
const ADDRESS_CHARS = 256;
const PASSPHRASE_CHARS = 256;
/** How often the page that waits loads itself again where there is no script, seconds. */
const AGAIN_S = 5;

/** Why somebody sees the page again. */
export type SignInSaid = "refused" | "refusedPasskey" | "refusedApproval" | "refusedIssue";

type SignInProps = {
  readonly locale: Locale;
  readonly csrf: string;
  /** The sealed sign-in of the pool. */
  readonly flow: string;
  /** Where people have made their factors. */
  readonly portal: string;
  readonly byPasskey: boolean;
  readonly said?: SignInSaid | undefined;
  readonly typed?: string | undefined;
};

export const SignInPage: FC<SignInProps> = ({ locale, csrf, flow, portal, byPasskey, said, typed = "" }) => {
  const t = words[locale];
  const spelled = { autocapitalize: "none", autocorrect: "off", spellcheck: "false" };
  const hidden = (
    <>
      <input type="hidden" name={CSRF_FIELD} value={csrf} />
      <input type="hidden" name="flow" value={flow} />
    </>
  );
  return (
    <StsPage
      {...{ locale, title: t.title, languages: { csrf, flow }, script: "go.js" }}
      modules={byPasskey ? ["webauthn.js", "passkey.js", "sts.js"] : []}
    >
      {said === undefined ? null : (
        <Said bad>
          <p>{t[said]}</p>
        </Said>
      )}
      {byPasskey ? (
        <div data-with-passkeys hidden>
          <PasskeyForm
            {...{ kind: "authenticate", action: "/passive/passkey", options: "/passive/passkey/options", csrf }}
            {...{ fields: { flow }, words: t.passkeyLines }}
          >
            <input type="submit" class="press" value={t.withPasskey} />
            <p class="hint">{t.passkeyMore}</p>
          </PasskeyForm>
        </div>
      ) : null}
      <h2 class={byPasskey ? undefined : "first"}>{t.codeTitle}</h2>
      <form method="post" action="/passive/code">
        {hidden}
        <Line
          {...{ label: t.address, id: "address", name: "address", hint: t.addressHint, value: typed, type: "text" }}
          {...{ inputmode: "email", autocomplete: "username", maxlength: ADDRESS_CHARS, required: true, ...spelled }}
        />
        <Line
          {...{ label: t.passphrase, id: "passphrase", name: "passphrase", hint: t.passphraseHint(portal) }}
          {...{ type: "password", autocomplete: "current-password", maxlength: PASSPHRASE_CHARS, required: true }}
        />
        <Line
          {...{ label: t.code, id: "code", name: "code", hint: t.codeHint, type: "text", maxlength: CODE_CHARS }}
          {...{ autocomplete: "one-time-code", required: true, ...spelled }}
        />
        <input type="submit" class="press" value={t.signIn} />
      </form>
      <h2>{t.otherTitle}</h2>
      <p>{t.other(portal)}</p>
      <form method="post" action="/passive/ask">
        {hidden}
        <Line
          {...{ label: t.address, id: "other", name: "address", hint: t.addressHint, value: typed, type: "text" }}
          {...{ inputmode: "email", autocomplete: "username", maxlength: ADDRESS_CHARS, required: true, ...spelled }}
        />
        <input type="submit" class="press quiet" value={t.showNumber} />
      </form>
    </StsPage>
  );
};

/** Shows the number. `look`: where a script asks whether it was picked. `again`: this page again. `back`: the sign-in. */
export const WaitPage: FC<{
  readonly locale: Locale;
  readonly portal: string;
  readonly number: number;
  readonly look: string;
  readonly again: string;
  readonly back: string;
}> = ({ locale, portal, number, look, again, back }) => {
  const t = words[locale];
  return (
    <StsPage {...{ locale, title: t.waitTitle, script: "go.js", head: reload(again) }}>
      <p>{t.wait(portal)}</p>
      <p class="number" id="waiting" data-look={look} data-then={again}>
        <span class="unseen">{`${t.waitNumber}: `}</span>
        {number}
      </p>
      <p>{t.waitMore}</p>
      <a class="press quiet" href={back}>
        {t.waitCancel}
      </a>
    </StsPage>
  );
};

/** A browser without scripts loads the page again. `again` has nothing that would need escaping: it is our own link. */
const reload = (again: string) =>
  raw(`<noscript><meta http-equiv="refresh" content="${AGAIN_S}; url=${again.replaceAll("&", "&amp;")}"></noscript>`);
