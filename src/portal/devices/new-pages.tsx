// Setting up a device: which one it is, what it is called, and its app password with the fields of its app, this once.

import type { Child, FC } from "hono/jsx";
import type { CodeSettings } from "../../core/credentials/code-settings.ts";
import type { Outlook } from "../../core/policy/outlook.ts";
import { Field, Form, Tick } from "../../web/components/form.tsx";
import { Copyable, Facts, format, Notice } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import { addressOf, type PortalView } from "../site.ts";
import { clientWords } from "./client-words.ts";
import { MAX_NAME_CHARS } from "./deeds.ts";
import { APP_ADDRESS, DEVICE_KINDS, type DeviceKind, mayAskCode, opensApp } from "./kinds.ts";
import { dayOf, passwordPath, waitingPath } from "./parts.tsx";
import { words } from "./words.ts";

/** Asks what the device is. */
export const WhichPage: FC<{ readonly view: PortalView; readonly readOn: DeviceKind | undefined }> = ({
  view,
  readOn,
}) => {
  const t = clientWords[view.locale];
  // On a phone the most likely thing is this very phone.
  const kinds = [...DEVICE_KINDS].sort((a, b) => Number(b === readOn) - Number(a === readOn));
  return (
    <Page view={view} title={words[view.locale].newTitle}>
      <h2>{words[view.locale].which}</h2>
      <div class="tasks">
        {kinds.map((kind) => (
          <a class="task pick" href={`/devices/new/${kind}`}>
            <b>{t[kind].said}</b>
            <small>{t[kind].more}</small>
          </a>
        ))}
      </div>
    </Page>
  );
};

/** Asks for its name, and says what becomes of it. `fault`: why no password was made. */
export const NamePage: FC<{
  readonly view: PortalView;
  readonly kind: DeviceKind;
  readonly name: string;
  readonly once: string;
  readonly outlook: Outlook;
  /** Whether its password may ask for a code, has to, or must not. */
  readonly codes: CodeSettings["mode"];
  readonly fault?: string | undefined;
}> = ({ view, kind, name, once, outlook, codes, fault }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={`${t.newTitle}: ${clientWords[view.locale][kind].said}`}>
      {fault === undefined ? null : (
        <Notice tone="bad">
          <p>{fault}</p>
        </Notice>
      )}
      <section class="step">
        <OutlookNotice {...{ view, outlook }} />
        <Form view={view} action={`/devices/new/${kind}`}>
          <input type="hidden" name="once" value={once} />
          <Field
            {...{ label: t.nameIt, name: "name", value: name, hint: t.nameHint, required: true }}
            {...{ maxlength: String(MAX_NAME_CHARS), autocomplete: "off" }}
          />
          {codes === "allowed" && mayAskCode(kind) ? <Tick label={t.codeTick} name="code" hint={t.codeHint} /> : null}
          {codes === "required" ? <p>{mayAskCode(kind) ? t.codeRequired : t.codeRequiredPhone}</p> : null}
          <p>{t.onlyOnce}</p>
          <div class="actions">
            <button>{t.show}</button>
            <a class="button secondary" href="/devices/new">
              {t.cancel}
            </a>
          </div>
        </Form>
      </section>
    </Page>
  );
};

/** What becomes of the device when it has signed in. */
const OutlookNotice: FC<{ readonly view: PortalView; readonly outlook: Outlook }> = ({ view, outlook }) => {
  const { outlook: t, mine } = words[view.locale];
  return (
    <Notice tone={outlook.kind === "open" || outlook.kind === "self" ? "quiet" : "wait"}>
      <p>{said()}</p>
      {outlook.kind === "full" ? (
        <p>
          <a href="/devices">{mine}</a>
        </p>
      ) : null}
    </Notice>
  );

  function said(): string {
    switch (outlook.kind) {
      case "window":
        return t.window(format(view, outlook.until, { timeStyle: "short" }));
      case "full":
        return t.full(outlook.limit);
      default:
        return t[outlook.kind];
    }
  }
};

type ShownProps = {
  readonly view: PortalView;
  readonly kind: DeviceKind;
  readonly readOn: DeviceKind | undefined;
  readonly name: string;
  readonly password: string;
  readonly asksCode: boolean;
};

/** Shows the app password, this once, and waits for the device. `arrival`: what is known of it so far. */
export const PasswordPage: FC<ShownProps & { readonly outlook: Outlook; readonly arrival: Child }> = (props) => {
  const { view, name, outlook, arrival } = props;
  const t = words[view.locale];
  return (
    <Page view={view} title={t.madeTitle(name)} scripts={["htmx.js"]} once>
      <div class="columns">
        <Secret {...props} note={<p>{t.onlyNow}</p>} />
        <section>{arrival}</section>
      </div>
      {outlook.kind === "open" ? null : <OutlookNotice {...{ view, outlook }} />}
      <Fields {...props} />
    </Page>
  );
};

