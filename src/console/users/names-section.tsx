// The names of a person, and how the person's devices are judged.

import type { FC } from "hono/jsx";
import type { UserAnswer } from "../../api/schemas/directory.ts";
import { Field, Form } from "../../web/components/form.tsx";
import { Badge, Facts, sayWhen, Time } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { addressOf, personPath } from "./parts.tsx";
import { enrolmentOf, type Person } from "./person.ts";
import { words } from "./words.ts";

type Props = { readonly view: View; readonly person: Person };

/** The home pool: by the gateway's own name for it, and as the directory names it. */
const Pool: FC<{ readonly user: UserAnswer }> = ({ user: { pool, homePool } }) => (
  <>
    {homePool ?? pool}
    {homePool === null || homePool === pool ? null : <small> {pool}</small>}
  </>
);

/** Everything somebody may type to sign in. */
export const NamesSection: FC<Props> = ({ view, person: { user } }) => {
  const t = words[view.locale];
  const at = personPath(user.id);
  const aliases = user.names.filter(({ kind }) => kind === "alias").map(({ name }) => name);
  const { directory } = user;
  const rename = view.may.administrate && directory === null ? <a href={`${at}/rename`}>{t.rename}</a> : null;
  return (
    <Section title={t.names} id="names" more={rename}>
      <Facts
        facts={[
          directory === null ? null : [t.comesFrom, <Origin view={view} directory={directory} />],
          [t.displayName, user.displayName ?? "–"],
          [t.address, addressOf(user.sipUri)],
          [t.upn, user.upn ?? <span class="said bad">{t.noUpn}</span>],
          [t.account, user.account],
          user.mail === null ? null : [t.mail, user.mail],
          user.mobile === null ? null : [t.mobile, user.mobile],
          user.language === null ? null : [t.language, user.language],
          user.pool === null ? null : [t.pool, <Pool user={user} />],
          [
            t.aliases,
            aliases.length === 0 ? (
              t.noAliases
            ) : (
              <ul class="plain">
                {aliases.map((alias) => (
                  <li>
                    {alias}{" "}
                    {view.may.administrate ? (
                      <Form view={view} action={`${at}/aliases/remove`} class="inline">
                        <input type="hidden" name="name" value={alias} />
                        <button class="link" aria-label={`${t.takeAway}: ${alias}`}>
                          {t.takeAway}
                        </button>
                      </Form>
                    ) : null}
                  </li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
      {view.may.administrate ? (
        <details>
          <summary>{t.addAlias}</summary>
          <Form view={view} action={`${at}/aliases`}>
            <Field label={t.alias} name="name" hint={t.aliasHint} required autocapitalize="none" autocomplete="off" />
            <button class="secondary">{t.addIt}</button>
          </Form>
        </details>
      ) : null}
    </Section>
  );
};

/** Where a user comes from, and what that means for whoever wants to change something. */
const Origin: FC<{ readonly view: View; readonly directory: NonNullable<UserAnswer["directory"]> }> = ({
  view,
  directory: { source, state, since, held },
}) => {
  const t = words[view.locale];
  return (
    <>
      {t.fromDirectory(source)}{" "}
      <Badge tone={state === "in" && !held ? "good" : "bad"}>{t.directoryStates[state]}</Badge>{" "}
      <small>{t.directorySince(sayWhen(view, Date.parse(since)))}</small>
      <br />
      <small>{held ? t.heldHint : t.syncedHint}</small>
    </>
  );
};

/** Groups, and how new devices come in. */
export const SettingsSection: FC<Props> = ({ view, person }) => {
  const t = words[view.locale];
  const { user, policy } = person;
  const at = personPath(user.id);
  const { mode } = enrolmentOf(person, view.now);
  const max = user.maxDevices ?? policy?.enrolment.maxDevices;
  const edit = view.may.administrate ? <a href={`${at}/edit`}>{t.edit}</a> : null;
  const byPolicy = (own: unknown) => (own === null ? <small> {t.asPolicy}</small> : null);
  return (
    <Section title={t.settings} id="settings" more={edit}>
      <Facts
        facts={[
          [t.groups, user.groups.length === 0 ? "–" : user.groups.join(", ")],
          [
            t.enrolment,
            <>
              {mode === undefined ? "–" : t.enrolments[mode as keyof typeof t.enrolments]}
              {byPolicy(user.enrolment)}
            </>,
          ],
          mode === "window" ? [t.window, <Window {...{ view, person }} />] : null,
          [
            t.maxDevices,
            <>
              {max ?? "–"}
              {byPolicy(user.maxDevices)}
            </>,
          ],
          [t.createdAt, <Time reader={view} at={user.createdAt} />],
        ]}
      />
    </Section>
  );
};

const Window: FC<Props> = ({ view, person }) => {
  const t = words[view.locale];
  const { user } = person;
  const { isShut, minutes } = enrolmentOf(person, view.now);
  const until = user.windowUntil === null ? view.now : Date.parse(user.windowUntil);
  return (
    <>
      {isShut ? t.windowShut : `${t.openUntil} ${sayWhen(view, until)}`}{" "}
      {view.may.help ? (
        <Form view={view} action={`${personPath(user.id)}/window`} class="inline">
          {isShut ? null : <input type="hidden" name="minutes" value="0" />}
          <button class="small secondary">{isShut ? t.openWindow(minutes) : t.closeWindow}</button>
        </Form>
      ) : null}
    </>
  );
};
