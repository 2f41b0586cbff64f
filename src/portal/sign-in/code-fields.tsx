// The fields of somebody who signs in with a passphrase and a code, and the warning that belongs beside them.

import type { FC } from "hono/jsx";
import type { User } from "../../store/directory.ts";
import { Field } from "../../web/components/form.tsx";
import type { Locale } from "../../web/locale.ts";
import { addressOf } from "../site.ts";
import { words } from "./words.ts";

/** A code of the app, or a recovery code with its hyphen and some blanks. */
const CODE_CHARS = 20;
/** What a name may have at most, and a passphrase in its longest spelling. */
const ADDRESS_CHARS = 256;
const PASSPHRASE_CHARS = 256;

/**
 * Passphrase and code. `person`: who is signed in already, so only password managers need the address. `typed`: the
 * address that was typed, after which the person goes on at the passphrase. `host`: where alone people should type it.
 */
export const CodeFields: FC<{
  readonly locale: Locale;
  readonly host: string;
  readonly person?: Pick<User, "sipUri">;
  readonly typed?: string;
}> = ({ locale, host, person, typed = "" }) => {
  const t = words[locale];
  return (
    <>
      {person === undefined ? (
        <Field
          {...{ label: t.address, name: "address", value: typed, hint: t.addressHint, required: true }}
          {...{ type: "text", inputmode: "email", autocomplete: "username webauthn", maxlength: ADDRESS_CHARS }}
          {...{ autocapitalize: "none", autocorrect: "off", spellcheck: "false" }}
        />
      ) : (
        <input type="text" name="address" autocomplete="username" value={addressOf(person)} readonly hidden />
      )}
      <Field
        {...{ label: t.passphrase, name: "passphrase", type: "password", hint: t.passphraseHint, required: true }}
        {...{ autocomplete: "current-password", maxlength: PASSPHRASE_CHARS }}
        {...(typed === "" ? {} : { autofocus: true })}
      />
      <Field
        {...{ label: t.code, name: "code", hint: t.codeHint, required: true, autocomplete: "one-time-code" }}
        {...{ autocapitalize: "none", autocorrect: "off", spellcheck: "false", maxlength: CODE_CHARS }}
      />
      <p>
        <small>{t.where(host)}</small>
      </p>
    </>
  );
};
