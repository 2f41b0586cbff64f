// One page per person: at the top what a help desk does most, then what waits, then everything that is known.

import type { FC } from "hono/jsx";
import type { ProblemAnswer } from "../../api/problem.ts";
import { Form } from "../../web/components/form.tsx";
import { Notice, ProblemNotice, sayWhen } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { DevicesSection, WaitingDevices } from "./devices-section.tsx";
import { EventsSection } from "./events-section.tsx";
import { InvitationsSection } from "./invitations-section.tsx";
import { UserState } from "./list.tsx";
import { LocksSection, waitsOf } from "./locks-section.tsx";
import { NamesSection, SettingsSection } from "./names-section.tsx";
import { addressOf, nameOf, personPath } from "./parts.tsx";
import { PasswordsSection } from "./passwords-section.tsx";
import { enrolmentOf, type Person, waitingDevices } from "./person.ts";
import { PortalSection } from "./portal-section.tsx";
import { words } from "./words.ts";

type Props = { readonly view: View; readonly person: Person };

/** `problem`: why the last step on this page was refused. */
export const PersonPage: FC<Props & { readonly problem?: ProblemAnswer | undefined }> = ({ view, person, problem }) => {
  const { user } = person;
  const t = words[view.locale];
  return (
    <Page view={view} title={nameOf(user)} actions={<UserState view={view} user={user} />}>
      <p class="muted lead">{[addressOf(user.sipUri), user.account].join(" · ")}</p>
      {problem === undefined ? <DoneNotice view={view} /> : <ProblemNotice problem={problem} />}
      <Disabled {...{ view, person }} />
      {view.may.help ? <Tasks {...{ view, person }} /> : null}
      <Waits {...{ view, person }} />
      <Hint {...{ view, person }} />
      <WaitingDevices {...{ view, person }} />
      <DevicesSection {...{ view, person }} />
      <PasswordsSection {...{ view, person }} />
      <InvitationsSection {...{ view, person }} />
      <PortalSection {...{ view, person }} />
      <div class="columns">
        <NamesSection {...{ view, person }} />
        <SettingsSection {...{ view, person }} />
      </div>
      <LocksSection {...{ view, person }} />
      <EventsSection {...{ view, person }} />
      {view.may.help ? <More {...{ view, person }} /> : null}
      <p>
        <small>
          {t.id}: {user.id}
        </small>
      </p>
    </Page>
  );
};

/** What has just been done, as the address of the page says. */
const DoneNotice: FC<{ readonly view: View }> = ({ view }) => {
  const done = view.url.searchParams.get("done") ?? "";
  const said: Readonly<Record<string, string>> = words[view.locale].done;
  return Object.hasOwn(said, done) ? (
    <Notice tone="good">
      <p>{said[done]}</p>
    </Notice>
  ) : null;
};

const Disabled: FC<Props> = ({ view, person: { user } }) => {
  const t = words[view.locale];
  if (user.disabledAt === null) return null;
  return (
    <Notice tone="bad" title={`${t.sinceDisabled} ${sayWhen(view, Date.parse(user.disabledAt))}.`}>
      {user.directory !== null && user.directory.state !== "in" ? (
        <p>{t.directorySays}</p>
      ) : view.may.help ? (
        <Form view={view} action={`${personPath(user.id)}/enable`} class="inline">
          <button class="small secondary">{t.enable}</button>
        </Form>
      ) : null}
    </Notice>
  );
};

/** The three things that a help desk does most. */
const Tasks: FC<Props> = ({ view, person }) => {
  const t = words[view.locale];
  const at = personPath(person.user.id);
  const waiting = waitingDevices(person).length;
  return (
    <nav class="tasks" aria-label={t.tasks}>
      <a class="task" href={`${at}/new-password`}>
        <b>{t.taskPassword}</b>
        <small>{t.taskPasswordMore}</small>
      </a>
      <a class={waiting === 0 ? "task idle" : "task wait"} href={waiting === 0 ? "#devices" : "#waiting"}>
        <b>{waiting === 0 ? t.taskNoneWaits : t.taskApprove(waiting)}</b>
        <small>{waiting === 0 ? t.taskNoneWaitsMore : t.taskApproveMore}</small>
      </a>
      <a class="task bad" href={`${at}/lost`}>
        <b>{t.taskLost}</b>
        <small>{t.taskLostMore}</small>
      </a>
    </nav>
  );
};

/** Somebody who cannot sign in because of wrong passwords is what many calls are about, so it stands high up. */
const Waits: FC<Props> = ({ view, person: { user, locks } }) => {
  const t = words[view.locale];
  const waits = waitsOf(view, locks);
  if (waits.length === 0) return null;
  return (
    <Notice tone="wait">
      {waits.map((line) => (
        <p>{line}</p>
      ))}
      {view.may.help ? (
        <Form view={view} action={`${personPath(user.id)}/unlock`} class="inline">
          <button class="small secondary">{t.unlock}</button>
        </Form>
      ) : null}
    </Notice>
  );
};

const HOUR_MS = 3_600_000;

/** Why a new device did not get in within the last hour, if nothing got in since, and what to do about it. */
const Hint: FC<Props> = ({ view, person }) => {
  const t = words[view.locale];
  const hints: Readonly<Record<string, string>> = t.hints;
  const { events, user } = person;
  const last = (events.ok ? events.value.items : []).find(
    ({ outcome, reason }) => outcome === "allowed" || outcome === "quarantined" || Object.hasOwn(hints, reason),
  );
  if (last === undefined || !Object.hasOwn(hints, last.reason) || view.now - Date.parse(last.at) > HOUR_MS) return null;
  const { isShut, minutes } = enrolmentOf(person, view.now);
  const at = personPath(user.id);
  return (
    <Notice tone="wait">
      <p>
        {sayWhen(view, Date.parse(last.at))}: {hints[last.reason]}
      </p>
      {!view.may.help ? null : last.reason === "no-enrolment-window" && isShut ? (
        <Form view={view} action={`${at}/window`} class="inline">
          <button class="small secondary">{t.openWindow(minutes)}</button>
        </Form>
      ) : last.reason === "enrolment-closed" ? (
        <a class="button small secondary" href={`${at}/expect`}>
          {t.expect}
        </a>
      ) : null}
    </Notice>
  );
};

/** What ends a person's access, and what takes everything along. */
const More: FC<Props> = ({ view, person: { user } }) => {
  const t = words[view.locale];
  const at = personPath(user.id);
  return (
    <Section title={t.more}>
      <div class="actions">
        {user.disabledAt === null ? (
          <a class="button danger" href={`${at}/disable`}>
            {t.disable}
          </a>
        ) : null}
        {view.may.administrate ? (
          <a class="button danger" href={`${at}/delete`}>
            {t.remove}
          </a>
        ) : null}
        <a class="button secondary" href={`${at}/export`}>
          {t.export}
        </a>
      </div>
    </Section>
  );
};
