// The audit: its list with filters, one event in words, what is new, and exports.

import { Hono } from "hono";
import type { AuditEventsAnswer, ExplainedEventAnswer } from "../../api/schemas/audit.ts";
import type { TraceAnswer } from "../../api/schemas/trace.ts";
import { path } from "../../core/text/api-address.ts";
import { pageStatus, problemPage } from "../problem-page.tsx";
import type { ConsoleEnv } from "../site.ts";
import { EventPage } from "./event-page.tsx";
import { askedOf, filterOf } from "./filter.ts";
import { AuditPage, EventRows, Sentinel } from "./pages.tsx";
import { TracePage } from "./trace-page.tsx";

/** So that a page with its table stays far under 100 KB. */
const EVENTS_OF_A_PAGE = 50;
/** How long the gateway waits for an event before it answers that there is none, s. */
const WAIT_S = 20;

/** The channels of which a sign-in or its device is the subject. */
const TRACED: ReadonlySet<string> = new Set(
  "ntlm negotiate password-grant username-token certificate guest device ticket".split(" "),
);

export const auditRoutes = new Hono<ConsoleEnv>();

auditRoutes.get("/audit", async (c) => {
  const { view } = c.var;
  const { searchParams } = view.url;
  const filter = filterOf(searchParams);
  const asked = { ...askedOf(filter, view.now), limit: EVENTS_OF_A_PAGE };
  const following = searchParams.get("follow") === "yes";
  const [list, start] = await Promise.all([
    view.api.get<AuditEventsAnswer>("/v1/audit", { ...asked, after: searchParams.get("after") }),
    following ? view.api.get<AuditEventsAnswer>("/v1/audit", { wait: 0, limit: 1 }) : undefined,
  ]);
  if (!list.ok) {
    return c.html(<AuditPage view={view} filter={filter} events={[]} next={null} problem={list} />, pageStatus(list));
  }
  const follow = start?.ok === true ? (start.value.next ?? undefined) : undefined;
  const { items, next } = list.value;
  return c.html(
    <AuditPage view={view} filter={filter} events={items} next={following ? null : next} follow={follow} />,
  );
});

// What is new, as rows for the top of the list.
auditRoutes.get("/audit/new", async (c) => {
  const { view } = c.var;
  const filter = filterOf(view.url.searchParams);
  const after = view.url.searchParams.get("after") ?? "";
  const page = await view.api.get<AuditEventsAnswer>("/v1/audit", {
    ...askedOf(filter, view.now),
    wait: WAIT_S,
    after,
  });
  const events = page.ok ? page.value.items.toReversed() : [];
  return c.html(
    <>
      <Sentinel filter={filter} after={page.ok ? (page.value.next ?? after) : after} />
      <EventRows view={{ ...view, now: Date.now() }} events={events} />
    </>,
  );
});

auditRoutes.get("/audit/export", (c) => {
  const { view } = c.var;
  const format = view.url.searchParams.get("format") === "jsonl" ? "jsonl" : "csv";
  return view.api.stream("/v1/audit/export", { ...askedOf(filterOf(view.url.searchParams), view.now), format });
});

auditRoutes.get("/audit/:event", async (c) => {
  const { view } = c.var;
  const event = await view.api.get<ExplainedEventAnswer>(path`/v1/audit/events/${c.req.param("event")}`, {
    language: view.locale,
  });
  if (!event.ok) return problemPage(c, event);
  const { id, channel } = event.value.event;
  const trace = TRACED.has(channel)
    ? await view.api.get<TraceAnswer>("/v1/trace", { event: id, language: view.locale })
    : undefined;
  const [signIn] = trace?.ok === true ? trace.value.signIns : [];
  return c.html(<EventPage view={view} {...event.value} signIn={signIn} />);
});

auditRoutes.get("/users/:user/trace", async (c) => {
  const { view } = c.var;
  const user = c.req.param("user");
  const trace = await view.api.get<TraceAnswer>("/v1/trace", { user, language: view.locale });
  if (!trace.ok) return problemPage(c, trace);
  return c.html(<TracePage view={view} user={user} trace={trace.value} />);
});
