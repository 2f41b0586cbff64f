// The pages about devices of all people: the list, many at once, contested ids. One device has its page at its person.

import { Hono } from "hono";
import { localPath } from "../../web/local-path.ts";
import { problemPage } from "../problem-page.tsx";
import { fresh } from "../sign-in/fresh.tsx";
import type { ConsoleEnv, ConsoleMiddleware } from "../site.ts";
import { devicePath } from "../users/parts.tsx";
import type { ContestPage, DevicePage } from "./answers.ts";
import { type BatchAction, type Chosen, ReportPage, SurePage } from "./batch-pages.tsx";
import { ContestsPage } from "./contests-page.tsx";
import { apiQuery, isNarrowed, readFilters } from "./filter.ts";
import { ListPage } from "./list-page.tsx";
import { words } from "./words.ts";

/** Enough to look through, and a page well under 100 KB. */
const DEVICES_OF_A_PAGE = 50;
const CONTESTS_OF_A_PAGE = 50;
/** Above this number the page only says that there are more. */
const MOST_COUNTED = 100;
/** In the address of the list, after a form in which nothing was ticked. */
const NONE = "none";

export const deviceRoutes = new Hono<ConsoleEnv>();

deviceRoutes.get("/devices", async (c) => {
  const { view } = c.var;
  const query = view.url.searchParams;
  const filters = readFilters(query);
  // A person who looks at another state is told that somebody waits. A person who searches is not.
  const counts = filters.state !== "quarantined" && !isNarrowed(filters) && query.get("after") === null;
  const [page, waiting] = await Promise.all([
    view.api.get<DevicePage>("/v1/devices", {
      ...apiQuery(filters, view.now),
      ...{ limit: DEVICES_OF_A_PAGE, after: query.get("after") },
    }),
    counts ? view.api.get<DevicePage>("/v1/devices", { state: "quarantined", limit: MOST_COUNTED }) : undefined,
  ]);
  if (!page.ok) return problemPage(c, page);
  const { items, next } = page.value;
  const said = query.get("done") === NONE ? words[view.locale].noneTicked : undefined;
  return c.html(
    <ListPage
      {...{ view, filters, items, next, said }}
      waiting={waiting?.ok === true ? { count: waiting.value.items.length, more: waiting.value.next !== null } : null}
    />,
  );
});

deviceRoutes.get("/devices/contests", async (c) => {
  const { view } = c.var;
  const after = view.url.searchParams.get("after");
  const page = await view.api.get<ContestPage>("/v1/devices/contests", { after, limit: CONTESTS_OF_A_PAGE });
  return page.ok ? c.html(<ContestsPage view={view} page={page.value} />) : problemPage(c, page);
});

/** Somebody who knows only the id of a device is sent to it on its person's page. */
deviceRoutes.get("/devices/:device{d_[0-9A-Za-z_-]+}", async (c) => {
  const { view } = c.var;
  const id = c.req.param("device");
  const found = await view.api.get<DevicePage>("/v1/devices", { q: id, limit: 2 });
  if (!found.ok) return problemPage(c, found);
  const device = found.value.items.find((each) => each.id === id);
  return device === undefined ? c.notFound() : c.redirect(devicePath(device.userId, id), 303);
});

/** The devices of a form, each as `user/device`. */
const DEVICE = /^([^/]{1,1024})\/(d_[0-9A-Za-z_-]{1,64})$/;
const ACTIONS: readonly BatchAction[] = ["approve", "block", "forget"];

function batchOf(form: URLSearchParams) {
  const items = form.getAll("device").flatMap((text) => {
    const [, user, device] = DEVICE.exec(text) ?? [];
    return user === undefined || device === undefined ? [] : [{ user, device }];
  });
  const back = localPath(form.get("back"));
  return {
    items,
    action: ACTIONS.find((each) => each === form.get("action")) ?? "approve",
    why: (form.get("why") ?? "").trim(),
    sure: form.get("sure") === "yes",
    back: back.startsWith("/devices") || back.startsWith("/users/") ? back : "/devices",
  };
}

/** One device is shut out without a question, because that must be quick. For many, the person confirms who it is. */
const freshForMany: ConsoleMiddleware = (c, next) => {
  const { items, action, sure } = batchOf(c.var.form);
  return sure && action !== "approve" && items.length > 1 ? fresh(c, next) : next();
};

deviceRoutes.post("/devices/batch", freshForMany, async (c) => {
  const { view, form } = c.var;
  const { items, action, why, sure, back } = batchOf(form);
  if (items.length === 0) return c.redirect(`${back}${back.includes("?") ? "&" : "?"}done=${NONE}`, 303);
  const asks = action !== "approve" && !sure;
  const once = asks ? undefined : (form.get("once") ?? undefined);
  const body = { action, items, why, dryRun: asks };
  const answer = await view.api.post<{ readonly rows: readonly Chosen["row"][] }>("/v1/devices/batch", body, { once });
  if (!answer.ok) return problemPage(c, answer);
  const chosen = answer.value.rows.flatMap((row): Chosen[] => {
    const item = items[row.row];
    return item === undefined ? [] : [{ ...item, row }];
  });
  const batch = { view, chosen, why, back };
  return c.html(
    action !== "approve" && asks ? <SurePage {...batch} action={action} /> : <ReportPage {...batch} action={action} />,
  );
});
