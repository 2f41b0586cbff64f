// The pages of app passwords.

import type { FC } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import type { MadePasswordAnswer, PasswordAnswer } from "../../api/schemas/passwords.ts";
import { errorsOf, Field, Once, Select, Tick } from "../../web/components/form.tsx";
import { Copyable, Facts, format, Notice, ProblemNotice } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { addressOf, personPath } from "./parts.tsx";
import { passwordWords } from "./password-words.ts";
import type { enrolmentOf } from "./person.ts";
import { AboutPerson, StepPage } from "./step-page.tsx";

type Form = { readonly view: View; readonly user: WholeUserAnswer; readonly problem?: ProblemAnswer | undefined };
type OfOne = Form & { readonly password: PasswordAnswer; readonly typed?: URLSearchParams };
type Enrolment = ReturnType<typeof enrolmentOf>;

/** Asks what the new app password is for. */
export const NewPasswordPage: FC<Form & { readonly enrolment: Enrolment; readonly typed?: URLSearchParams }> = ({
  view,
  user,
  enrolment,
  typed,
  problem,
}) => {
  const t = passwordWords[view.locale];
  const errors = errorsOf(problem);
  return (
    <StepPage
      {...{ view, user, problem, title: t.newTitle, said: { button: t.make, cancel: t.cancel } }}
      intro={<p>{t.intro}</p>}
    >
      <Once />
      <Field
        {...{ label: t.label, name: "label", hint: t.labelHint, value: typed?.get("label") ?? "", error: errors.label }}
        {...{ maxlength: "100", required: true, autofocus: true, autocomplete: "off" }}
      />
      <Select
        {...{ label: t.lasts, name: "days", value: typed?.get("days") ?? "", error: errors.expiresInDays }}
        options={Object.entries(t.lastsOptions).toSorted(([a], [b]) => Number(a) - Number(b))}
      />
      <Tick label={t.codeTick} name="code" hint={t.codeHint} checked={typed?.has("code") ?? false} />
      {enrolment.isShut ? (
        <Tick label={t.windowTick(enrolment.minutes)} name="window" hint={t.windowHint} checked />
      ) : null}
      {enrolment.mode === "closed" ? <p>{t.closedHint}</p> : null}
      {enrolment.mode === "approval" ? <p>{t.approvalHint}</p> : null}
      {enrolment.mode === "self" ? <p>{t.selfHint}</p> : null}
    </StepPage>
  );
};

/** Shows the secret, this once, and says what to type where. */
export const MadePasswordPage: FC<{
  readonly view: View;
  readonly user: WholeUserAnswer;
  readonly made: MadePasswordAnswer;
  readonly mode?: Enrolment["mode"];
  /** What became of the window: its end, or why it is not open. */
  readonly window?: { readonly until: string | null } | ProblemAnswer | undefined;
}> = ({ view, user, made, mode, window }) => {
  const t = passwordWords[view.locale];
  const moment = (at: string): string => format(view, Date.parse(at), { dateStyle: "medium", timeStyle: "short" });
  return (
    <Page view={view} title={t.madeTitle}>
      <AboutPerson user={user} />
      <Section title={made.label || t.noLabel}>
        <Copyable id="secret" text={made.password} copy={t.copy} copied={t.copied} />
        <p>{t.onlyNow}</p>
        {made.asksCode ? <p>{t.withCode(`${made.password}123456`)}</p> : null}
        {made.expiresAt === null ? null : <p>{t.endsOn(moment(made.expiresAt))}</p>}
        {made.oldUntil === null ? null : <p>{t.oldGood(moment(made.oldUntil))}</p>}
      </Section>
      {made.userDisabled ? (
        <Notice tone="wait">
          <p>{t.userDisabled}</p>
        </Notice>
      ) : null}
      {window === undefined ? null : "until" in window ? (
        window.until === null ? null : (
          <Notice tone="good">
            <p>{t.windowOpened(moment(window.until))}</p>
          </Notice>
        )
      ) : (
        <>
          <p>{t.windowFailed}</p>
          <ProblemNotice problem={window} />
        </>
      )}
      <Section title={t.type}>
        <Facts
          facts={[
            [t.typeAddress, <b translate="no">{addressOf(user.sipUri)}</b>],
            [
              t.typeUser,
              <>
                <b translate="no">{user.account}</b> <small class="under">{t.typeUserMore}</small>
              </>,
            ],
            [
              t.typePassword,
              <>
                <b translate="no">{made.password}</b>{" "}
                <small class="under">{made.asksCode ? t.typePasswordCode : t.typePasswordMore}</small>
              </>,
            ],
          ]}
        />
        {mode === "approval" ? <p>{t.approvalHint}</p> : null}
        {mode === "self" ? <p>{t.selfHint}</p> : null}
      </Section>
      <div class="actions spread">
        {mode === "closed" && made.device === null ? (
          <a class="button" href={`${personPath(user.id)}/expect?${new URLSearchParams({ password: made.id })}`}>
            {t.expectIt}
          </a>
        ) : null}
        <a class="button secondary" href={personPath(user.id)}>
          {t.done}
        </a>
      </div>
    </Page>
  );
};

