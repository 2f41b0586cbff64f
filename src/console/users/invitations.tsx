// Invites a person: a link and a code to scan, which are in the answer to the form and nowhere else.

import { Hono } from "hono";
import type { FC } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import type { MadeUserInvitationAnswer } from "../../api/schemas/invitations.ts";
import type { NoticesStatusAnswer } from "../../api/schemas/notices.ts";
import { path } from "../../core/text/api-address.ts";
import { errorsOf, Field, Once, Select, Tick } from "../../web/components/form.tsx";
import { Copyable, format, Notice } from "../../web/components/parts.tsx";
import { QrCode } from "../../web/components/qr.tsx";
import { Section } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import { pageStatus, problemPage } from "../problem-page.tsx";
import { fresh } from "../sign-in/fresh.tsx";
import type { ConsoleContext, ConsoleEnv, View } from "../site.ts";
import { invitationWords } from "./invitation-words.ts";
import { personPath } from "./parts.tsx";
import { AboutPerson, StepPage } from "./step-page.tsx";

export const invitationRoutes = new Hono<ConsoleEnv>();

const INVITE = "/users/:user/invite";

invitationRoutes.get(INVITE, (c) => invitePage(c));

invitationRoutes.post(INVITE, fresh, async (c) => {
  const { view, form } = c.var;
  // Read first: once the link is made, nothing may keep its page from being shown.
  const user = await userOf(c);
  if (!user.ok) return problemPage(c, user);
  const minutes = form.get("minutes") ?? "";
  const body = {
    ...(minutes === "" ? {} : { minutes: Number(minutes) }),
    ...{ mail: form.has("mail"), why: form.get("why") ?? "" },
  };
  const once = form.get("once") ?? undefined;
  const made = await view.api.post<MadeUserInvitationAnswer>(`/v1${personPath(user.value.id)}/invitations`, body, {
    once,
  });
  if (!made.ok) return invitePage(c, made);
  return c.html(<MadePage {...{ view, user: user.value, made: made.value }} />);
});

invitationRoutes.post("/users/:user/invitations/:invitation/withdraw", async (c) => {
  const { user = "", invitation = "" } = c.req.param();
  const ended = await c.var.view.api.post(path`/v1/users/${user}/invitations/${invitation}/withdraw`);
  if (!ended.ok) return problemPage(c, ended);
  return c.redirect(`${personPath(user)}?done=withdrawn#invitations`, 303);
});

const userOf = (c: ConsoleContext) =>
  c.var.view.api.get<WholeUserAnswer>(`/v1${personPath(c.req.param("user") ?? "")}`);

async function invitePage(c: ConsoleContext, problem?: ProblemAnswer) {
  const { view, form } = c.var;
  const user = await userOf(c);
  if (!user.ok) return problemPage(c, user);
  const mail = await view.api.get<NoticesStatusAnswer>("/v1/notices/status");
  const mails = mail.ok && mail.value.kinds.includes("invitation");
  const page = <InvitePage {...{ view, user: user.value, mails, problem, typed: form }} />;
  return c.html(page, problem && pageStatus(problem));
}

const InvitePage: FC<{
  readonly view: View;
  readonly user: WholeUserAnswer;
  /** Whether this gateway sends invitations by mail. */
  readonly mails: boolean;
  readonly problem?: ProblemAnswer | undefined;
  readonly typed?: URLSearchParams;
}> = ({ view, user, mails, problem, typed }) => {
  const t = invitationWords[view.locale];
  const errors = errorsOf(problem);
  return (
    <StepPage
      {...{ view, user, problem, title: t.title, said: { button: t.make, cancel: t.cancel } }}
      intro={
        <p>
          {t.intro} {t.ends}
        </p>
      }
    >
      <Once />
      <Select
        {...{ label: t.lasts, name: "minutes", value: typed?.get("minutes") ?? "4320", error: errors.minutes }}
        options={Object.entries(t.lastsOptions).toSorted(([a], [b]) => Number(b) - Number(a))}
      />
      {mails && user.mail !== null ? (
        <Tick label={t.mail(user.mail)} name="mail" checked={typed?.has("mail") === true} hint={t.mailHint} />
      ) : null}
      {mails && user.mail === null ? <p class="muted">{t.noMail}</p> : null}
      <Field
        {...{ label: t.why, name: "why", value: typed?.get("why") ?? "", error: errors.why }}
        {...{ maxlength: "200", autocomplete: "off" }}
      />
    </StepPage>
  );
};

const MadePage: FC<{
  readonly view: View;
  readonly user: WholeUserAnswer;
  readonly made: MadeUserInvitationAnswer;
}> = ({ view, user, made: { link, expiresAt, mailed } }) => {
  const t = invitationWords[view.locale];
  const until = format(view, Date.parse(expiresAt), { dateStyle: "medium", timeStyle: "short" });
  return (
    <Page view={view} title={t.madeTitle}>
      <AboutPerson user={user} />
      {mailed ? (
        <Notice tone="good">
          <p>{t.mailed(user.mail ?? "")}</p>
        </Notice>
      ) : null}
      <p>
        {t.onlyNow} {t.goodUntil(until)}
      </p>
      <div class="columns">
        <Section title={t.scan}>
          <QrCode text={link} alt={t.scanAlt} />
        </Section>
        <Section title={t.link}>
          <Copyable id="link" text={link} copy={t.copy} copied={t.copied} />
        </Section>
      </div>
      <div class="actions">
        <a class="button secondary" href={personPath(user.id)}>
          {t.done}
        </a>
      </div>
    </Page>
  );
};
