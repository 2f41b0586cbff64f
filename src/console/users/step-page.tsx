// A page with one form about a person: what is about to be done, and the way back.

import type { Child, FC, PropsWithChildren } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import { Form } from "../../web/components/form.tsx";
import { ProblemNotice } from "../../web/components/parts.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { addressOf, nameOf, personPath } from "./parts.tsx";

type StepProps = PropsWithChildren<{
  readonly view: View;
  readonly user: { readonly id: string; readonly sipUri: string; readonly displayName: string | null };
  readonly title: string;
  /** What its buttons say. */
  readonly said: { readonly button: string; readonly cancel: string };
  /** Where the form goes; without it: to the page itself. */
  readonly action?: string;
  readonly danger?: boolean;
  /** Above the form. */
  readonly intro?: Child;
  /** Why it was refused before. */
  readonly problem?: ProblemAnswer | undefined;
}>;

/** The page of one step. */
export const StepPage: FC<StepProps> = ({ view, user, title, said, action, danger, intro, problem, children }) => (
  <Page view={view} title={title}>
    <AboutPerson user={user} />
    {problem === undefined ? null : <ProblemNotice problem={problem} />}
    <Form view={view} action={action ?? view.url.pathname} class="step">
      {intro}
      {children}
      <div class="actions spread">
        <button class={danger === true ? "danger" : undefined}>{said.button}</button>
        <a class="button secondary" href={personPath(user.id)}>
          {said.cancel}
        </a>
      </div>
    </Form>
  </Page>
);

/** Whom a page is about, and the way to the person's page. */
export const AboutPerson: FC<Pick<StepProps, "user">> = ({ user }) => (
  <p class="lead">
    <a href={personPath(user.id)}>{nameOf(user)}</a>
    {user.displayName === null ? null : <small> {addressOf(user.sipUri)}</small>}
  </p>
);
