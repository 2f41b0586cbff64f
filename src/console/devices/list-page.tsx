// The list of devices: which ones, the filters, and what can be done with those that are ticked.

import type { FC } from "hono/jsx";
import { Actions, Field, Form, Select } from "../../web/components/form.tsx";
import { Notice, Time } from "../../web/components/parts.tsx";
import { type Column, Pager, Table } from "../../web/components/table.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { addressOf, DeviceState, personPath, placeOf } from "../users/parts.tsx";
import type { Listed } from "./answers.ts";
import { countHidden, type DeviceFilters, isNarrowed, SEEN_WITHIN, STATES, TYPES } from "./filter.ts";
import { deviceKind, deviceName } from "./parts.tsx";
import { words } from "./words.ts";

type ListProps = {
  readonly view: View;
  readonly filters: DeviceFilters;
  readonly items: readonly Listed[];
  readonly next: string | null;
  /** How many wait for approval; null where the page does not say it. `more`: and some more. */
  readonly waiting: { readonly count: number; readonly more: boolean } | null;
  /** What has just happened, in words. */
  readonly said: string | undefined;
};

export const ListPage: FC<ListProps> = ({ view, filters, items, next, waiting, said }) => {
  const t = words[view.locale];
  return (
    <Page view={view} title={t.title} scripts={["htmx.js"]}>
      {said === undefined ? null : (
        <Notice tone={said === t.noneTicked ? "wait" : "good"}>
          <p>{said}</p>
        </Notice>
      )}
      {waiting === null || waiting.count === 0 ? null : (
        <Notice tone="wait">
          <p>
            {t.waiting(waiting.count, waiting.more)} <a href="/devices?state=quarantined">{t.lookAtWaiting}</a>
          </p>
        </Notice>
      )}
      <search>
        <Filters view={view} filters={filters} />
      </search>
      <div id="list">
        <Views view={view} current={filters.state ?? "all"} />
        {filters.user === "" ? null : <p class="muted">{t.ofUser}</p>}
        <Listing view={view} filters={filters} items={items} next={next} />
      </div>
    </Page>
  );
};

/** Waiting ones first: they are what somebody comes for. */
const Views: FC<{ view: View; current: string }> = ({ view, current }) => {
  const t = words[view.locale];
  const [waiting, ...others] = STATES;
  const to = (state: string): string => {
    const query = new URLSearchParams(view.url.searchParams);
    for (const name of ["after", "done", "tick", "state"]) query.delete(name);
    if (state !== "all") query.set("state", state);
    for (const [name, value] of [...query]) if (value === "") query.delete(name);
    return `/devices${query.size === 0 ? "" : `?${query}`}`;
  };
  return (
    <nav class="views" aria-label={t.viewsLabel}>
      {[waiting, "all" as const, ...others].map((each) => (
        <a href={to(each)} aria-current={each === current ? "page" : undefined}>
          {t.views[each]}
        </a>
      ))}
      <a href="/devices/contests" aria-current={current === "contests" ? "page" : undefined}>
        {t.contests}
      </a>
    </nav>
  );
};

const LIVE = {
  "hx-get": "/devices",
  "hx-trigger": "input delay:250ms from:find input[type=search], change",
  "hx-target": "#list",
  "hx-select": "#list",
  "hx-swap": "outerHTML",
  "hx-push-url": "true",
  "hx-sync": "this:replace",
};

const Filters: FC<{ view: View; filters: DeviceFilters }> = ({ view, filters }) => {
  const t = words[view.locale];
  const hidden = countHidden(filters);
  const { state, user } = filters;
  return (
    <form method="get" action="/devices" class="search" {...LIVE}>
      {state === undefined ? null : <input type="hidden" name="state" value={state} />}
      {user === "" ? null : <input type="hidden" name="user" value={user} />}
      <div class="search-line">
        <input
          type="search"
          name="q"
          value={filters.q}
          placeholder={t.searchHint}
          aria-label={t.search}
          maxlength={200}
        />
        <button class="secondary">{t.filter}</button>
        {isNarrowed(filters) ? <a href={`/devices${state === undefined ? "" : `?state=${state}`}`}>{t.reset}</a> : null}
      </div>
      <details open={hidden > 0}>
        <summary>{t.more}</summary>
        <div class="filters">
          <Select
            label={t.type}
            name="type"
            value={filters.type ?? ""}
            options={[["", t.anyType], ...TYPES.map((each) => [each, t.types[each]] as const)]}
          />
          <Select
            label={t.seen}
            name="seen"
            value={filters.seen ?? ""}
            options={[["", t.seenWithin.any], ...SEEN_WITHIN.map((each) => [each, t.seenWithin[each]] as const)]}
          />
          <Field label={t.product} name="product" value={filters.product} placeholder={t.productHint} maxlength={100} />
          <Field label={t.version} name="version" value={filters.version} placeholder={t.versionHint} maxlength={100} />
        </div>
      </details>
    </form>
  );
};

