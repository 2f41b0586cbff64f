// Mail: what waits, what became of it, and a button that tries it.

import type { FC } from "hono/jsx";
import type { NoticeAnswer, NoticesStatusAnswer } from "../../api/schemas/notices.ts";
import { errorsOf, Field, Form, Once } from "../../web/components/form.tsx";
import { Badge, Facts, Notice, number, Time } from "../../web/components/parts.tsx";
import { Section, Table } from "../../web/components/table.tsx";
import type { Outcome } from "../api.ts";
import type { View } from "../site.ts";
import { type Said, SettingsFrame } from "./frame.tsx";
import { words } from "./mail-words.ts";

type MailProps = Said & {
  readonly view: View;
  readonly status: NoticesStatusAnswer;
  readonly waiting: readonly NoticeAnswer[];
  readonly ended: readonly NoticeAnswer[];
  readonly typed?: URLSearchParams;
  readonly refused?: Extract<Outcome<unknown>, { ok: false }>;
};

/** An agent asks every half minute, and the gateway delivers at once. After so long, something is wrong, ms. */
const STUCK_AFTER_MS = 3_600_000;

/** In the address, after a test that was not sent. */
export const TEST_FAILED = "test-failed";

export const MailPage: FC<MailProps> = ({ view, status, waiting, ended, typed, refused, done }) => {
  const t = words[view.locale];
  const { oldestUnsentAt, delivery } = status;
  const stuck = oldestUnsentAt !== null && view.now - Date.parse(oldestUnsentAt) > STUCK_AFTER_MS;
  const named = (kinds: readonly string[]): string =>
    kinds.length === 0 ? t.none : kinds.map((kind) => t.kindNames[kind] ?? kind).join(", ");
  return (
    <SettingsFrame view={view} done={done} problem={refused}>
      <Section title={t.title}>
        <p class="muted">{t.intro[delivery]}</p>
        {done === TEST_FAILED ? (
          <Notice tone="bad">
            <p>{t.notTested}</p>
          </Notice>
        ) : null}
        {stuck ? (
          <Notice tone="bad">
            <p>{t.stuck[delivery]}</p>
          </Notice>
        ) : null}
        <Facts
          facts={[
            [
              t.delivery,
              <>
                {t.deliveries[delivery]} <small>{t.deliveryHint}</small>
              </>,
            ],
            [t.waiting, number(view, status.waiting)],
            [t.oldest, <Time reader={view} at={oldestUnsentAt} never={t.nobodyWaits} />],
            [t.lastSent, <Time reader={view} at={status.lastSentAt} never={t.never} />],
            [t.failed, status.failedOfADay === 0 ? "0" : <Badge tone="bad">{number(view, status.failedOfADay)}</Badge>],
            [
              t.withoutAddress,
              <>
                {number(view, status.peopleWithoutAddress)} <small>{t.withoutAddressHint}</small>
              </>,
            ],
            [
              t.helpdesk,
              <>
                {status.helpdesk ?? t.none} <small>{t.helpdeskHint}</small>
              </>,
            ],
            [
              t.kinds,
              <>
                {named(status.kinds)} <small>{t.kindsHint}</small>
              </>,
            ],
            [
              t.helpdeskKinds,
              <>
                {named(status.helpdeskKinds)} <small>{t.helpdeskKindsHint}</small>
              </>,
            ],
          ]}
        />
      </Section>
      {view.may.administrate ? (
        <Section title={t.test}>
          <Form view={view} action="/settings/mail/test">
            <Once />
            <div class="filters">
              <Field
                label={t.to}
                name="to"
                type="email"
                hint={t.testHint}
                value={typed?.get("to") ?? ""}
                error={errorsOf(refused).to}
                maxlength={254}
              />
            </div>
            <button>{t.send}</button>
          </Form>
        </Section>
      ) : null}
      <Section title={t.waitingList}>
        <Table
          caption={t.waitingList}
          rows={waiting}
          empty={t.noneWaits}
          columns={[
            { head: t.kind, main: true, cell: ({ kind }) => t.kindNames[kind] ?? kind },
            { head: t.forWhom, cell: (notice) => <ForWhom view={view} notice={notice} /> },
            { head: t.made, cell: ({ createdAt }) => <Time reader={view} at={createdAt} /> },
            { head: t.due, cell: ({ dueAt }) => <Time reader={view} at={dueAt} /> },
            {
              head: t.end,
              cell: ({ takes, end }) => [takes === 0 ? "" : t.tried(takes), end ?? ""].filter(Boolean).join(": "),
            },
          ]}
        />
      </Section>
      <Section title={t.endedList}>
        <Table
          caption={t.endedList}
          rows={ended}
          empty={t.noneEnded}
          columns={[
            { head: t.kind, main: true, cell: ({ kind }) => t.kindNames[kind] ?? kind },
            { head: t.forWhom, cell: (notice) => <ForWhom view={view} notice={notice} /> },
            { head: t.made, cell: ({ createdAt }) => <Time reader={view} at={createdAt} /> },
            { head: t.ended, cell: ({ endedAt }) => <Time reader={view} at={endedAt} /> },
            { head: t.end, cell: (notice) => <End view={view} end={notice.end ?? ""} /> },
          ]}
        />
      </Section>
    </SettingsFrame>
  );
};

const ForWhom: FC<{ readonly view: View; readonly notice: NoticeAnswer }> = ({ view, notice }) => (
  <>{notice.audience === "person" ? (notice.user?.replace(/^sip:/, "") ?? "") : words[view.locale].theHelpdesk}</>
);

/** The word of the end in the reader's language; the relay's own words as they came. */
const End: FC<{ readonly view: View; readonly end: string }> = ({ view, end }) => {
  const t = words[view.locale];
  const [, word = "", why = ""] = /^(\w+)(?:: (.*))?$/s.exec(end) ?? [];
  if (word === "sent") return <Badge tone="good">{t.sent}</Badge>;
  if (word === "withdrawn") return <Badge tone="quiet">{t.withdrawn}</Badge>;
  return (
    <>
      <Badge tone="bad">{word === "expired" ? t.expired : t.notSent}</Badge> {why}
    </>
  );
};
