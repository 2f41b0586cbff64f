// The pages of an invitation: the code, the device, and the app password, which is shown once.

import type { FC, PropsWithChildren } from "hono/jsx";
import type { Outlook } from "../core/policy/outlook.ts";
import { Field } from "../web/components/form.tsx";
import { Document } from "../web/components/layout.tsx";
import { Copyable, Facts, format, Notice, type Reader } from "../web/components/parts.tsx";
import type { Invited } from "./join.ts";
import { words } from "./words.ts";

/** What somebody can set up. */
export const DEVICES = ["iphone", "android", "windows", "mac", "other"] as const;
export type DeviceKind = (typeof DEVICES)[number];

type FrameProps = PropsWithChildren<{
  readonly reader: Reader;
  readonly title: string;
  readonly script?: boolean;
  readonly once?: boolean;
}>;

const Frame: FC<FrameProps> = ({ reader: { locale }, title, script = false, once = false, children }) => (
  <Document
    {...{ locale, title: words[locale].title, site: words[locale].site, path: "/join", narrow: true, once }}
    scripts={script ? ["join.js"] : []}
  >
    <article>
      <h1>{title}</h1>
      {children}
    </article>
  </Document>
);

/** Asks for the code. `fault`: what was wrong with the last one. `typed`: a mistyped one, to be mended. */
export const CodePage: FC<{
  readonly reader: Reader;
  readonly fault?: "refused" | "mistyped";
  readonly typed?: string;
}> = ({ reader, fault, typed = "" }) => {
  const t = words[reader.locale];
  return (
    <Frame reader={reader} title={t.title} script>
      {fault === undefined ? (
        <p>{t.welcome}</p>
      ) : (
        <Notice tone="bad">
          <p>{t[fault]}</p>
        </Notice>
      )}
      <form method="post" action="/join" data-join>
        <div data-typed>
          <Field
            {...{ label: t.code, name: "code", value: typed, hint: t.codeHint, required: true, maxlength: "100" }}
            {...{ autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false" }}
          />
        </div>
        <p data-linked hidden>
          {t.linked}
        </p>
        <button>{t.goOn}</button>
      </form>
    </Frame>
  );
};

/** Says for whom the invitation is, and asks for the device. */
export const DevicePage: FC<{ readonly reader: Reader; readonly invited: Invited; readonly code: string }> = ({
  reader,
  invited: { user, outlook, isFull },
  code,
}) => {
  const t = words[reader.locale];
  return (
    <Frame reader={reader} title={t.hello(user.displayName ?? addressOf(user.sipUri))} once>
      {isFull ? (
        <Notice tone="bad">
          <p>{t.tooMany}</p>
        </Notice>
      ) : (
        <form method="post" action="/join/device">
          <input type="hidden" name="code" value={code} />
          <fieldset>
            <legend>{t.which}</legend>
            {DEVICES.map((kind, at) => (
              <label>
                <input type="radio" name="device" value={kind} required checked={at === 0} /> {t.devices[kind]}
              </label>
            ))}
          </fieldset>
          <OutlookNotice reader={reader} outlook={outlook} />
          <p>{t.once}</p>
          <button>{t.show}</button>
        </form>
      )}
      <p>
        <small>{t.notYou}</small>
      </p>
    </Frame>
  );
};

/** Shows the app password, and what to type where. */
export const PasswordPage: FC<{
  readonly reader: Reader;
  readonly invited: Invited;
  readonly password: string;
  readonly device: DeviceKind;
}> = ({ reader, invited: { user, outlook }, password, device }) => {
  const t = words[reader.locale];
  return (
    <Frame reader={reader} title={t.madeTitle} once>
      <Copyable id="secret" text={password} copy={t.copy} copied={t.copied} />
      <p>{t.onlyNow}</p>
      <OutlookNotice reader={reader} outlook={outlook} />
      <h2>{t.type}</h2>
      <p>{t.how[device]}</p>
      <Facts
        facts={[
          [t.address, <b translate="no">{addressOf(user.sipUri)}</b>],
          [
            t.user,
            <>
              <b translate="no">{`${user.domain}\\${user.account}`}</b> <small class="under">{t.userMore}</small>
            </>,
          ],
          [t.password, <small class="under">{t.passwordMore}</small>],
        ]}
      />
      <p>{t.done}</p>
    </Frame>
  );
};

const OutlookNotice: FC<{ readonly reader: Reader; readonly outlook: Outlook }> = ({ reader, outlook }) => {
  const { outlook: t } = words[reader.locale];
  return (
    <Notice tone={outlook.kind === "open" ? "quiet" : "wait"}>
      <p>{said()}</p>
    </Notice>
  );

  function said(): string {
    switch (outlook.kind) {
      case "window":
        return t.window(format(reader, outlook.until, { timeStyle: "short" }));
      case "full":
        return t.full(outlook.limit);
      default:
        return t[outlook.kind];
    }
  }
};

/** A page that says one thing. */
export const MessagePage: FC<{
  readonly reader: Reader;
  readonly about: "notFound" | "failed" | "foreign";
  readonly requestId: string;
}> = ({ reader, about, requestId }) => {
  const t = words[reader.locale];
  return (
    <Frame reader={reader} title={t[`${about}Title`]}>
      <p>{t[about]}</p>
      {about === "failed" ? (
        <p>
          <small>{t.requestId(requestId)}</small>
        </p>
      ) : null}
    </Frame>
  );
};

const addressOf = (sipUri: string): string => sipUri.replace(/^sip:/, "");
