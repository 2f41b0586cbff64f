// A passphrase and an authenticator app: the form in which both, or one of them, are set, and the steps at the person's
// guard. The app's secret stands sealed in the form, so nothing is kept until the person has proved that the app has it.

import type { FC } from "hono/jsx";
import { type PassphraseFault, readNewPassphrase, stretchPassphrase } from "../../core/credentials/passphrase.ts";
import { newTotpSecret, openTotpSecret, sealTotpSecret, totpText, totpUri } from "../../core/credentials/totp.ts";
import type { PortalDenial } from "../../guards/portal-question.ts";
import { Field, Form } from "../../web/components/form.tsx";
import { Copyable } from "../../web/components/parts.tsx";
import { QrCode } from "../../web/components/qr.tsx";
import { frameWords } from "../frame-words.ts";
import { addressOf, type PortalContext, type PortalView, type PortalVisit } from "../site.ts";
import { words } from "./words.ts";

/** What a form sets. */
export type CodesPart = "passphrase" | "app";

/** What was wrong with it, at which field. */
export type CodesFault = { readonly passphrase?: PassphraseFault; readonly code?: "wrong-code" };

/** The longest passphrase in its longest spelling. */
const MAX_TYPED_CHARS = 512;

/** A secret for an app, and the same sealed for the form. */
type AppSecret = { readonly secret: Uint8Array; readonly sealed: string };

/** The secret that the form has, or a new one. */
export function appSecretOf({ config: { keyring } }: PortalVisit, userId: string, form?: URLSearchParams): AppSecret {
  const given = form?.get("app") ?? "";
  const opened = openTotpSecret(keyring, userId, given);
  if (opened.ok) return { secret: opened.value, sealed: given };
  const secret = newTotpSecret();
  return { secret, sealed: sealTotpSecret(keyring, userId, secret) };
}

/** The form. `parts`: what it sets. `app`: the secret for the app. */
export const CodesForm: FC<{
  readonly view: PortalView;
  readonly action: string;
  readonly host: string;
  readonly parts: readonly CodesPart[];
  readonly app: AppSecret;
  readonly fault?: CodesFault | undefined;
}> = ({ view, action, host, parts, app, fault = {} }) => {
  const t = words[view.locale];
  const address = addressOf(view.person);
  const both = parts.length > 1;
  const uri = () => totpUri(app.secret, { issuer: `${frameWords[view.locale].issuer} (${host})`, label: address });
  return (
    <Form view={view} action={action} class="slim">
      <input type="text" name="address" autocomplete="username" value={address} readonly hidden />
      {parts.includes("passphrase") ? (
        <>
          {both ? <h2>{t.step1}</h2> : null}
          <Field
            {...{ label: t.newPassphrase, name: "passphrase", type: "password", hint: t.newPassphraseHint }}
            {...{ required: true, autocomplete: "new-password", minlength: 12, maxlength: MAX_TYPED_CHARS }}
            error={fault.passphrase && t.faults[fault.passphrase]}
          />
        </>
      ) : null}
      {parts.includes("app") ? (
        <>
          {both ? <h2>{t.step2}</h2> : null}
          <p>{t.scan}</p>
          <QrCode text={uri()} alt={t.qrAlt} />
          <p id="key-label">{t.key}</p>
          <Copyable id="key" text={totpText(app.secret)} copy={t.keyCopy} copied={t.keyCopied} />
          <input type="hidden" name="app" value={app.sealed} />
          {both ? <h2>{t.step3}</h2> : null}
          <Field
            {...{
              label: t.code6,
              name: "code",
              hint: t.code6Hint(host),
              required: true,
              autocomplete: "one-time-code",
            }}
            {...{ inputmode: "numeric", maxlength: 12, spellcheck: "false" }}
            error={fault.code && t.faults[fault.code]}
          />
        </>
      ) : null}
      <button>{t.save}</button>
    </Form>
  );
};

/** Sets what a form has. A fault is shown at its field; a denial is the guard's. */
export async function setCodes(
  c: PortalContext,
  parts: readonly CodesPart[],
): Promise<{ readonly fault: CodesFault } | { readonly denied: PortalDenial } | undefined> {
  const { view, form } = c.var;
  const { person, session, about } = view;
  const typed = (form.get("passphrase") ?? "").slice(0, 2 * MAX_TYPED_CHARS);
  const passphrase = parts.includes("passphrase") ? readNewPassphrase(typed, namesOf(view)) : undefined;
  if (passphrase?.ok === false) return { fault: { passphrase: passphrase.reason } };
  const { hash } = session;
  if (parts.includes("app")) {
    const { sealed } = appSecretOf(c.env, person.id, form);
    const code = (form.get("code") ?? "").slice(0, MAX_TYPED_CHARS);
    const answer = await view.guard({ kind: "set-totp", sealed, code, hash, about });
    if (answer.kind === "denied") {
      return answer.reason === "wrong-code" ? { fault: { code: "wrong-code" } } : { denied: answer.reason };
    }
  }
  if (passphrase?.ok) {
    const stretched = stretchPassphrase(passphrase.value, person.id);
    const answer = await view.guard({ kind: "set-passphrase", stretched, hash, about });
    if (answer.kind === "denied") return { denied: answer.reason };
  }
  return undefined;
}

/** What everybody knows of a person. */
const namesOf = ({ person }: PortalView): readonly string[] => [
  person.account,
  addressOf(person).split("@")[0] ?? "",
  ...(person.displayName ?? "").split(/\s+/),
];
