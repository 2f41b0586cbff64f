// The list of users: searched as somebody types, filtered, in pages.

import { Hono } from "hono";
import type { Child, FC } from "hono/jsx";
import type { UserAnswer, UsersPageAnswer } from "../../api/schemas/directory.ts";
import { Field, Select } from "../../web/components/form.tsx";
import { Badge } from "../../web/components/parts.tsx";
import { Pager, Table } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import { problemPage } from "../problem-page.tsx";
import type { ConsoleEnv, View } from "../site.ts";
import { addressOf, nameOf, personPath } from "./parts.tsx";
import { words } from "./words.ts";

/** A page of the list weighs some 30 kB with so many. */
const ROWS = 50;
/** Where a script puts the rows of a new search. */
const FOUND = "found";

export const listRoutes = new Hono<ConsoleEnv>();

listRoutes.get("/users", async (c) => {
  const { view } = c.var;
  const asked = (name: string): string => (view.url.searchParams.get(name) ?? "").trim();
  const filter = { q: asked("q"), state: asked("state"), group: asked("group"), origin: asked("origin") };
  const found = await view.api.get<UsersPageAnswer>("/v1/users", { ...filter, after: asked("after"), limit: ROWS });
  if (!found.ok) return problemPage(c, found);
  const rows = <Found view={view} found={found.value} isFiltered={Object.values(filter).some((text) => text !== "")} />;
  // A script wants the rows alone, except where it puts a whole page back.
  const isPart = c.req.header("hx-request") !== undefined && c.req.header("hx-history-restore-request") === undefined;
  return c.html(
    isPart ? (
      rows
    ) : (
      <ListPage view={view} {...filter}>
        {rows}
      </ListPage>
    ),
  );
});

type ListProps = { view: View; q: string; state: string; group: string; origin: string; children?: Child };

const ListPage: FC<ListProps> = ({ view, q, state, group, origin, children }) => {
  const t = words[view.locale];
  const add = view.may.administrate ? (
    <div class="actions">
      <a href="/users/import" class="button secondary">
        {t.import}
      </a>
      <a href="/users/new" class="button">
        {t.add}
      </a>
    </div>
  ) : null;
  const options = Object.entries(t.states);
  return (
    <Page view={view} title={t.title} actions={add} scripts={["htmx.js"]}>
      <search>
        <form
          class="filters"
          action="/users"
          hx-get="/users"
          hx-target={`#${FOUND}`}
          hx-swap="outerHTML"
          hx-trigger="input changed delay:250ms from:find input[name='q'], input changed delay:250ms from:find input[name='group'], change, submit"
          hx-sync="this:replace"
          hx-push-url="true"
        >
          <Field
            {...{ label: t.search, name: "q", value: q, type: "search", search: true, autofocus: q === "" }}
            {...{ placeholder: t.searchHint, autocomplete: "off", autocapitalize: "none", spellcheck: "false" }}
            maxlength="200"
          />
          <Select label={t.state} name="state" value={state} options={options} />
          <Select label={t.origin} name="origin" value={origin} options={Object.entries(t.origins)} />
          <Field label={t.group} name="group" value={group} maxlength="64" autocapitalize="none" />
          <button class="secondary">{t.find}</button>
        </form>
      </search>
      {children}
    </Page>
  );
};

const Found: FC<{ view: View; found: UsersPageAnswer; isFiltered: boolean }> = ({ view, found, isFiltered }) => {
  const t = words[view.locale];
  return (
    <section id={FOUND} aria-live="polite">
      <Table
        caption={t.list}
        rows={found.items}
        empty={found.next === null ? isFiltered ? t.nobody : t.none : <GoOn view={view} next={found.next} />}
        columns={[
          {
            ...{ head: t.person, main: true },
            cell: (user) => (
              <>
                <a href={personPath(user.id)}>{nameOf(user)}</a>
                {user.displayName === null ? null : <small class="under">{addressOf(user.sipUri)}</small>}
              </>
            ),
          },
          { head: t.account, cell: ({ account }) => account },
          { head: t.groups, cell: ({ groups }) => groups.join(", ") },
          { head: t.state, cell: (user) => <UserState view={view} user={user} /> },
        ]}
      />
      {found.items.length === 0 ? null : <Pager url={view.url} next={found.next} words={t.paging} />}
    </section>
  );
};

/**
 * Where thousands have each word of a search, the API looks at some thousand people at a time, and may find none among
 * them. Then a script goes on by itself, and somebody without one by a link.
 */
const GoOn: FC<{ view: View; next: string }> = ({ view, next }) => {
  const t = words[view.locale];
  const query = new URLSearchParams(view.url.searchParams);
  query.set("after", next);
  const href = `${view.url.pathname}?${query}`;
  return (
    <span hx-get={href} hx-trigger="load" hx-target={`#${FOUND}`} hx-swap="outerHTML">
      {t.notYet} <a href={href}>{t.goOn}</a>
    </span>
  );
};

/** Whether somebody may sign in, and whether a new device may enrol now. */
export const UserState: FC<{ view: View; user: UserAnswer }> = ({ view, user }) => {
  const t = words[view.locale];
  const isOpen = user.windowUntil !== null && Date.parse(user.windowUntil) > view.now;
  return (
    <>
      <Badge tone={user.disabledAt === null ? "good" : "bad"}>
        {user.disabledAt === null ? t.maySignIn : t.disabled}
      </Badge>
      {isOpen ? (
        <>
          {" "}
          <Badge tone="wait">{t.windowOpen}</Badge>
        </>
      ) : null}
    </>
  );
};
