// What is kept about a person, why, and for how long.

import type { FC } from "hono/jsx";
import { Form } from "../../web/components/form.tsx";
import { Section, Table } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import { MY_DATA } from "../paths.ts";
import type { PortalView } from "../site.ts";
import { words } from "./words.ts";

/** `auditDays`: for how many days the audit keeps events; undefined: without an end. */
export const MyDataPage: FC<{ readonly view: PortalView; readonly auditDays: number | undefined }> = ({
  view,
  auditDays,
}) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.title}>
      <p>{t.intro}</p>
      <Table
        caption={t.title}
        rows={t.rows}
        empty=""
        columns={[
          { head: t.what, main: true, cell: ([what]) => what },
          { head: t.why, cell: ([, why]) => why },
          { head: t.howLong, cell: ([, , long]) => (long === "AUDIT" ? t.audit(auditDays) : long) },
        ]}
      />
      <Section title={t.not}>
        <ul>
          {t.notList.map((line) => (
            <li>{line}</li>
          ))}
        </ul>
        <p>{t.town}</p>
      </Section>
      <Section title={t.download}>
        <p>{t.downloadMore}</p>
        <Form view={view} action={`${MY_DATA}/download`}>
          <button>{t.button}</button>
        </Form>
        <p class="muted">{t.erase}</p>
      </Section>
    </Page>
  );
};