/** Shows the new secret of an app password that stays. */
export const RenewedPage: FC<ShownProps & { readonly expiresAt: number | null; readonly oldUntil: number }> = (
  props,
) => {
  const { view, name, expiresAt, oldUntil } = props;
  const t = words[view.locale];
  return (
    <Page view={view} title={t.renewedTitle(name)} once>
      <Secret
        {...props}
        note={
          <>
            <p>{t.onlyNow}</p>
            <p>
              {expiresAt === null ? "" : `${t.ends(dayOf(view, expiresAt))} `}
              {t.oldUntil(dayOf(view, oldUntil))}
            </p>
          </>
        }
      />
      <p>{t.renewedNext}</p>
      <Fields {...props} />
    </Page>
  );
};

const Secret: FC<ShownProps & { readonly note: Child }> = ({ view, kind, readOn, password, asksCode, note }) => {
  const t = words[view.locale];
  return (
    <section class="secret">
      <Copyable
        {...{ id: "secret", text: password, copied: t.copied }}
        {...(opensApp(kind, readOn) ? { copy: t.copyAndOpen, open: APP_ADDRESS } : { copy: t.copy })}
      />
      {opensApp(kind, readOn) ? (
        <p data-with-script hidden>
          <small>{t.openHint}</small>
        </p>
      ) : null}
      {asksCode ? (
        <Notice tone="wait">
          <p>{t.codeType}</p>
        </Notice>
      ) : null}
      {note}
    </section>
  );
};

/** What to type where, and what to leave alone. */
const Fields: FC<ShownProps> = ({ view, kind, asksCode }) => {
  const t = words[view.locale];
  const client = clientWords[view.locale][kind];
  const { domain, account } = view.person;
  return (
    <Section title={t.type}>
      <Facts
        facts={[
          [t.address, <Copied {...{ view, id: "address", text: addressOf(view.person) }} />],
          [
            t.user,
            <>
              <Copied {...{ view, id: "user", text: `${domain}\\${account}` }} />
              <small class="under">{t.userMore}</small>
            </>,
          ],
          [t.password, <small class="under">{asksCode ? t.passwordWithCode : t.passwordMore}</small>],
        ]}
      />
      <h3>{t.steps}</h3>
      <ol class="steps">
        {client.steps.map((step) => (
          <li>{step}</li>
        ))}
      </ol>
      <h3>{t.leave}</h3>
      <p>{client.leave}</p>
    </Section>
  );
};

/** A text of a field, and a small button that copies it. */
const Copied: FC<{ readonly view: PortalView; readonly id: string; readonly text: string }> = ({ view, id, text }) => {
  const t = words[view.locale];
  return (
    <span class="copied">
      <b id={id} translate="no">
        {text}
      </b>{" "}
      <button
        type="button"
        class="small secondary"
        data-copy={id}
        data-copied={t.copied}
        aria-label={`${t.copy}: ${text}`}
        data-with-script
        hidden
      >
        {t.copy}
      </button>
    </span>
  );
};

/** The form was sent once more: nothing is shown again. */
export const ShownAlreadyPage: FC<{ readonly view: PortalView; readonly id: string }> = ({ view, id }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.shownAlready}>
      <section class="step">
        <p>{t.shownAlreadyMore}</p>
        <div class="actions">
          <a class="button" href={waitingPath(id)}>
            {t.wait}
          </a>
          <a class="button secondary" href="/devices/new">
            {t.makeAnother}
          </a>
          <Form view={view} action={`${passwordPath(id)}/end`}>
            <button class="danger">{t.end}</button>
          </Form>
        </div>
      </section>
    </Page>
  );
};

/** Asks whether a new secret is wanted. */
export const RenewPage: FC<{
  readonly view: PortalView;
  readonly id: string;
  readonly name: string;
  /** When it was renewed last, so that the same form renews once. */
  readonly renewedAt: number | null;
  readonly back: string;
  readonly fault?: string | undefined;
}> = ({ view, id, name, renewedAt, back, fault }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.renewTitle}>
      {fault === undefined ? null : (
        <Notice tone="bad">
          <p>{fault}</p>
        </Notice>
      )}
      <section class="step">
        <p>
          <b>{t.renewSure(name)}</b>
        </p>
        <p>{t.renewHint}</p>
        <p>{t.renewStolen}</p>
        <p>{t.onlyOnce}</p>
        <Form view={view} action={`${passwordPath(id)}/renew`}>
          <input type="hidden" name="renewed" value={String(renewedAt ?? 0)} />
          <div class="actions">
            <button>{t.renewButton}</button>
            <a class="button secondary" href={back}>
              {t.cancel}
            </a>
          </div>
        </Form>
      </section>
    </Page>
  );
};
