// The people who may open the console: listed, invited, changed, signed out.

import type { FC } from "hono/jsx";
import type { InvitationAnswer, PasskeyAnswer, SessionAnswer } from "../../api/schemas/sign-ins.ts";
import type { AdministratorAnswer } from "../../api/schemas/tokens.ts";
import type { AdministratorRole } from "../../core/credentials/api-scopes.ts";
import { browserName } from "../../core/text/browser-name.ts";
import { Actions, errorsOf, Field, Form, Once, Select } from "../../web/components/form.tsx";
import { Badge, Copyable, Facts, Notice, Time } from "../../web/components/parts.tsx";
import { Pager, Section, Table } from "../../web/components/table.tsx";
import type { Outcome } from "../api.ts";
import type { View } from "../site.ts";
import { type Said, SettingsFrame } from "./frame.tsx";
import { words } from "./words.ts";

type Refused = Extract<Outcome<unknown>, { ok: false }>;

/** In the order in which a person gets more rights. */
const ROLE_NAMES: readonly AdministratorRole[] = ["viewer", "helpdesk", "admin"];
const rolesFor = (view: View) => ROLE_NAMES.map((role) => [role, words[view.locale].roles[role]] as const);

type ListProps = Said & {
  readonly view: View;
  readonly people: readonly AdministratorAnswer[];
  readonly next: string | null;
  readonly typed?: URLSearchParams;
  readonly refused?: Refused;
};

export const AdministratorsPage: FC<ListProps> = ({ view, people, next, typed, refused, done }) => {
  const t = words[view.locale];
  const errors = errorsOf(refused);
  return (
    <SettingsFrame view={view} done={done} problem={refused}>
      <Section title={t.invite}>
        <p class="muted">{t.administratorsIntro}</p>
        <Facts facts={ROLE_NAMES.map((role) => [t.roles[role], t.rolesHelp[role]] as const)} />
        <Form view={view} action="/settings/administrators">
          <Once />
          <div class="filters">
            <Field
              label={t.name}
              name="name"
              value={typed?.get("name") ?? ""}
              error={errors.name}
              maxlength={100}
              required
            />
            <Field
              label={t.email}
              name="email"
              type="email"
              value={typed?.get("email") ?? ""}
              error={errors.email}
              maxlength={254}
              required
            />
            <Select label={t.role} name="role" value={typed?.get("role") ?? "helpdesk"} options={rolesFor(view)} />
            <Field label={t.why} name="why" value={typed?.get("why") ?? ""} maxlength={200} hint={t.whyHint} />
          </div>
          <button>{t.inviteButton}</button>
        </Form>
      </Section>
      <Section title={t.sections.administrators}>
        <Table
          caption={t.sections.administrators}
          rows={people}
          empty={t.noAdministrators}
          columns={[
            {
              head: t.name,
              main: true,
              cell: ({ id, name }) => (
                <>
                  <a href={`/settings/administrators/${id}`}>{name}</a>{" "}
                  {id === view.person.id ? <Badge tone="quiet">{t.you}</Badge> : null}
                </>
              ),
            },
            { head: t.email, cell: ({ email }) => email },
            { head: t.role, cell: ({ role }) => t.roles[role] },
            { head: t.state, cell: (person) => <State view={view} person={person} /> },
            { head: t.since, cell: ({ createdAt }) => <Time reader={view} at={createdAt} /> },
          ]}
        />
        <Pager url={view.url} next={next} words={{ first: "«", next: "»", label: t.sections.administrators }} />
      </Section>
    </SettingsFrame>
  );
};

const State: FC<{ readonly view: View; readonly person: AdministratorAnswer }> = ({ view, person }) =>
  person.disabledAt === null ? (
    <Badge tone="good">{words[view.locale].active}</Badge>
  ) : (
    <Badge tone="quiet">{words[view.locale].gone}</Badge>
  );

