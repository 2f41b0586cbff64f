// The app passwords of a person on the person's page. The revoked ones are folded away.

import type { FC } from "hono/jsx";
import type { PasswordAnswer } from "../../api/schemas/passwords.ts";
import { path } from "../../core/text/api-address.ts";
import { Badge, Time } from "../../web/components/parts.tsx";
import { Table } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { Part, personPath } from "./parts.tsx";
import type { Person } from "./person.ts";
import { words } from "./words.ts";

type Props = { readonly view: View; readonly person: Person };

/** Newest first: the one that somebody calls about. */
export const PasswordsSection: FC<Props> = ({ view, person: { user, passwords } }) => {
  const t = words[view.locale];
  const all = passwords.ok ? passwords.value.items.toReversed() : [];
  const revoked = all.filter(({ state }) => state === "revoked");
  const more = view.may.help ? <a href={`${personPath(user.id)}/new-password`}>{t.taskPassword}</a> : null;
  return (
    <Part view={view} title={t.passwords} id="passwords" more={more} failed={passwords.ok ? undefined : passwords}>
      <Passwords {...{ view, userId: user.id }} items={all.filter(({ state }) => state !== "revoked")} />
      {revoked.length === 0 ? null : (
        <details>
          <summary>{t.revokedOnes(revoked.length)}</summary>
          <Passwords {...{ view, userId: user.id }} items={revoked} />
        </details>
      )}
    </Part>
  );
};

const Passwords: FC<{ view: View; userId: string; items: readonly PasswordAnswer[] }> = ({ view, userId, items }) => {
  const t = words[view.locale];
  const at = ({ id }: PasswordAnswer): string => path`/users/${userId}/passwords/${id}`;
  return (
    <Table
      caption={t.passwords}
      rows={items}
      empty={t.noPasswords}
      columns={[
        { head: t.label, main: true, cell: ({ label }) => label || t.noLabel },
        { head: t.state, cell: (one) => <PasswordState view={view} password={one} /> },
        { head: t.made, cell: ({ createdAt }) => <Time reader={view} at={createdAt} /> },
        { head: t.lastUsed, cell: ({ lastUsedAt }) => <Time reader={view} at={lastUsedAt} never={t.neverUsed} /> },
        { head: t.ends, cell: ({ expiresAt }) => <Time reader={view} at={expiresAt} never={t.endsNever} /> },
        ...(view.may.help
          ? [
              {
                head: "",
                cell: (one: PasswordAnswer) =>
                  one.state === "revoked" ? null : (
                    <div class="actions">
                      <a class="button small secondary" href={`${at(one)}/renew`}>
                        {t.renew}
                      </a>
                      <a class="button small danger" href={`${at(one)}/revoke`}>
                        {t.revoke}
                      </a>
                      <a class="button small secondary" href={`${at(one)}/change`}>
                        {t.change}
                      </a>
                    </div>
                  ),
              },
            ]
          : []),
      ]}
    />
  );
};

const TONES = { live: "good", expired: "quiet", revoked: "quiet", "device-blocked": "bad" } as const;

/** Whether an app password opens anything. */
const PasswordState: FC<{ view: View; password: PasswordAnswer }> = ({ view, password }) => {
  const t = words[view.locale];
  const { state, asksCode, runsOutSoon, oldUntil } = password;
  return (
    <>
      <Badge tone={TONES[state]}>{t.passwordStates[state]}</Badge>
      {runsOutSoon ? (
        <>
          {" "}
          <Badge tone="wait">{t.runsOutSoon}</Badge>
        </>
      ) : null}
      {asksCode ? <small class="under">{t.asksCode}</small> : null}
      {oldUntil === null || state === "revoked" ? null : <small class="under">{t.oldToo}</small>}
    </>
  );
};
