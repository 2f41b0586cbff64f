// The pages of the audit: the list with its filters.

import type { FC } from "hono/jsx";
import type { AuditEventAnswer } from "../../api/schemas/audit.ts";
import { explained } from "../../audit/explain.ts";
import { Actions, Field, Select } from "../../web/components/form.tsx";
import { Badge, Notice, ProblemNotice, Time } from "../../web/components/parts.tsx";
import { Pager } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { type AuditFilter, hrefOf } from "./filter.ts";
import { words } from "./words.ts";

export type Listed = {
  readonly events: readonly AuditEventAnswer[];
  readonly next: string | null;
  /** Why there is no list. */
  readonly problem?: { readonly detail: string; readonly fix?: string };
  /** Where following begins; undefined: the page stands still. */
  readonly follow?: string | undefined;
};

/** The list. */
export const AuditPage: FC<{ readonly view: View; readonly filter: AuditFilter } & Listed> = (props) => {
  const { view, filter, events, next, problem, follow } = props;
  const t = words[view.locale];
  const following = follow !== undefined;
  const exportHref = (format: string): string => hrefOf("/audit/export", { ...filter, format });
  const actions = (
    <Actions>
      <a class="button secondary small" href={hrefOf("/audit", following ? filter : { ...filter, follow: "yes" })}>
        {following ? t.stop : t.follow}
      </a>
      <a class="button secondary small" href={exportHref("csv")}>
        {t.csv}
      </a>
      <a class="button secondary small" href={exportHref("jsonl")}>
        {t.jsonl}
      </a>
    </Actions>
  );
  return (
    <Page view={view} title={t.title} actions={actions} scripts={following ? ["htmx.js"] : []}>
      <p class="muted">{t.intro}</p>
      <Filters view={view} filter={filter} />
      {problem === undefined ? null : <ProblemNotice problem={problem} />}
      {following ? (
        <Notice tone="quiet">
          <p>{t.following}</p>
        </Notice>
      ) : null}
      {events.length === 0 && !following && problem === undefined ? (
        <p class="empty">{next === null ? t.empty : t.emptyMore}</p>
      ) : (
        <section class="table events">
          <table>
            <caption class="unseen">{t.table}</caption>
            <thead>
              <tr>
                {[t.when, t.user, t.what, t.where, t.client].map((head) => (
                  <th scope="col">{head}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {follow === undefined ? null : <Sentinel filter={filter} after={follow} />}
              <EventRows view={view} events={events} />
            </tbody>
          </table>
        </section>
      )}
      <Pager url={view.url} next={next} words={t.pages} />
    </Page>
  );
};

/** The row at the top, which asks for new events. They replace it, and bring another such row with them. */
export const Sentinel: FC<{ readonly filter: AuditFilter; readonly after: string }> = ({ filter, after }) => (
  <tr hx-get={hrefOf("/audit/new", { ...filter, after })} hx-trigger="load delay:500ms" hx-swap="outerHTML" />
);

/** A row for each event. */
export const EventRows: FC<{ readonly view: View; readonly events: readonly AuditEventAnswer[] }> = ({
  view,
  events,
}) => {
  const t = words[view.locale];
  return (
    <>
      {events.map((event) => (
        <tr>
          <th scope="row" class="nowrap">
            <a href={`/audit/${encodeURIComponent(event.id)}`}>
              <Time reader={view} at={event.at} />
            </a>
          </th>
          <td data-head={t.user}>
            {event.userId === null ? null : (
              <a href={hrefOf("/audit", { user: event.userId })}>{event.user?.replace(/^sip:/, "") ?? event.userId}</a>
            )}
          </td>
          <td>
            <OutcomeBadge view={view} event={event} />{" "}
            {explained({ ...event, by: event.by?.name ?? null }, view.locale).said}
            <small class="under" translate="no">
              {[event.reason, event.by?.name ?? event.by?.id].filter((said) => said !== undefined).join(" · ")}
            </small>
          </td>
          <td data-head={t.where}>
            {event.channel === "command" || event.channel === "clock" || event.source === "unknown" ? null : (
              <a href={hrefOf("/audit", { source: event.source })}>{event.source}</a>
            )}
          </td>
          <td data-head={t.client}>{clientOf(event) === "" ? null : <small>{clientOf(event)}</small>}</td>
        </tr>
      ))}
    </>
  );
};

/** What the client says of itself, so much as a line has room for. */
const clientOf = ({ workstation, userAgent }: AuditEventAnswer): string =>
  [workstation, userAgent]
    .filter((text) => text !== "")
    .join(" · ")
    .slice(0, 90);

const TONES = {
  "signed-in": "good",
  allowed: "good",
  quarantined: "wait",
  refused: "bad",
  failed: "bad",
  blocked: "bad",
  changed: "quiet",
} as const;

export const OutcomeBadge: FC<{ readonly view: View; readonly event: Pick<AuditEventAnswer, "outcome"> }> = ({
  view,
  event: { outcome },
}) => <Badge tone={TONES[outcome]}>{words[view.locale].outcomes[outcome]}</Badge>;

const Filters: FC<{ readonly view: View; readonly filter: AuditFilter }> = ({ view, filter }) => {
  const t = words[view.locale];
  const outcomes = Object.entries(t.outcomes);
  const more = [filter.reason, filter.source, filter.device, filter.by, filter.since, filter.until, filter.request];
  return (
    <search>
      <form method="get" action="/audit">
        <div class="filters">
          <Field search label={t.user} name="user" value={filter.user} placeholder={t.userHint} type="search" />
          <Select label={t.outcome} name="outcome" value={filter.outcome ?? ""} options={[["", t.any], ...outcomes]} />
          <Select label={t.last} name="last" value={filter.last ?? ""} options={Object.entries(t.lasts)} />
          <div class="actions">
            <button>{t.show}</button>
            <a href="/audit">{t.reset}</a>
          </div>
        </div>
        <details open={more.some((value) => value !== undefined)}>
          <summary>{t.more}</summary>
          <div class="filters">
            <Field label={t.reason} name="reason" value={filter.reason} placeholder="wrong-proof" />
            <Field label={t.source} name="source" value={filter.source} placeholder="203.0.113.7" />
            <Field label={t.device} name="device" value={filter.device} placeholder="d_…" />
            <Field label={t.by} name="by" value={filter.by} placeholder="a_…, t_…" />
            <Field label={t.since} name="since" value={filter.since} placeholder="2026-11-27T08:00:00Z" />
            <Field label={t.until} name="until" value={filter.until} placeholder="2026-11-27T09:00:00Z" />
          </div>
        </details>
      </form>
    </search>
  );
};
