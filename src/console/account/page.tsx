// "My sign-in": the passkeys of the person who looks, and the sessions.

import type { FC } from "hono/jsx";
import type { Passkey } from "../../store/passkeys.ts";
import type { WebSession } from "../../store/web-sessions.ts";
import { Form } from "../../web/components/form.tsx";
import { Notice } from "../../web/components/parts.tsx";
import { PasskeyForm } from "../../web/components/passkey-form.tsx";
import { PasskeyTable, SessionTable } from "../../web/components/sign-in-tables.tsx";
import { Section } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import { passkeyWords } from "../sign-in/pages.tsx";
import type { View } from "../site.ts";
import { words } from "./words.ts";

export type AccountProps = {
  readonly view: View;
  readonly rpId: string;
  readonly passkeys: readonly Passkey[];
  readonly sessions: readonly WebSession[];
  readonly said?: { readonly tone: "good" | "bad"; readonly text: string } | undefined;
  /** The person is confirmed, so a passkey may be added at once. */
  readonly ready?: boolean;
};

export const AccountPage: FC<AccountProps> = ({ view, rpId, passkeys, sessions, said, ready }) => {
  const t = words[view.locale];
  const kind = (each: Passkey): string =>
    each.rpId !== rpId ? t.otherConsole : each.deviceType === "multiDevice" ? t.synced : t.bound;
  return (
    <Page view={view} title={t.title} scripts={ready ? ["webauthn.js", "passkey.js"] : []}>
      {said === undefined ? null : (
        <Notice tone={said.tone}>
          <p>{said.text}</p>
        </Notice>
      )}
      <Section title={t.passkeys}>
        <p class="muted">{t.passkeysIntro}</p>
        <PasskeyTable view={view} passkeys={passkeys} path="/account/passkeys" kind={kind} words={t} />
        {ready ? (
          <PasskeyForm
            {...{ kind: "register", action: "/account/passkeys", options: "/account/passkeys/options" }}
            {...{ csrf: view.csrf, words: passkeyWords(view.locale) }}
          >
            <button data-with-script hidden>
              {t.add}
            </button>
          </PasskeyForm>
        ) : (
          <Form view={view} action="/account/passkeys/new">
            <button class="secondary">{t.add}</button>
          </Form>
        )}
      </Section>
      <Section title={t.sessions}>
        <p class="muted">{t.sessionsIntro}</p>
        <SessionTable
          {...{ view, sessions, words: t }}
          path="/account/sessions"
          endOthers="danger"
          columns={[
            { head: t.network, cell: ({ source }) => source },
            { head: t.how, cell: ({ how }) => t.ways[how] },
          ]}
        />
      </Section>
    </Page>
  );
};