/** Shows the link of an invitation, once. */
export const InvitedPage: FC<{
  readonly view: View;
  readonly name: string;
  readonly invitation: InvitationAnswer;
}> = ({ view, name, invitation }) => {
  const t = words[view.locale];
  return (
    <SettingsFrame view={view}>
      <Section title={name}>
        <Notice tone="good">
          <p>{t.invited(name)}</p>
        </Notice>
        <Copyable id="link" text={invitation.link} copy={t.copy} copied={t.copied} />
        <p>
          {t.inviteUntil} <Time reader={view} at={invitation.expiresAt} />
        </p>
        <a href="/settings/administrators">{t.back}</a>
      </Section>
    </SettingsFrame>
  );
};

type PersonProps = Said & {
  readonly view: View;
  readonly person: AdministratorAnswer;
  readonly etag: string | undefined;
  readonly passkeys: readonly PasskeyAnswer[];
  readonly sessions: readonly SessionAnswer[];
  readonly typed?: URLSearchParams;
  readonly refused?: Refused;
};

export const AdministratorPage: FC<PersonProps> = (props) => {
  const { view, person, etag, passkeys, sessions, typed, refused, done } = props;
  const t = words[view.locale];
  const errors = errorsOf(refused);
  const base = `/settings/administrators/${person.id}`;
  const problem = refused?.code === "changed-meanwhile" ? { detail: t.collided } : refused;
  return (
    <SettingsFrame view={view} title={person.name} done={done} problem={problem}>
      <Section title={t.role} more={<State view={view} person={person} />}>
        <Facts
          facts={[
            [t.email, person.email],
            [t.role, t.roles[person.role]],
            [t.since, <Time reader={view} at={person.createdAt} />],
            [t.madeBy, person.createdBy.name ?? person.createdBy.id],
          ]}
        />
        <Form view={view} action={base}>
          <input type="hidden" name="etag" value={etag} />
          <div class="filters">
            <Field
              label={t.name}
              name="name"
              value={typed?.get("name") ?? person.name}
              error={errors.name}
              maxlength={100}
            />
            <Select label={t.role} name="role" value={typed?.get("role") ?? person.role} options={rolesFor(view)} />
            <Field label={t.why} name="why" value={typed?.get("why") ?? ""} maxlength={200} hint={t.whyHint} />
          </div>
          <Actions>
            <button>{t.save}</button>
            {person.disabledAt === null ? (
              <button class="danger" formaction={`${base}/disable`}>
                {t.disable}
              </button>
            ) : (
              <button class="secondary" formaction={`${base}/enable`}>
                {t.enable}
              </button>
            )}
          </Actions>
        </Form>
      </Section>
      <Section title={t.passkeys}>
        <Table
          caption={t.passkeys}
          rows={passkeys}
          empty={t.noPasskeys}
          columns={[
            { head: t.name, main: true, cell: ({ name, id }) => name || id.slice(0, 12) },
            { head: t.made, cell: ({ createdAt }) => <Time reader={view} at={createdAt} /> },
            { head: t.used, cell: ({ lastUsedAt }) => <Time reader={view} at={lastUsedAt} never={t.never} /> },
            {
              head: "",
              cell: ({ id }) => (
                <Form view={view} action={`${base}/passkeys/remove`}>
                  <input type="hidden" name="passkey" value={id} />
                  <button class="small danger">{t.remove}</button>
                </Form>
              ),
            },
          ]}
        />
        {person.disabledAt !== null ? null : (
          <Form view={view} action={`${base}/invite`}>
            <Once />
            <button class="secondary">{t.inviteAgain}</button>
          </Form>
        )}
      </Section>
      <Section title={t.sessions}>
        <Table
          caption={t.sessions}
          rows={sessions}
          empty={t.noSessions}
          columns={[
            { head: t.from, main: true, cell: ({ source, userAgent }) => `${browserName(userAgent)} ${source}` },
            { head: t.since, cell: ({ createdAt }) => <Time reader={view} at={createdAt} /> },
            { head: t.seen, cell: ({ seenAt }) => <Time reader={view} at={seenAt} /> },
          ]}
        />
        {sessions.length === 0 ? null : (
          <Form view={view} action={`${base}/sign-out`}>
            <button class="danger">{t.signOut}</button>
          </Form>
        )}
      </Section>
    </SettingsFrame>
  );
};
