// Many devices at once: the question before something is taken away, and what was done with each.

import type { FC } from "hono/jsx";
import { Actions, Field, Form, Once } from "../../web/components/form.tsx";
import { Badge, Notice } from "../../web/components/parts.tsx";
import { type Column, Section, Table } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { addressOf, personPath } from "../users/parts.tsx";
import type { Changed } from "./answers.ts";
import { deviceKind, deviceName } from "./parts.tsx";
import { words } from "./words.ts";

/** What can be done with many. */
export type BatchAction = "approve" | "block" | "forget";

/** One of them: as it was sent, and what the API said of it. */
export type Chosen = { readonly user: string; readonly device: string; readonly row: Changed };

type Batch = {
  readonly view: View;
  readonly chosen: readonly Chosen[];
  readonly why: string;
  /** The list from which they were chosen. */
  readonly back: string;
};

/** Asks before devices are blocked or forgotten. */
export const SurePage: FC<Batch & { readonly action: "block" | "forget" }> = ({ view, action, chosen, why, back }) => {
  const t = words[view.locale];
  const able = chosen.filter(({ row }) => row.status === "done");
  return (
    <Page view={view} title={t.sureTitle[action](able.length)}>
      <p>{t.sure[action]}</p>
      <Section title={t.title}>
        <Table
          caption={t.title}
          rows={chosen}
          columns={[deviceColumn(view), userColumn(view), faultColumn(view)]}
          empty=""
        />
      </Section>
      <Form view={view} action="/devices/batch">
        {able.map(({ user, device }) => (
          <input type="hidden" name="device" value={`${user}/${device}`} />
        ))}
        <input type="hidden" name="back" value={back} />
        <input type="hidden" name="sure" value="yes" />
        <Once />
        <Field label={t.why} name="why" value={why} hint={t.whyHint} maxlength={200} autofocus />
        <Actions>
          {able.length === 0 ? null : (
            <button name="action" value={action} class="danger">
              {t.really[action](able.length)}
            </button>
          )}
          <a class="button secondary" href={back}>
            {t.cancel}
          </a>
        </Actions>
      </Form>
    </Page>
  );
};

/** What was done with each. */
export const ReportPage: FC<Batch & { readonly action: BatchAction }> = ({ view, action, chosen, why, back }) => {
  const t = words[view.locale];
  const done = chosen.filter(({ row }) => row.status === "done").length;
  const certificates = [...new Set(chosen.flatMap(({ row }) => row.revokeCertificates ?? []))];
  const outcome: Column<Chosen> = {
    head: t.outcome,
    cell: ({ row }) =>
      row.status === "done" ? (
        <>
          <Badge tone={action === "approve" ? "good" : "quiet"}>{t.done[action]}</Badge>
          {row.revokedPassword == null ? null : <small class="under">{t.passwordRevoked}</small>}
        </>
      ) : (
        <>
          <Badge tone="bad">{t.failed}</Badge> {row.message}
        </>
      ),
  };
  return (
    <Page view={view} title={t.reportTitle[action](done)} actions={<BackToList view={view} back={back} />}>
      {done === chosen.length ? null : (
        <Notice tone="bad">
          <p>{t.notDone(chosen.length - done)}</p>
        </Notice>
      )}
      <Section title={t.outcome} more={why === "" ? null : <span class="muted">{`${t.why}: ${why}`}</span>}>
        <Table
          caption={t.outcome}
          // What failed comes first: somebody has to do something about it.
          rows={chosen.toSorted((a, b) => b.row.status.localeCompare(a.row.status))}
          columns={[deviceColumn(view), userColumn(view), outcome]}
          empty=""
        />
      </Section>
      {certificates.length === 0 || action === "approve" ? null : (
        <Section title={t.certificates}>
          <p>{t.certificatesHelp}</p>
          <pre>{certificates.join("\n")}</pre>
        </Section>
      )}
    </Page>
  );
};

const BackToList: FC<{ view: View; back: string }> = ({ view, back }) => (
  <a class="button secondary" href={back}>
    {words[view.locale].back}
  </a>
);

const deviceColumn = (view: View): Column<Chosen> => ({
  head: words[view.locale].columns.device,
  main: true,
  cell: ({ device, row }) =>
    row.device === undefined ? (
      device
    ) : (
      <>
        <a href={`/devices/${device}`}>{deviceName(view.locale, row.device)}</a>
        <small class="under">{deviceKind(view.locale, row.device)}</small>
      </>
    ),
});

const userColumn = (view: View): Column<Chosen> => ({
  head: words[view.locale].columns.user,
  cell: ({ user, row }) => <a href={personPath(user)}>{addressOf(row.user ?? user)}</a>,
});

const faultColumn = (view: View): Column<Chosen> => ({
  head: <span class="unseen">{words[view.locale].outcome}</span>,
  cell: ({ row }) =>
    row.status === "done" ? null : (
      <span class="said bad">
        {words[view.locale].cannot} {row.message}
      </span>
    ),
});
