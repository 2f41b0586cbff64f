// What an import would do, line by line, and the form that does it.

import type { Child, FC } from "hono/jsx";
import type { UserAnswer } from "../../api/schemas/directory.ts";
import type { Brake } from "../../core/import/brake.ts";
import type { Change, KnownUser, Planned } from "../../core/import/plan.ts";
import { Field, Form, Tick } from "../../web/components/form.tsx";
import { Badge, Notice, number } from "../../web/components/parts.tsx";
import { Pager, Section, Table } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { addressOf, personPath } from "../users/parts.tsx";
import type { Compared } from "./compare.ts";
import type { KeptFile } from "./kept.ts";
import { UPLOAD } from "./upload.ts";
import { words } from "./words.ts";

/** A page of the report weighs some 60 kB with so many. */
const ROWS = 100;
/** A list of groups may be long. */
const MAX_SHOWN_CHARS = 300;

export type Note = "changed" | "braked";
type Result = Planned["action"] | "missing";
type Row = {
  readonly line: number | null;
  readonly user: string;
  readonly result: Result;
  readonly id?: string;
  readonly more: Child;
};

const TONES = {
  ...({ add: "good", change: "good", rename: "wait", unchanged: "quiet" } as const),
  ...({ refused: "bad", "left out": "quiet", missing: "wait" } as const),
};

type Props = {
  readonly view: View;
  readonly at: string;
  readonly file: KeptFile;
  readonly found: Compared;
  readonly brake: Brake | undefined;
  readonly digest: string;
  readonly typed: URLSearchParams | undefined;
  readonly note: Note | undefined;
};

export const ReportPage: FC<Props> = (props) => {
  const { view, at, file, found, note } = props;
  const { plan, table } = found;
  const t = words[view.locale];
  const all = [...plan.rows.map((row) => rowOf(view, row)), ...plan.missing.map(missingRow)];
  const results = Object.keys(t.results) as Result[];
  const counts = new Map(results.map((result) => [result, all.filter((row) => row.result === result).length]));
  const wanted = results.find((result) => result === view.url.searchParams.get("show"));
  const rows = all.filter(({ result }) =>
    wanted === undefined ? !["unchanged", "left out", "missing"].includes(result) : result === wanted,
  );
  const from = Math.max(0, Math.trunc(Number(view.url.searchParams.get("after")) || 0));
  const next = from + ROWS < rows.length ? String(from + ROWS) : null;
  const lost = table.lines.filter(({ cells }) => cells?.displayName?.includes("?") === true).length;
  return (
    <Page view={view} title={t.reportTitle}>
      {note === undefined ? (
        <Notice tone="quiet">
          <p>
            {t.lines(table.lines.length, number(view, table.lines.length), file.name)}. {t.nothingYet}
          </p>
        </Notice>
      ) : (
        <Notice tone="bad">
          <p>{note === "changed" ? t.changedMeanwhile : t.braked}</p>
        </Notice>
      )}
      {table.ignored.length === 0 ? null : <p class="muted">{t.ignored(table.ignored.join(", ").slice(0, 500))}</p>}
      {lost === 0 ? null : <p class="muted">{t.lost(lost)}</p>}
      <nav class="tabs" aria-label={t.show}>
        <a href={at} aria-current={wanted === undefined ? "page" : undefined}>
          {t.all}
        </a>
        {results.map((result) =>
          (counts.get(result) ?? 0) === 0 ? null : (
            <a href={`${at}?show=${encodeURIComponent(result)}`} aria-current={wanted === result ? "page" : undefined}>
              {t.results[result]} {number(view, counts.get(result) ?? 0)}
            </a>
          ),
        )}
      </nav>
      <Table
        caption={t.reportTitle}
        rows={rows.slice(from, from + ROWS)}
        empty={t.empty}
        columns={[
          { head: t.person, main: true, cell: who },
          { head: t.line, cell: ({ line }) => line ?? "–" },
          { head: t.result, cell: ({ result }) => <Badge tone={TONES[result]}>{t.results[result]}</Badge> },
          { head: t.more, cell: ({ more }) => more },
        ]}
      />
      <Pager url={new URL(at + view.url.search, view.url)} next={next} words={t.paging} />
      <Apply {...props} counts={counts} />
    </Page>
  );
};