const Listing: FC<Pick<ListProps, "view" | "filters" | "items" | "next">> = ({ view, filters, items, next }) => {
  const t = words[view.locale];
  const narrowed = isNarrowed(filters);
  const empty =
    next !== null
      ? t.short
      : filters.state === "quarantined" && !narrowed
        ? t.noneWaiting
        : narrowed || filters.state !== undefined
          ? t.none
          : t.noneYet;
  const table = <Table caption={t.title} rows={items} columns={columnsOf(view)} empty={empty} />;
  return (
    <section class="list">
      {items.length === 0 || !view.may.help ? (
        table
      ) : (
        <Form view={view} action="/devices/batch" class="pick">
          <input type="hidden" name="back" value={backOf(view.url)} />
          {table}
          <BulkBar view={view} />
        </Form>
      )}
      {items.length > 0 && items.length < 20 && next !== null ? <p class="muted">{t.short}</p> : null}
      <Pager url={view.url} next={next} words={t.pager} />
    </section>
  );
};

/** The address of the list without the message that it showed once. */
function backOf({ searchParams }: URL): string {
  const query = new URLSearchParams(searchParams);
  for (const name of ["done", "tick"]) query.delete(name);
  return `/devices${query.size === 0 ? "" : `?${query}`}`;
}

/** What can be done with what is ticked. It stays in sight, also on a phone. */
const BulkBar: FC<{ view: View }> = ({ view }) => {
  const t = words[view.locale];
  const ticked = new URLSearchParams(view.url.searchParams);
  ticked.set("tick", "all");
  return (
    <div class="bulk">
      <label data-with-script hidden>
        <input type="checkbox" data-all="device" checked={view.url.searchParams.get("tick") === "all"} /> {t.tickAll}
      </label>
      <noscript>
        <a href={`/devices?${ticked}`}>{t.tickAll}</a>
      </noscript>
      <input type="text" name="why" placeholder={t.why} aria-label={t.why} title={t.whyHint} maxlength={200} />
      <Actions>
        <button name="action" value="approve">
          {t.approve}
        </button>
        <button name="action" value="block" class="danger">
          {t.block}
        </button>
        <button name="action" value="forget" class="secondary">
          {t.forget}
        </button>
      </Actions>
    </div>
  );
};

function columnsOf(view: View): readonly Column<Listed>[] {
  const { locale, may } = view;
  const t = words[locale];
  const checked = view.url.searchParams.get("tick") === "all";
  const tick: Column<Listed> = {
    head: <span class="unseen">{t.columns.tick}</span>,
    cell: (device) => (
      <input
        type="checkbox"
        name="device"
        value={`${device.userId}/${device.id}`}
        checked={checked}
        aria-label={t.tick(deviceName(locale, device), device.displayName ?? addressOf(device.user))}
      />
    ),
  };
  return [
    ...(may.help ? [tick] : []),
    {
      head: t.columns.device,
      main: true,
      cell: (device) => (
        <>
          <a href={`/devices/${device.id}`}>{deviceName(locale, device)}</a>
          <small class="under">{deviceKind(locale, device)}</small>
        </>
      ),
    },
    {
      head: t.columns.user,
      cell: ({ userId, user, displayName }) => (
        <>
          <a href={personPath(userId)}>{displayName ?? addressOf(user)}</a>
          {displayName === null ? null : <small class="under">{addressOf(user)}</small>}
        </>
      ),
    },
    {
      head: t.columns.state,
      cell: (device) => (
        <>
          <DeviceState locale={locale} device={device} />
          <small class="under">{t.number(device.number)}</small>
        </>
      ),
    },
    {
      head: t.columns.seen,
      cell: ({ lastSeenAt, state, source }) =>
        state === "pending" ? null : (
          <>
            <Time reader={view} at={lastSeenAt} />
            <small class="under">{placeOf(source, locale)}</small>
          </>
        ),
    },
  ];
}
