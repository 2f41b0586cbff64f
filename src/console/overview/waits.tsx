// Who must wait after wrong passwords, people and networks.

import type { FC } from "hono/jsx";
import type { LocksAnswer, NetworkLockAnswer, UserLocksAnswer } from "../../api/schemas/locks.ts";
import { Form } from "../../web/components/form.tsx";
import { format } from "../../web/components/parts.tsx";
import { Section, Table } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { addressOf, personPath } from "../users/parts.tsx";
import { words } from "./words.ts";

/** The section of the overview. */
export const Waits: FC<{ readonly view: View; readonly locks: LocksAnswer }> = ({ view, locks }) => {
  const t = words[view.locale];
  const { users, networks, cut, lockout } = locks;
  return (
    <Section title={t.waits} id="waits">
      {lockout === "report" ? <p>{t.dryRun}</p> : null}
      {users.length === 0 && networks.length === 0 ? <p class="empty">{t.nobodyWaits}</p> : null}
      {users.length === 0 ? null : <Users view={view} users={users} />}
      {networks.length === 0 ? null : <Networks view={view} networks={networks} />}
      {cut.users || cut.networks ? <p>{t.cut}</p> : null}
    </Section>
  );
};

const Users: FC<{ view: View; users: readonly UserLocksAnswer[] }> = ({ view, users }) => {
  const t = words[view.locale];
  return (
    <Table
      caption={t.users}
      rows={users}
      empty=""
      columns={[
        {
          ...{ head: t.person, main: true },
          cell: ({ user }) => <a href={`${personPath(user)}#locks`}>{addressOf(user)}</a>,
        },
        {
          head: t.network,
          cell: ({ pairs, strangers }) =>
            [
              ...new Set(pairs.map(({ source }) => source)),
              ...(strangers.fullUntil === null ? [] : [t.strangers]),
            ].join(", "),
        },
        {
          head: t.until,
          cell: ({ pairs, strangers }) =>
            moment(view, [...pairs.map(({ waitUntil }) => waitUntil), strangers.fullUntil]),
        },
        ...(view.may.help
          ? [
              {
                head: "",
                cell: ({ user }: UserLocksAnswer) => (
                  <Form view={view} action={`${personPath(user)}/unlock`}>
                    <input type="hidden" name="to" value="overview" />
                    <button class="small secondary">{t.unlock}</button>
                  </Form>
                ),
              },
            ]
          : []),
      ]}
    />
  );
};

const Networks: FC<{ view: View; networks: readonly NetworkLockAnswer[] }> = ({ view, networks }) => {
  const t = words[view.locale];
  return (
    <Table
      caption={t.networks}
      rows={networks}
      empty=""
      columns={[
        {
          ...{ head: t.network, main: true },
          cell: ({ source, familiarUsers }) => (
            <>
              <a href={`/audit?${new URLSearchParams({ source, last: "24h" })}`}>{source}</a>
              {familiarUsers === 0 ? null : <small class="under">{t.familiar(familiarUsers)}</small>}
            </>
          ),
        },
        { head: t.until, cell: ({ waitUntil }) => moment(view, [waitUntil]) },
        ...(view.may.help
          ? [
              {
                head: "",
                cell: ({ source }: NetworkLockAnswer) => (
                  <Form view={view} action="/overview/networks/clear">
                    <input type="hidden" name="network" value={source} />
                    <button class="small secondary">{t.unlock}</button>
                  </Form>
                ),
              },
            ]
          : []),
      ]}
    />
  );
};

/** The latest of these times, to the second: a wait may be short. */
function moment(view: View, times: readonly (string | null)[]): string {
  const latest = Math.max(...times.map((at) => (at === null ? 0 : Date.parse(at))));
  return latest === 0 ? "–" : format(view, latest, { dateStyle: "short", timeStyle: "medium" });
}
