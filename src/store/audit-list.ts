// The list of the audit: filtered, newest or oldest first, and followed. One filter uses its index: the one that
// usually leaves the fewest rows. The other filters are judged row by row (examined.ts). Ids begin with the time, and
// every index ends with the id, so a range of time narrows each of them.

import { type AnyColumn, and, asc, desc, eq, getTableColumns, gt, gte, lt, type SQL, sql } from "drizzle-orm";
import { firstEventId, type Outcome } from "../audit/event.ts";
import { type AuditFilter, isRequest, type StoredEvent } from "./audit.ts";
import type { Database } from "./database.ts";
import { examine, MAX_EXAMINED, type Page } from "./examined.ts";
import { auditEvents } from "./schema.ts";

/** The order of the ids, which is the order of time. `desc`: the newest first. */
export type AuditOrder = "asc" | "desc";

/** One page of the events that match. `next`: the id after which the next page begins, in this order. */
export async function pageOfEvents(
  db: Database,
  filter: AuditFilter,
  page: { readonly order: AuditOrder; readonly after?: string | undefined; readonly limit: number },
): Promise<Page<StoredEvent, string>> {
  const { id } = auditEvents;
  const { driver, rest } = split(filter);
  const after = page.after === undefined ? undefined : page.order === "desc" ? lt(id, page.after) : gt(id, page.after);
  // Both ends are always given, so that every page is a search of an index.
  const since = gte(id, firstEventId(filter.since ?? 0));
  const until = filter.until === undefined ? undefined : lt(id, firstEventId(filter.until));
  const arrived = filter.arrivedBy === undefined ? undefined : sql`${auditEvents}.rowid <= ${filter.arrivedBy}`;
  const order = page.order === "desc" ? desc(id) : asc(id);
  const where = and(...driver, since, until, after, arrived);
  const events = { ...getTableColumns(auditEvents) };
  const { items, next } = await examine<StoredEvent, { readonly id: string }>(db, {
    limit: page.limit,
    judged: rest.length > 0,
    matching: (limit) => {
      if (rest.length === 0) return db.select(events).from(auditEvents).where(where).orderBy(order).limit(limit);
      const examined = db
        .select(events)
        .from(auditEvents)
        .where(where)
        .orderBy(order)
        .limit(MAX_EXAMINED)
        .as("examined");
      return db
        .select()
        .from(examined)
        .where(and(...rest.map((judge) => judge(examined))))
        .limit(limit);
    },
    lastExamined: () =>
      db
        .select({ id })
        .from(auditEvents)
        .where(where)
        .orderBy(order)
        .limit(1)
        .offset(MAX_EXAMINED - 1),
  });
  return { items, next: next?.id ?? null };
}

/** Events with their places in the order in which they came to D1, and the place to go on from. */
export type Arrived = {
  readonly items: readonly StoredEvent[];
  readonly arrivals: readonly number[];
  readonly last: number;
};

/**
 * The events that came to D1 after `after`, in that order, whatever their times. A guard sends its events some seconds
 * late, so a reader who went by the times would miss some. There is one gap: when the newest events are erased with a
 * person, D1 gives their places again, and a reader may miss one event.
 */
export async function arrivedEvents(
  db: Database,
  filter: AuditFilter,
  page: { readonly after: number; readonly limit: number },
): Promise<Arrived> {
  const arrival = sql<number>`${auditEvents}.rowid`.as("arrival");
  const newer = sql`${auditEvents}.rowid > ${page.after}`;
  const examined = db
    .select({ ...getTableColumns(auditEvents), arrival })
    .from(auditEvents)
    .where(newer)
    .orderBy(sql`${auditEvents}.rowid`)
    .limit(MAX_EXAMINED)
    .as("examined");
  const { driver: _driver, rest } = split(filter, false);
  const { since, until } = filter;
  const [rows, [mark]] = await db.batch([
    db
      .select()
      .from(examined)
      .where(
        and(
          ...rest.map((judge) => judge(examined)),
          since === undefined ? undefined : gte(examined.id, firstEventId(since)),
          until === undefined ? undefined : lt(examined.id, firstEventId(until)),
        ),
      )
      .limit(page.limit),
    db
      .select({ last: sql<number | null>`max(arrival)`.as("last") })
      .from(
        db
          .select({ arrival })
          .from(auditEvents)
          .where(newer)
          .orderBy(sql`${auditEvents}.rowid`)
          .limit(MAX_EXAMINED)
          .as("seen"),
      ),
  ]);
  const full = rows.length === page.limit ? rows.at(-1)?.arrival : undefined;
  return {
    items: rows.map(({ arrival: _arrival, ...event }) => event),
    arrivals: rows.map((row) => row.arrival),
    last: full ?? mark?.last ?? page.after,
  };
}

/** The place of the last event in D1. Somebody who follows from now on begins there. */
export async function lastArrival(db: Database): Promise<number> {
  const [row] = await db.select({ last: sql<number | null>`max(${auditEvents}.rowid)`.as("last") }).from(auditEvents);
  return row?.last ?? 0;
}

type Columns = Record<"userId" | "source" | "outcome" | "reason" | "device" | "by" | "requestId", AnyColumn>;
type Judge = (columns: Columns) => SQL | undefined;

/**
 * Most events have one of these outcomes. Another filter leaves fewer rows. Without another filter, such events are
 * found soon anyway.
 */
const FREQUENT: Outcome = "signed-in";
/** The reasons that go with that outcome and no other. */
const FREQUENT_REASONS = new Set(["saml", "cwt", "no-ticket"]);

/** What the index looks up, and what is judged row by row. With `drive` false, everything is judged row by row. */
function split(filter: AuditFilter, drive = true): { readonly driver: (SQL | undefined)[]; readonly rest: Judge[] } {
  const { userId, device, by, source, reason, outcome, requestId } = filter;
  const rare = sql`${auditEvents.outcome} <> 'signed-in'`; // written as in the partial indexes
  const filters: { readonly judge: Judge; readonly indexed: boolean; readonly partial?: SQL }[] = [];
  const add = (judge: Judge, indexed = true, partial?: SQL) =>
    filters.push({ judge, indexed, ...(partial && { partial }) });
  if (userId !== undefined) add((of) => eq(of.userId, userId));
  if (device !== undefined) add((of) => eq(of.device, device));
  if (by !== undefined) add((of) => eq(of.by, by));
  if (source !== undefined) add((of) => eq(of.source, source));
  if (reason !== undefined) add((of) => eq(of.reason, reason), !FREQUENT_REASONS.has(reason), rare);
  if (outcome !== undefined) add((of) => eq(of.outcome, outcome), outcome !== FREQUENT, rare);
  if (requestId !== undefined) add((of) => isRequest(of.requestId, requestId), false);
  const first = drive ? filters.find(({ indexed }) => indexed) : undefined;
  return {
    driver: first === undefined ? [] : [first.judge(auditEvents), first.partial],
    rest: filters.filter((each) => each !== first).map(({ judge }) => judge),
  };
}
