// Following the audit: a reader gets each event once. First come the events that exist already, in the order of their
// times. New events follow, in the order in which they reach D1.

import type { AuditFilter, StoredEvent } from "../store/audit.ts";
import { arrivedEvents, lastArrival, pageOfEvents } from "../store/audit-list.ts";
import type { Database } from "../store/database.ts";
import { cursorOf, readCursor } from "./cursor.ts";

/**
 * How often D1 is asked while a client waits, ms. More often is useless: guards send their events some seconds late.
 */
const LOOK_AGAIN_MS = 1_000;

/** Where a reader stands in the order in which events reached D1. `id`: the reader still has older events to read. */
type Place = { readonly arrival: number; readonly id?: string };

/** Some events. `nextAfter` makes the cursor that stands after the first `count` of them. */
export type Followed = { readonly items: readonly StoredEvent[]; readonly nextAfter: (count: number) => string };

/** The next events for a reader who follows. Undefined: the cursor does not belong to this list. */
export async function follow(
  db: Database,
  filter: AuditFilter,
  asked: { readonly after: string; readonly limit: number; readonly waitS: number },
): Promise<Followed | undefined> {
  const { after, limit, waitS } = asked;
  const begin = after === "" ? await beginning(db, filter) : placeIn(after);
  if (begin === undefined) return undefined;
  let place = begin;
  const until = Date.now() + waitS * 1_000;
  for (;;) {
    const found = await eventsAt(db, filter, place, limit);
    const left = until - Date.now();
    if (found.items.length > 0 || left <= 0) return found;
    place = placeIn(found.nextAfter(0)) ?? place;
    await scheduler.wait(Math.min(LOOK_AGAIN_MS, left));
  }
}

async function beginning(db: Database, { since }: AuditFilter): Promise<Place> {
  const arrival = await lastArrival(db);
  return since === undefined ? { arrival } : { arrival, id: "" };
}

async function eventsAt(db: Database, filter: AuditFilter, place: Place, limit: number): Promise<Followed> {
  const { arrival, id } = place;
  if (id === undefined) {
    const { items, arrivals, last } = await arrivedEvents(db, filter, { after: arrival, limit });
    return {
      items,
      nextAfter: (count) => written({ arrival: count === items.length ? last : (arrivals[count - 1] ?? arrival) }),
    };
  }
  const before = { ...filter, arrivedBy: arrival };
  const { items, next } = await pageOfEvents(db, before, { order: "asc", after: id, limit });
  const end: Place = next === null ? { arrival } : { arrival, id: next };
  return {
    items,
    nextAfter: (count) => written(count === items.length ? end : { arrival, id: items[count - 1]?.id ?? id }),
  };
}

const written = ({ arrival, id }: Place): string => (id === undefined ? cursorOf(arrival) : cursorOf(arrival, id));

function placeIn(cursor: string): Place | undefined {
  const [arrival] = readCursor(cursor, ["number"]) ?? [];
  if (typeof arrival === "number") return { arrival };
  const [mark, id] = readCursor(cursor, ["number", "string"]) ?? [];
  return typeof mark === "number" && typeof id === "string" ? { arrival: mark, id } : undefined;
}
