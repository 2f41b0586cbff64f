// What a policy would change and whom it would meet, before it is applied.

import type { Child, FC } from "hono/jsx";
import type { PolicyImpactAnswer } from "../../api/schemas/policy.ts";
import type { PolicyCheckedAnswer, PolicyDiffAnswer, PolicyPreviewedAnswer } from "../../api/schemas/policy-changes.ts";
import { Actions, Field, Form } from "../../web/components/form.tsx";
import { Notice, number } from "../../web/components/parts.tsx";
import { type Column, Section, Table } from "../../web/components/table.tsx";
import { deviceKind, deviceName } from "../devices/parts.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { SLOW_PART } from "../stream.ts";
import { addressOf, personPath } from "../users/parts.tsx";
import { DiffView } from "./diff-view.tsx";
import { Changes, Collision, Warnings } from "./parts.tsx";
import { words } from "./words.ts";

/** What is about to be applied: a text, or an earlier version. */
export type Proposal = {
  readonly text: string;
  /** The version that somebody has seen. */
  readonly seen: number;
  readonly why: string;
  /** The version to go back to. */
  readonly back: number | undefined;
};

type PreviewProps = {
  readonly view: View;
  readonly proposal: Proposal;
  /** The text in force. */
  readonly inForce: string;
  readonly checked: PolicyCheckedAnswer;
  readonly collision?: PolicyDiffAnswer | undefined;
};

/** The page around the slow part: what changes, in words and in lines. */
export const PreviewPage: FC<PreviewProps> = ({ view, proposal, inForce, checked, collision }) => {
  const t = words[view.locale];
  const { text, back } = proposal;
  return (
    <Page view={view} title={back === undefined ? t.previewTitle : t.previewOfBack(back)}>
      {collision === undefined ? null : <Collision view={view} diff={collision} help={t.collidedBack} />}
      <Section title={t.whatChanges}>
        <Changes view={view} changes={checked.changes} />
        <details>
          <summary>{t.linesChanged}</summary>
          <DiffView locale={view.locale} before={inForce} after={text} />
        </details>
      </Section>
      <Warnings view={view} warnings={checked.warnings} />
      <div class="slow">
        <p class="loading" role="status">
          {t.judging}
        </p>
        {/* Made of a plain name, because the router of the types knows no element of that name. */}
        <SlowPart />
      </div>
    </Page>
  );
};

const SlowPart: FC = () => {
  const Mark = SLOW_PART as unknown as FC;
  return <Mark />;
};

/** Whom it would meet, and the form that applies it. */
export const ImpactPart: FC<{
  readonly view: View;
  readonly proposal: Proposal;
  readonly impact: PolicyImpactAnswer;
  readonly which: PolicyPreviewedAnswer | undefined;
}> = ({ view, proposal, impact, which }) => {
  const t = words[view.locale];
  const count = (of: (before: string, after: string) => boolean): number =>
    impact.verdicts.reduce((sum, { before, after, devices }) => (of(before, after) ? sum + devices : sum), 0);
  const becomes = (action: string) => count((before, after) => before !== after && after === action);
  const tiles = [
    [becomes("block"), t.tiles.block, "bad"],
    [becomes("quarantine"), t.tiles.quarantine, "wait"],
    [becomes("allow"), t.tiles.allow, "good"],
    [count((before, after) => before === after), t.tiles.same, ""],
  ] as const;
  const { extent } = impact;
  return (
    <>
      <Section title={t.whom}>
        <div class="tiles">
          {tiles.map(([devices, said, tone]) => (
            <div class={devices === 0 ? "tile" : `tile ${tone}`}>
              <b>{number(view, devices)}</b> {said}
            </div>
          ))}
        </div>
        <p class="muted">{t.ofInUse(impact.inUseDays)}</p>
        {impact.whole ? null : <p class="muted">{t.ofTheFirst(number(view, impact.judged))}</p>}
        {extent === "all" || extent === "most" ? (
          <Notice tone="bad">
            <p>{t.extents[extent]}</p>
          </Notice>
        ) : null}
        {which === undefined ? (
          <p>{t.nobodyAffected}</p>
        ) : (
          <WhichDevices view={view} which={which} proposal={proposal} />
        )}
      </Section>
      {view.may.administrate ? (
        <ApplyForm view={view} proposal={proposal} sure={extent === "all" || extent === "most"} />
      ) : (
        <FurtherForm view={view} proposal={proposal} />
      )}
    </>
  );
};

