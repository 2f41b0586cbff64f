// "Security": what the person signs in with, and where the person is signed in.

import type { FC } from "hono/jsx";
import type { PortalFactors, PortalSession, ShownPasskey } from "../../guards/portal-question.ts";
import { Actions, Form } from "../../web/components/form.tsx";
import { Facts, Notice, Time } from "../../web/components/parts.tsx";
import { PasskeyTable, SessionTable } from "../../web/components/sign-in-tables.tsx";
import { Section } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import { SECURITY } from "../paths.ts";
import type { PortalView } from "../site.ts";
import { words } from "./words.ts";

export type SecurityProps = {
  readonly view: PortalView;
  readonly factors: PortalFactors;
  readonly sessions: readonly PortalSession[];
  /** The name for which passkeys are made now, and whether they work. */
  readonly rpId: string;
  readonly byPasskey: boolean;
  readonly said?: { readonly tone: "good" | "bad" | "wait"; readonly text: string } | undefined;
};

/** What somebody may start on this page. */
export type Start = "passkey" | "codes" | "passphrase" | "app";

export const SecurityPage: FC<SecurityProps> = (props) => {
  const { view, said } = props;
  const t = words[view.locale];
  return (
    <Page view={view} title={t.title}>
      {said === undefined ? null : (
        <Notice tone={said.tone}>
          <p>{said.text}</p>
        </Notice>
      )}
      <p class="muted">{t.intro}</p>
      <Passkeys {...props} />
      <Codes {...props} />
      <Recovery {...props} />
      <Sessions {...props} />
    </Page>
  );
};

const StartForm: FC<{ readonly view: PortalView; readonly what: Start; readonly said: string }> = ({
  view,
  what,
  said,
}) => (
  <Form view={view} action={`${SECURITY}/start`}>
    <input type="hidden" name="what" value={what} />
    <button class="secondary">{said}</button>
  </Form>
);

const Passkeys: FC<SecurityProps> = ({ view, factors, rpId, byPasskey }) => {
  const t = words[view.locale];
  const { passkeys, passphrase } = factors;
  const where = (each: ShownPasskey): string => {
    if (each.rpId !== rpId) return t.otherAddress;
    return each.deviceType === "multiDevice" || each.backedUp ? t.synced : t.bound;
  };
  return (
    <Section title={t.passkeys} id="passkeys">
      <p class="muted">{t.passkeysIntro}</p>
      <PasskeyTable view={view} passkeys={passkeys} path={`${SECURITY}/passkeys`} kind={where} words={t} />
      {passkeys.length === 1 && passphrase === null && passkeys[0]?.deviceType === "singleDevice" ? (
        <p>{t.oneOnly}</p>
      ) : null}
      {byPasskey ? (
        <StartForm view={view} what="passkey" said={t.addPasskey} />
      ) : (
        <Notice tone="wait">
          <p>{t.passkeysOff}</p>
        </Notice>
      )}
    </Section>
  );
};

const Codes: FC<SecurityProps> = ({ view, factors: { passphrase, totp, passkeys } }) => {
  const t = words[view.locale];
  const since = (at: number) => (
    <>
      {t.since} <Time reader={view} at={iso(at)} />
    </>
  );
  return (
    <Section title={t.codes} id="codes">
      <p class="muted">{t.codesIntro}</p>
      {passphrase === null || totp === null ? (
        <>
          <p>{t.noCodes}</p>
          <StartForm view={view} what="codes" said={t.setUp} />
        </>
      ) : (
        <>
          <Facts
            facts={[
              [t.passphrase, since(passphrase.since)],
              [t.app, since(totp.since)],
            ]}
          />
          <Actions>
            <StartForm view={view} what="passphrase" said={t.newPassphrase} />
            <StartForm view={view} what="app" said={t.newApp} />
          </Actions>
          {passkeys.length === 0 ? null : (
            <details>
              <summary>{t.removeCodes}</summary>
              <p>{t.removeCodesSure}</p>
              <Form view={view} action={`${SECURITY}/codes/remove`}>
                <button class="small danger">{t.removeCodes}</button>
              </Form>
            </details>
          )}
        </>
      )}
    </Section>
  );
};

const Recovery: FC<SecurityProps> = ({ view, factors: { recovery, passphrase, totp } }) => {
  const t = words[view.locale];
  if (passphrase === null || totp === null) return null;
  const left = recovery?.left ?? 0;
  return (
    <Section title={t.recovery} id="recovery">
      <p class="muted">{t.recoveryIntro}</p>
      <p>{recovery === null ? t.noRecovery : left === 0 ? t.noneLeft : t.left(left)}</p>
      <Form view={view} action={`${SECURITY}/recovery-codes`}>
        <button class="secondary">{t.newCodes}</button>
        {recovery === null ? null : <small> {t.newCodesMore}</small>}
      </Form>
    </Section>
  );
};

const Sessions: FC<SecurityProps> = ({ view, sessions }) => {
  const t = words[view.locale];
  return (
    <Section title={t.sessions} id="sessions">
      <p class="muted">{t.sessionsIntro}</p>
      <SessionTable
        {...{ view, sessions, words: t }}
        path={`${SECURITY}/sessions`}
        endOthers="secondary"
        columns={[
          { head: t.how, cell: (each) => t.hows[each.how] },
          { head: t.network, cell: (each) => each.source },
        ]}
      />
    </Section>
  );
};

const iso = (ms: number): string => new Date(ms).toISOString();
