// The first page: what waits for somebody, who must wait, how much happened, and whether everything works.

import { Hono } from "hono";
import type { LocksAnswer } from "../../api/schemas/locks.ts";
import type { StatisticsAnswer } from "../../api/schemas/statistics.ts";
import type { HealthAnswer } from "../../api/schemas/tokens.ts";
import { path } from "../../core/text/api-address.ts";
import { Notice, ProblemNotice } from "../../web/components/parts.tsx";
import { Section } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import { problemPage } from "../problem-page.tsx";
import { fresh } from "../sign-in/fresh.tsx";
import type { ConsoleContext, ConsoleEnv, View } from "../site.ts";
import { Charts } from "./chart.tsx";
import { Health } from "./health.tsx";
import { Later } from "./later.tsx";
import { type WaitingDevice, WaitingDevices } from "./waiting.tsx";
import { Waits } from "./waits.tsx";
import { words } from "./words.ts";

/** The page of all devices has the rest. */
const MAX_WAITING = 10;

export const overviewRoutes = new Hono<ConsoleEnv>();

overviewRoutes.get("/", async (c) => {
  const { view } = c.var;
  const t = words[view.locale];
  const [waiting, statistics] = await Promise.all([
    view.api.get<{ readonly items: readonly WaitingDevice[]; readonly next: string | null }>("/v1/devices", {
      state: "quarantined",
      limit: MAX_WAITING,
    }),
    view.api.get<StatisticsAnswer>("/v1/statistics", { hours: 24 }),
  ]);
  return c.html(
    <Page view={view} title={t.title} scripts={["htmx.js"]}>
      <DoneNotice view={view} />
      {waiting.ok ? (
        <WaitingDevices view={view} devices={waiting.value.items} isCut={waiting.value.next !== null} />
      ) : (
        <ProblemNotice problem={waiting} />
      )}
      <Later title={t.waits} href="/overview/waits" said={t.showWaits} />
      {statistics.ok ? <Charts view={view} hours={statistics.value.hours} /> : <ProblemNotice problem={statistics} />}
      <Later title={t.health} href="/overview/health" said={t.showHealth} />
    </Page>,
  );
});

function DoneNotice({ view }: { readonly view: View }) {
  const said: Readonly<Record<string, string>> = words[view.locale].done;
  const done = view.url.searchParams.get("done") ?? "";
  return Object.hasOwn(said, done) ? (
    <Notice tone="good">
      <p>{said[done]}</p>
    </Notice>
  ) : null;
}

overviewRoutes.get("/overview/waits", async (c) => {
  const { view } = c.var;
  const t = words[view.locale];
  const locks = await view.api.get<LocksAnswer>("/v1/locks");
  return part(c, t.waits, locks.ok ? <Waits view={view} locks={locks.value} /> : failed(t.waits, locks));
});

overviewRoutes.get("/overview/health", async (c) => {
  const { view } = c.var;
  const t = words[view.locale];
  const health = await view.api.get<HealthAnswer>("/v1/health");
  return part(c, t.health, health.ok ? <Health view={view} health={health.value} /> : failed(t.health, health));
});

const failed = (title: string, problem: { readonly detail: string; readonly fix?: string }) => (
  <Section title={title}>
    <ProblemNotice problem={problem} />
  </Section>
);

/** The part alone for a script, and a page of its own for a link. */
function part(c: ConsoleContext, title: string, content: ReturnType<typeof failed>) {
  const { view } = c.var;
  if (c.req.header("hx-request") !== undefined) return c.html(content);
  return c.html(
    <Page view={view} title={title}>
      {content}
      <a class="button secondary" href="/">
        {words[view.locale].back}
      </a>
    </Page>,
  );
}

// A network is more than one person, so its wait is ended only by somebody who has just proved to be there.
overviewRoutes.post("/overview/networks/clear", fresh, async (c) => {
  const { view, form } = c.var;
  const cleared = await view.api.post(path`/v1/locks/networks/${form.get("network") ?? ""}/clear`);
  return cleared.ok ? c.redirect("/?done=network-cleared", 303) : problemPage(c, cleared);
});
