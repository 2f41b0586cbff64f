// Ids that one person's device names and another person's has.

import type { FC } from "hono/jsx";
import { Form } from "../../web/components/form.tsx";
import { Time } from "../../web/components/parts.tsx";
import { type Column, Pager, Table } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { addressOf, personPath } from "../users/parts.tsx";
import type { ContestPage } from "./answers.ts";
import { words } from "./words.ts";

type Contest = ContestPage["items"][number];

export const ContestsPage: FC<{ readonly view: View; readonly page: ContestPage }> = ({ view, page }) => {
  const t = words[view.locale];
  const of = (sipUri: string) => <a href={personPath(addressOf(sipUri))}>{addressOf(sipUri)}</a>;
  const columns: readonly Column<Contest>[] = [
    {
      head: t.contestColumns.id,
      main: true,
      cell: ({ key, device }) => <a href={`/devices/${device}`}>{key}</a>,
    },
    { head: t.contestColumns.refused, cell: ({ user }) => of(user) },
    { head: t.contestColumns.holder, cell: ({ holder }) => of(holder) },
    { head: t.contestColumns.at, cell: ({ at }) => <Time reader={view} at={at} /> },
  ];
  const act: Column<Contest> = {
    head: <span class="unseen">{t.contestColumns.act}</span>,
    cell: ({ key, device, holder }) => (
      <Form view={view} action="/devices/batch">
        <input type="hidden" name="device" value={`${addressOf(holder)}/${device}`} />
        <input type="hidden" name="back" value="/devices/contests" />
        <button name="action" value="forget" class="secondary small" aria-label={`${t.free}: ${key}`}>
          {t.free}
        </button>
      </Form>
    ),
  };
  return (
    <Page view={view} title={t.contestsTitle}>
      <p>{t.contestsHelp}</p>
      <section>
        <Table
          caption={t.contestsTitle}
          rows={page.items}
          columns={view.may.help ? [...columns, act] : columns}
          empty={t.noContests}
        />
        <Pager url={view.url} next={page.next} words={t.pager} />
      </section>
    </Page>
  );
};
