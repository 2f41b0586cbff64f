// The page of one event: what happened in words, its facts, what was changed, and where to look further.

import type { Child, FC } from "hono/jsx";
import type { AuditEventAnswer, ExplainedEventAnswer } from "../../api/schemas/audit.ts";
import type { TracedSignInAnswer } from "../../api/schemas/trace.ts";
import { Facts, Time } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { hrefOf } from "./filter.ts";
import { OutcomeBadge } from "./pages.tsx";
import { TraceSection } from "./trace-section.tsx";
import { words } from "./words.ts";

type Props = { readonly view: View; readonly signIn?: TracedSignInAnswer | undefined } & ExplainedEventAnswer;

/** `said`: what happened; `fix`: what to do about it. `signIn`: the sign-in to which the event belongs. */
export const EventPage: FC<Props> = ({ view, event, explained, signIn }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.eventTitle}>
      <Section title={t.explained} more={<OutcomeBadge view={view} event={event} />}>
        <p>{explained.said}</p>
        {explained.fix === null ? null : <p>{explained.fix}</p>}
      </Section>
      {signIn === undefined ? null : <TraceSection {...{ view, signIn }} />}
      {event.change === null ? null : <ChangeTable view={view} change={event.change} />}
      <Section title={t.facts}>
        <Facts facts={factsOf(view, event)} />
      </Section>
      <Section title={t.related}>
        <ul>
          {linksOf(view, event).map(([href, said]) => (
            <li>
              <a href={href}>{said}</a>
            </li>
          ))}
        </ul>
      </Section>
    </Page>
  );
};

function factsOf(view: View, event: AuditEventAnswer): (readonly [Child, Child] | null)[] {
  const t = words[view.locale];
  const fact = (name: string, value: string | null): readonly [Child, Child] | null =>
    value === null || value === "" ? null : [name, value];
  return [
    [t.when, <Time reader={view} at={event.at} />],
    fact(t.user, event.user ?? event.userId),
    fact(t.reason, event.reason),
    event.by === null ? null : [t.by, `${event.by.name ?? ""} ${event.by.id}`],
    fact(t.why, event.why),
    fact(t.source, event.source),
    fact(t.place, [event.city, event.country].filter((each) => each !== null).join(", ")),
    fact(t.channel, event.channel),
    fact(t.host, event.host),
    fact(t.workstation, event.workstation),
    fact(t.userAgent, event.userAgent),
    fact(t.credential, event.credentialId),
    fact(t.device, event.device ?? event.deviceKey),
    event.waitUntil === null ? null : [t.waitUntil, <Time reader={view} at={event.waitUntil} />],
    event.repeats === null ? null : [t.repeats, t.times(event.repeats)],
    fact(t.channelBinding, event.channelBinding),
    fact(t.requestId, event.requestId),
    fact(t.id, event.id),
  ];
}

function linksOf(view: View, event: AuditEventAnswer): [href: string, said: string][] {
  const t = words[view.locale];
  const { userId, device, source, requestId, by } = event;
  // No index has the request's id, so the page looks around the time of the event.
  const around = (ms: number): string => new Date(Date.parse(event.at) + ms).toISOString();
  const links: ([string, string] | null)[] = [
    userId?.startsWith("u_") ? [`/users/${userId}`, t.userPage] : null,
    userId === null ? null : [hrefOf("/audit", { user: userId }), t.sameUser],
    device === null ? null : [`/devices/${device}`, t.devicePage],
    device === null ? null : [hrefOf("/audit", { device }), t.sameDevice],
    source === "unknown" ? null : [hrefOf("/audit", { source }), t.sameNetwork],
    by === null ? null : [hrefOf("/audit", { by: by.id }), t.sameActor],
    [hrefOf("/audit", { request: requestId, since: around(-300_000), until: around(300_000) }), t.sameRequest],
  ];
  return links.filter((link) => link !== null);
}

const ChangeTable: FC<{ readonly view: View; readonly change: Readonly<Record<string, unknown>> }> = ({
  view,
  change,
}) => {
  const t = words[view.locale];
  const [before, after] = [partOf(change, "before"), partOf(change, "after")];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return (
    <Section title={t.change}>
      {names.length === 0 ? (
        <pre>{JSON.stringify(change, null, 2)}</pre>
      ) : (
        <div class="table">
          <table>
            <thead>
              <tr>
                <th scope="col">{t.field}</th>
                <th scope="col">{t.before}</th>
                <th scope="col">{t.after}</th>
              </tr>
            </thead>
            <tbody>
              {names.map((name) => (
                <tr>
                  <th scope="row">{name}</th>
                  <td data-head={t.before}>{shown(before[name], t.nothing)}</td>
                  <td data-head={t.after}>{shown(after[name], t.nothing)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
};

function partOf(
  change: Readonly<Record<string, unknown>>,
  part: "before" | "after",
): Readonly<Record<string, unknown>> {
  const value = change[part];
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function shown(value: unknown, nothing: string): string {
  if (value === undefined || value === null) return nothing;
  return typeof value === "string" ? value : JSON.stringify(value);
}