const who = ({ id, user }: Row): Child =>
  id === undefined ? addressOf(user) : <a href={personPath(id)}>{addressOf(user)}</a>;

const Apply: FC<Props & { counts: ReadonlyMap<Result, number> }> = ({ view, at, brake, digest, typed, counts }) => {
  const t = words[view.locale];
  const count = (result: Result): string => number(view, counts.get(result) ?? 0);
  const has = (result: Result): boolean => (counts.get(result) ?? 0) > 0;
  const ticked = (name: string): { checked?: true } => (typed?.has(name) === true ? { checked: true } : {});
  const another = (
    <a class="button secondary" href={UPLOAD}>
      {t.other}
    </a>
  );
  if (!["add", "change", "rename", "missing"].some((result) => has(result as Result))) {
    return (
      <Section title={t.applyTitle}>
        <p>{t.nothing}</p>
        {another}
      </Section>
    );
  }
  return (
    <Section title={t.applyTitle}>
      <Form view={view} action={at} class="step">
        <input type="hidden" name="shown" value={digest} />
        <p>
          {(["add", "change"] as const)
            .filter(has)
            .map((result) => `${t.results[result]}: ${count(result)}`)
            .join(" · ")}
        </p>
        {has("rename") ? (
          <>
            <Tick label={t.rename(counts.get("rename") ?? 0, count("rename"))} name="rename" {...ticked("rename")} />
            <Tick label={t.keepOld} name="keepOld" {...ticked("keepOld")} />
          </>
        ) : null}
        {!has("missing") ? null : brake?.code === "unreadable" ? (
          <p>{t.unreadableLine(brake.line)}</p>
        ) : (
          <>
            <Tick
              label={t.missing(counts.get("missing") ?? 0, count("missing"))}
              name="missing"
              {...ticked("missing")}
            />
            {brake === undefined ? null : (
              <Tick label={t.confirm(number(view, brake.count), number(view, brake.active))} name="confirm" />
            )}
          </>
        )}
        <Field
          {...{ label: t.why, name: "why", hint: t.whyHint, value: typed?.get("why") ?? "", maxlength: "200" }}
          autocomplete="off"
        />
        <div class="actions spread">
          <button>{t.apply}</button>
          {another}
        </div>
      </Form>
    </Section>
  );
};

function rowOf(view: View, planned: Planned): Row {
  const t = words[view.locale];
  const { line, user } = planned;
  switch (planned.action) {
    case "refused":
    case "left out":
      return { line, user, result: planned.action, more: t.lineFaults(planned.because) };
    case "add":
      return { line, user, result: "add", more: planned.person.displayName ?? "" };
    case "unchanged":
      return { line, user, result: "unchanged", id: planned.known.id, more: <Off view={view} known={planned.known} /> };
    case "change":
    case "rename": {
      const { action: result, known, changes } = planned;
      const differing = changes.map((change) => <Differs view={view} change={change} />);
      return { line, user, result, id: known.id, more: [...differing, <Off view={view} known={known} />] };
    }
  }
}

const Off: FC<{ view: View; known: KnownUser }> = ({ view, known }) =>
  known.disabledAt === null ? null : <small>{words[view.locale].off}</small>;

const missingRow = ({ id, sipUri, displayName }: KnownUser | UserAnswer): Row => ({
  ...{ line: null, user: sipUri, result: "missing", id, more: displayName ?? "" },
});

const Differs: FC<{ view: View; change: Change }> = ({ view, change: { field, before, after } }) => {
  const t = words[view.locale];
  const text = (value: string | null): string => {
    const said = field === "sipUri" ? addressOf(value ?? "") : (value ?? "");
    return said === "" ? t.none : said.length > MAX_SHOWN_CHARS ? `${said.slice(0, MAX_SHOWN_CHARS)}…` : said;
  };
  return (
    <div>
      {t.fields[field]}: <del>{text(before)}</del> → <ins>{text(after)}</ins>
    </div>
  );
};
