// "My sign-in": the passkeys of the person who looks, and the sessions.

import type { FC } from "hono/jsx";
import { browserName } from "../../core/text/browser-name.ts";
import type { Passkey } from "../../store/passkeys.ts";
import type { WebSession } from "../../store/web-sessions.ts";
import { Form } from "../../web/components/form.tsx";
import { Badge, Notice, Time } from "../../web/components/parts.tsx";
import { Section, Table } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import { PasskeyLines } from "../sign-in/pages.tsx";
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
  return (
    <Page view={view} title={t.title} scripts={ready ? ["webauthn.js", "passkey.js"] : []}>
      {said === undefined ? null : (
        <Notice tone={said.tone}>
          <p>{said.text}</p>
        </Notice>
      )}
      <Section title={t.passkeys}>
        <p class="muted">{t.passkeysIntro}</p>
        <Table
          caption={t.passkeys}
          rows={passkeys}
          empty={t.noPasskeys}
          columns={[
            { head: t.name, main: true, cell: (each) => each.name },
            {
              head: t.kind,
              cell: (each) =>
                each.rpId !== rpId ? t.otherConsole : each.deviceType === "multiDevice" ? t.synced : t.bound,
            },
            { head: t.made, cell: (each) => <Time reader={view} at={iso(each.createdAt)} /> },
            {
              head: t.used,
              cell: (each) => <Time reader={view} at={isoOrNull(each.lastUsedAt)} never={t.never} />,
            },
            {
              head: "",
              cell: (each) => (
                <details>
                  <summary>{t.change}</summary>
                  <Form view={view} action="/account/passkeys/rename">
                    <input type="hidden" name="id" value={each.id} />
                    <input name="name" value={each.name} maxlength={100} required aria-label={t.name} />
                    <button class="small secondary">{t.rename}</button>
                  </Form>
                  <Form view={view} action="/account/passkeys/remove">
                    <input type="hidden" name="id" value={each.id} />
                    <button class="small danger">{t.remove}</button>
                  </Form>
                </details>
              ),
            },
          ]}
        />
        {ready ? (
          <form
            method="post"
            action="/account/passkeys"
            data-passkey="register"
            data-options="/account/passkeys/options"
          >
            <input type="hidden" name="csrf" value={view.csrf} />
            <input type="hidden" name="response" />
            <PasskeyLines locale={view.locale} />
            <button data-with-script hidden>
              {t.add}
            </button>
          </form>
        ) : (
          <Form view={view} action="/account/passkeys/new">
            <button class="secondary">{t.add}</button>
          </Form>
        )}
      </Section>
      <Section title={t.sessions}>
        <p class="muted">{t.sessionsIntro}</p>
        <Table
          caption={t.sessions}
          rows={sessions}
          empty=""
          columns={[
            {
              head: t.from,
              main: true,
              cell: ({ id, source, userAgent }) => (
                <>
                  {browserName(userAgent) || userAgent.slice(0, 60)} <small>{source}</small>{" "}
                  {id === view.session.id ? <Badge tone="good">{t.thisOne}</Badge> : null}
                </>
              ),
            },
            { head: t.how, cell: ({ how }) => t.ways[how] },
            { head: t.since, cell: ({ createdAt }) => <Time reader={view} at={iso(createdAt)} /> },
            { head: t.seen, cell: ({ seenAt }) => <Time reader={view} at={iso(seenAt)} /> },
            {
              head: "",
              cell: ({ id }) =>
                id === view.session.id ? null : (
                  <Form view={view} action="/account/sessions/end">
                    <input type="hidden" name="id" value={id} />
                    <button class="small secondary">{t.end}</button>
                  </Form>
                ),
            },
          ]}
        />
        {sessions.length < 2 ? null : (
          <Form view={view} action="/account/sessions/end-others">
            <button class="danger">{t.endOthers}</button>
          </Form>
        )}
      </Section>
    </Page>
  );
};

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));
