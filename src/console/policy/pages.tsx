// The policy in force, its history, and two versions compared.

import type { FC } from "hono/jsx";
import type { PolicyAnswer } from "../../api/schemas/policy.ts";
import type { PolicyDiffAnswer, PolicyHistoryAnswer } from "../../api/schemas/policy-changes.ts";
import { Actions, Field, Form } from "../../web/components/form.tsx";
import { Badge, Notice, number, Time } from "../../web/components/parts.tsx";
import { type Column, Pager, Section, Table } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { DiffView } from "./diff-view.tsx";
import { Changes, PolicyInWords, PolicyText, VersionFacts } from "./parts.tsx";
import { textOf } from "./text.ts";
import { words } from "./words.ts";

const DONE = ["applied", "back", "spread", "same"] as const;
export type PolicyDone = (typeof DONE)[number];
export const isDone = (text: string | null): text is PolicyDone => DONE.some((each) => each === text);

export const PolicyPage: FC<{ readonly view: View; readonly policy: PolicyAnswer }> = ({ view, policy }) => {
  const t = words[view.locale];
  const done = view.url.searchParams.get("done");
  const actions = (
    <div class="actions">
      <a class="button" href="/policy/edit">
        {view.may.administrate ? t.edit : t.try}
      </a>
      <a class="button secondary" href="/policy/history">
        {t.history}
      </a>
    </div>
  );
  return (
    <Page view={view} title={t.title} actions={actions}>
      {isDone(done) ? (
        <Notice tone={done === "same" ? "quiet" : "good"}>
          <p>{t.done[done]}</p>
        </Notice>
      ) : null}
      <Section title={`${t.inForce}: ${t.versionName(policy.version)}`}>
        <VersionFacts view={view} policy={policy} />
      </Section>
      <PolicyInWords view={view} policy={policy.policy} />
      <PolicyText view={view} policy={policy} />
      {view.may.administrate && policy.version > 0 ? (
        <details>
          <summary>{t.spreadAgain}</summary>
          <p>{t.spreadAgainHelp}</p>
          <Form view={view} action="/policy/spread">
            <input type="hidden" name="done" value="spread" />
            <button class="secondary">{t.spreadAgain}</button>
          </Form>
        </details>
      ) : null}
    </Page>
  );
};

/** That the guards are being told, some at a time. */
export const SpreadPage: FC<{
  readonly view: View;
  readonly done: PolicyDone;
  readonly told: number;
  readonly next: string;
}> = ({ view, done, told, next }) => {
  const t = words[view.locale];
  const goesOn = { "hx-post": "/policy/spread", "hx-trigger": "load", "hx-target": "#main", "hx-select": "#main" };
  return (
    <Page view={view} title={t.spreadTitle} scripts={["htmx.js"]}>
      <p role="status">{t.spreading(number(view, told))}</p>
      <p class="muted">{t.spreadHelp}</p>
      <form method="post" action="/policy/spread" {...goesOn} hx-swap="outerHTML">
        <input type="hidden" name="csrf" value={view.csrf} />
        <input type="hidden" name="done" value={done} />
        <input type="hidden" name="told" value={told} />
        <input type="hidden" name="after" value={next} />
        <button>{t.spreadGoOn}</button>
      </form>
    </Page>
  );
};

export const HistoryPage: FC<{
  readonly view: View;
  readonly page: PolicyHistoryAnswer;
  /** The version in force. */
  readonly current: number;
}> = ({ view, page, current }) => {
  const t = words[view.locale];
  type Row = PolicyHistoryAnswer["items"][number];
  const columns: readonly Column<Row>[] = [
    {
      head: t.versionName(1).replace(/ 1$/, ""),
      main: true,
      cell: ({ version }) => (
        <>
          <a href={`/policy/history/${version}`}>{t.versionName(version)}</a>{" "}
          {version === current ? <Badge tone="good">{t.current}</Badge> : null}
        </>
      ),
    },
    { head: t.appliedAt, cell: ({ appliedAt }) => <Time reader={view} at={appliedAt} /> },
    { head: t.appliedBy, cell: ({ by }) => by?.name ?? by?.id ?? "–" },
    { head: t.why, cell: ({ why }) => why ?? "–" },
    {
      head: <span class="unseen">{t.compare}</span>,
      cell: ({ version }) => (
        <div class="actions">
          <a class="button secondary small" href={`/policy/diff?from=${version - 1}&to=${version}`}>
            {t.compareWithBefore}
          </a>
          {view.may.administrate && version !== current ? (
            <a class="button secondary small" href={`/policy/history/${version}/back`}>
              {t.bringBack}
            </a>
          ) : null}
        </div>
      ),
    },
  ];
  return (
    <Page view={view} title={t.historyTitle}>
      <section>
        <Table caption={t.historyTitle} rows={page.items} columns={columns} empty={t.historyEmpty} />
        <Pager url={view.url} next={page.next} words={t.pager} />
      </section>
      {current < 2 ? null : <CompareForm view={view} from={current - 1} to={current} />}
    </Page>
  );
};

const CompareForm: FC<{ view: View; from: number; to: number }> = ({ view, from, to }) => {
  const t = words[view.locale];
  return (
    <form method="get" action="/policy/diff" class="filters compare">
      <Field label={t.from} name="from" type="number" min={0} value={from} required />
      <Field label={t.to} name="to" type="number" min={0} value={to} required />
      <button class="secondary">{t.compare}</button>
    </form>
  );
};

export const VersionPage: FC<{
  readonly view: View;
  readonly policy: PolicyAnswer;
  readonly current: number;
}> = ({ view, policy, current }) => {
  const t = words[view.locale];
  const { version } = policy;
  return (
    <Page view={view} title={t.versionName(version)}>
      <Section title={version === current ? t.inForce : t.history}>
        <VersionFacts view={view} policy={policy} />
        <Actions>
          <a class="button secondary" href={`/policy/diff?from=${version - 1}&to=${version}`}>
            {t.compareWithBefore}
          </a>
          {version === current ? null : (
            <a class="button secondary" href={`/policy/diff?from=${version}&to=${current}`}>
              {t.compareWithNow}
            </a>
          )}
          {version === current || !view.may.administrate ? null : (
            <a class="button secondary" href={`/policy/history/${version}/back`}>
              {t.bringBack}
            </a>
          )}
        </Actions>
      </Section>
      <PolicyInWords view={view} policy={policy.policy} />
      <PolicyText view={view} policy={policy} />
    </Page>
  );
};

export const DiffPage: FC<{ readonly view: View; readonly diff: PolicyDiffAnswer }> = ({ view, diff }) => {
  const t = words[view.locale];
  const { changes } = diff;
  // The answer's `policy` is the policy itself; only its JSON schema cannot express the stricter type.
  const [from, to] = [diff.from as PolicyAnswer, diff.to as PolicyAnswer];
  return (
    <Page view={view} title={t.diffTitle(t.version(from.version), t.version(to.version))}>
      <div class="columns">
        {[from, to].map((each) => (
          <Section title={t.versionName(each.version)}>
            <VersionFacts view={view} policy={each} />
          </Section>
        ))}
      </div>
      <Section title={t.inWords}>
        <Changes view={view} changes={changes} />
      </Section>
      <Section title={t.linesChanged}>
        <DiffView locale={view.locale} before={textOf(from)} after={textOf(to)} />
      </Section>
      <CompareForm view={view} from={from.version} to={to.version} />
    </Page>
  );
};