/** The devices whose verdict changes, and the way to more of them. */
export const WhichDevices: FC<{
  readonly view: View;
  readonly which: PolicyPreviewedAnswer;
  readonly proposal: Proposal;
}> = ({ view, which, proposal }) => {
  const t = words[view.locale];
  type Row = PolicyPreviewedAnswer["items"][number];
  const columns: readonly Column<Row>[] = [
    {
      head: t.device,
      main: true,
      cell: (row) => (
        <>
          <a href={`/devices/${row.id}`}>{deviceName(view.locale, row)}</a>
          <small class="under">{deviceKind(view.locale, row)}</small>
        </>
      ),
    },
    {
      head: t.person,
      cell: ({ user }) => <a href={personPath(addressOf(user))}>{addressOf(user)}</a>,
    },
    { head: t.now, cell: ({ before }) => t.verdicts[before] },
    { head: t.afterwards, cell: ({ after }) => <strong>{t.verdicts[after]}</strong> },
    { head: t.because, cell: ({ reason }) => <code>{reason}</code> },
  ];
  return (
    <>
      <h3>{t.whichTitle}</h3>
      <Table caption={t.whichTitle} rows={which.items} columns={columns} empty={t.nobodyAffected} />
      {which.next === null ? null : (
        <Form view={view} action="/policy/preview/devices">
          <Carried proposal={proposal} />
          <input type="hidden" name="after" value={which.next} />
          <Actions>
            <span class="muted">{t.firstOnes(which.items.length)}</span>
            <button class="secondary small">{t.next}</button>
          </Actions>
        </Form>
      )}
    </>
  );
};

/** More of the devices, on a page of their own. */
export const WhichPage: FC<{
  readonly view: View;
  readonly which: PolicyPreviewedAnswer;
  readonly proposal: Proposal;
}> = ({ view, which, proposal }) => (
  <Page view={view} title={words[view.locale].whichTitle}>
    <section>
      <WhichDevices view={view} which={which} proposal={proposal} />
    </section>
    <FurtherForm view={view} proposal={proposal} />
  </Page>
);

/** What goes from page to page until it is applied. */
const Carried: FC<{ proposal: Proposal }> = ({ proposal: { text, seen, back } }) => (
  <>
    <input type="hidden" name="seen" value={seen} />
    {back === undefined ? (
      <input type="hidden" name="text" value={text} />
    ) : (
      <input type="hidden" name="version" value={back} />
    )}
  </>
);

const ApplyForm: FC<{ view: View; proposal: Proposal; sure: boolean }> = ({ view, proposal, sure }) => {
  const t = words[view.locale];
  const { back, why } = proposal;
  return (
    <Section title={t.applyTitle}>
      <Form view={view} action={back === undefined ? "/policy/apply" : "/policy/rollback"}>
        <Carried proposal={proposal} />
        <Field label={t.why} name="why" value={why} hint={t.whyHint} maxlength={200} />
        {sure ? (
          <label class="sure">
            <input type="checkbox" name="sure" value="yes" required /> {t.all}
          </label>
        ) : null}
        <p class="muted">{t.applyHint}</p>
        <Actions>
          <button>{back === undefined ? t.apply : t.applyBack(back)}</button>
          <Further view={view} back={back} />
        </Actions>
      </Form>
    </Section>
  );
};

const FurtherForm: FC<{ view: View; proposal: Proposal }> = ({ view, proposal }) => (
  <Form view={view} action="/policy/edit">
    <Carried proposal={proposal} />
    <Actions>
      <Further view={view} back={proposal.back} />
    </Actions>
  </Form>
);

const Further: FC<{ view: View; back: number | undefined }> = ({ view, back }): Child =>
  back === undefined ? (
    <button formaction="/policy/edit" formnovalidate class="secondary">
      {words[view.locale].further}
    </button>
  ) : (
    <a class="button secondary" href="/policy/history">
      {words[view.locale].cancel}
    </a>
  );
