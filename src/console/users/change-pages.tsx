// The pages on which a person is added, renamed, disabled and deleted, and what each came to.

import type { Child, FC, PropsWithChildren } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import { errorsOf, Field, Form, TextField, Tick } from "../../web/components/form.tsx";
import { Notice, ProblemNotice } from "../../web/components/parts.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { changeWords } from "./change-words.ts";
import { addressOf } from "./parts.tsx";
import { WhyField } from "./password-pages.tsx";
import { StepPage } from "./step-page.tsx";

type OfUser = {
  readonly view: View;
  readonly user: WholeUserAnswer;
  readonly problem?: ProblemAnswer | undefined;
  readonly typed?: URLSearchParams | undefined;
};

/** Text as Active Directory has it: nothing may correct it. */
const AS_TYPED = { autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: "256" } as const;

/** Adds a person. */
export const NewPersonPage: FC<Omit<OfUser, "user">> = ({ view, problem, typed }) => {
  const t = changeWords[view.locale];
  const errors = errorsOf(problem);
  const field = (name: "sipUri" | "account" | "upn" | "displayName" | "groups") => ({
    ...{ name, label: t[name], hint: t[`${name}Hint`], value: typed?.get(name) ?? "", error: errors[name] },
    ...AS_TYPED,
  });
  return (
    <Page view={view} title={t.newTitle}>
      {problem === undefined ? null : <ProblemNotice problem={problem} />}
      <Form view={view} action="/users/new" class="step">
        <p>{t.newIntro}</p>
        <Field {...field("displayName")} autocapitalize="words" autofocus />
        <Field {...field("sipUri")} required type="text" inputmode="email" />
        <Field {...field("account")} required />
        <Field {...field("upn")} inputmode="email" />
        <Field {...field("groups")} maxlength="4000" />
        <TextField
          {...{ label: t.aliases, name: "aliases", hint: t.aliasesHint, value: typed?.get("aliases") ?? "", rows: "2" }}
          {...{ error: errors.aliases, ...AS_TYPED, maxlength: "6000" }}
        />
        <WhyField view={view} typed={typed} />
        <div class="actions spread">
          <button>{t.add}</button>
          <a class="button secondary" href="/users">
            {t.cancel}
          </a>
        </div>
      </Form>
    </Page>
  );
};

/** Another address, UPN or account for the same person. */
export const RenamePage: FC<OfUser & { readonly etag: string }> = ({ view, user, etag, problem, typed }) => {
  const t = changeWords[view.locale];
  const errors = errorsOf(problem);
  const now = { sipUri: addressOf(user.sipUri), upn: user.upn ?? "", account: user.account };
  const field = (name: keyof typeof now) => ({
    ...{ name, label: t[name], value: typed?.get(name) ?? now[name], error: errors[name], ...AS_TYPED },
  });
  return (
    <StepPage
      {...{ view, user, problem, title: t.renameTitle, said: { button: t.rename, cancel: t.cancel } }}
      intro={
        <>
          <p>{t.renameIntro}</p>
          <p>{t.renameEnds}</p>
        </>
      }
    >
      <input type="hidden" name="etag" value={etag} />
      <Field {...field("sipUri")} required inputmode="email" />
      <Field {...field("upn")} inputmode="email" />
      <Field {...field("account")} required />
      <Tick label={t.keep} name="keep" hint={t.keepHint} checked={typed === undefined || typed.has("keep")} />
      <WhyField view={view} typed={typed} />
    </StepPage>
  );
};

/** Asks before everything of a person ends. */
export const DisablePage: FC<OfUser> = ({ view, user, problem, typed }) => {
  const t = changeWords[view.locale];
  return (
    <StepPage
      {...{ view, user, problem, title: t.disableTitle, said: { button: t.disable, cancel: t.cancel }, danger: true }}
      intro={<p>{t.disableIntro}</p>}
    >
      <WhyField view={view} typed={typed} />
    </StepPage>
  );
};

/** Asks what becomes of the audit, and whether this is meant. */
export const DeletePage: FC<OfUser> = ({ view, user, problem, typed }) => {
  const t = changeWords[view.locale];
  const chosen = typed?.get("audit") ?? "delete";
  return (
    <StepPage
      {...{ view, user, problem, title: t.deleteTitle, said: { button: t.delete, cancel: t.cancel }, danger: true }}
      intro={
        <>
          <p>{t.deleteIntro}</p>
          {user.directory?.state === "in" ? (
            <Notice tone="wait">
              <p>{t.comesBack(user.directory.source)}</p>
            </Notice>
          ) : null}
        </>
      }
    >
      <fieldset class="choices">
        <legend>{t.what}</legend>
        {Object.entries(t.whats).map(([value, [said, more]]) => (
          <label class="choice">
            <input type="radio" name="audit" value={value} checked={value === chosen} required />
            <span>
              <b>{said}</b>
              <small class="under">{more}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <WhyField view={view} typed={typed} />
      <Tick label={t.sure} name="sure" required />
    </StepPage>
  );
};

/** What came of it. */
export const OutcomePage: FC<
  PropsWithChildren<{
    readonly view: View;
    readonly title: string;
    readonly said: string;
    readonly tone?: "good" | "wait";
    readonly to: { readonly href: string; readonly said: string };
    readonly more?: Child;
  }>
> = ({ view, title, said, tone = "good", to, children }) => (
  <Page view={view} title={title}>
    <Notice tone={tone}>
      <p>{said}</p>
    </Notice>
    {children}
    <a class="button" href={to.href}>
      {to.said}
    </a>
  </Page>
);