/** A new secret for a device that stays. */
export const RenewPage: FC<OfOne> = ({ view, user, password, typed, problem }) => {
  const t = passwordWords[view.locale];
  const errors = errorsOf(problem);
  const keeps = [["", t.lastsAsBefore] as const, ...Object.entries(t.lastsOptions).filter(([days]) => days !== "")];
  return (
    <StepPage
      {...{ view, user, problem, title: t.renewTitle, said: { button: t.renew, cancel: t.cancel } }}
      intro={
        <>
          <p>
            <b>{password.label || t.noLabel}</b>
          </p>
          <p>
            {t.renewIntro} {t.renewStolen}
          </p>
        </>
      }
    >
      <Once />
      <Select
        {...{ label: t.oldFor, name: "old", value: typed?.get("old") ?? "14", error: errors.oldForDays }}
        options={Object.entries(t.oldForOptions)}
      />
      <Select
        {...{ label: t.lasts, name: "days", value: typed?.get("days") ?? "", error: errors.expiresInDays }}
        options={keeps}
      />
    </StepPage>
  );
};

/** Asks why, and ends it. */
export const RevokePage: FC<OfOne> = ({ view, user, password, typed, problem }) => {
  const t = passwordWords[view.locale];
  return (
    <StepPage
      {...{ view, user, problem, title: t.revokeTitle, said: { button: t.revoke, cancel: t.cancel }, danger: true }}
      intro={
        <>
          <p>
            <b>{password.label || t.noLabel}</b>
          </p>
          <p>{t.revokeIntro}</p>
        </>
      }
    >
      <WhyField view={view} typed={typed} />
    </StepPage>
  );
};

/** Another name or end. */
export const ChangePasswordPage: FC<OfOne> = ({ view, user, password, typed, problem }) => {
  const t = passwordWords[view.locale];
  const errors = errorsOf(problem);
  const { keep, never, ...days } = t.endsOptions;
  return (
    <StepPage {...{ view, user, problem, title: t.changeTitle, said: { button: t.save, cancel: t.cancel } }}>
      <Field
        {...{ label: t.label, name: "label", value: typed?.get("label") ?? password.label, error: errors.label }}
        {...{ maxlength: "100", autocomplete: "off" }}
      />
      <Select
        {...{ label: t.ends, name: "ends", value: typed?.get("ends") ?? "keep", error: errors.expiresInDays }}
        options={[["keep", keep], ["never", never], ...Object.entries(days)]}
      />
    </StepPage>
  );
};

/** Why; the audit keeps it. */
export const WhyField: FC<{ view: View; typed?: URLSearchParams | undefined }> = ({ view, typed }) => (
  <Field
    {...{ label: passwordWords[view.locale].why, name: "why", value: typed?.get("why") ?? "" }}
    {...{ maxlength: "200", autocomplete: "off" }}
  />
);
