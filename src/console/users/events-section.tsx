// What happened to a person last.

import type { FC } from "hono/jsx";
import type { AuditEventAnswer } from "../../api/schemas/audit.ts";
import { explained } from "../../audit/explain.ts";
import { Badge, Time } from "../../web/components/parts.tsx";
import { Table } from "../../web/components/table.tsx";
import type { View } from "../site.ts";
import { Part, personPath } from "./parts.tsx";
import type { Person } from "./person.ts";
import { words } from "./words.ts";

const TONES = {
  "signed-in": "good",
  allowed: "good",
  refused: "bad",
  blocked: "bad",
  failed: "bad",
  quarantined: "wait",
  changed: "quiet",
} as const satisfies Record<AuditEventAnswer["outcome"], string>;

/** The last events, newest first, and the way to all of them. */
export const EventsSection: FC<{ readonly view: View; readonly person: Person }> = ({ view, person }) => {
  const t = words[view.locale];
  const { user, events } = person;
  const all = (
    <>
      <a href={`${personPath(user.id)}/trace`}>{t.tracedSignIn}</a>{" "}
      <a href={`/audit?${new URLSearchParams({ user: user.id })}`}>{t.allEvents}</a>
    </>
  );
  return (
    <Part view={view} title={t.events} id="events" more={all} failed={events.ok ? undefined : events}>
      <Table
        caption={t.events}
        rows={events.ok ? events.value.items : []}
        empty={t.noEvents}
        columns={[
          { head: t.when, main: true, cell: ({ at }) => <Time reader={view} at={at} /> },
          {
            head: t.what,
            cell: (event) => (
              <>
                <Badge tone={TONES[event.outcome]}>{t.outcomes[event.outcome]}</Badge>{" "}
                <a href={`/audit/${encodeURIComponent(event.id)}`}>{event.reason}</a>
                <small class="under">{explained({ ...event, by: event.by?.name ?? null }, view.locale).said}</small>
              </>
            ),
          },
          {
            head: t.network,
            cell: ({ source }) => (source === "unknown" ? null : <span class="nowrap">{source}</span>),
          },
        ]}
      />
    </Part>
  );
};
