// The sign-ins that a trace shows, and the decisions about devices that followed. They are found through the pages of
// the audit's list, so every search has its index and its bound.

import type { SignInChannel } from "../audit/event.ts";
import type { AuditFilter, StoredEvent } from "./audit.ts";
import { pageOfEvents } from "./audit-list.ts";
import type { Database } from "./database.ts";

/** The channels of the pool's token services. Sign-ins to the console and the portal have no stages. */
const CHANNELS: ReadonlySet<string> = new Set<SignInChannel>([
  "ntlm",
  "negotiate",
  "password-grant",
  "username-token",
  "certificate",
  "passive",
  "guest",
]);
const isSignIn = ({ channel }: StoredEvent): boolean => CHANNELS.has(channel);
const isOfTicket = ({ channel }: StoredEvent): boolean => channel === "device" || channel === "ticket";

/** Events of a page. */
const PAGE = 100;
/** How many pages are looked through for sign-ins. A user has few other events between two of them. */
const MAX_PAGES = 5;
/** How long after a sign-in a decision about a device is told with it, ms: as long as a ticket lives. */
const FOLLOWS_FOR_MS = 8 * 3_600_000;
/** The most such decisions. */
const MAX_LATER = 10;

/** The newest sign-ins that match, the newest first. */
export async function lastSignIns(db: Database, filter: AuditFilter, limit: number): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES && found.length < limit; pages++) {
    const { items, next } = await pageOfEvents(db, filter, { order: "desc", after, limit: PAGE });
    found.push(...items.filter(isSignIn));
    if (next === null) break;
    after = next;
  }
  return found.slice(0, limit);
}

/**
 * The sign-in to which an event belongs: itself, or, of a decision about a device, the last one before it of the same
 * person and network. Undefined: none is known.
 */
export async function signInOf(db: Database, event: StoredEvent): Promise<StoredEvent | undefined> {
  if (isSignIn(event)) return event;
  const { userId, source, at } = event;
  if (!isOfTicket(event) || userId === null) return undefined;
  const [signIn] = await lastSignIns(db, { userId, source, since: at - FOLLOWS_FOR_MS, until: at + 1 }, 1);
  return signIn;
}

/** The sign-in to which a request belongs. */
export async function signInOfRequest(
  db: Database,
  request: { readonly requestId: string; readonly since: number },
): Promise<StoredEvent | undefined> {
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const { items, next } = await pageOfEvents(db, request, { order: "desc", after, limit: PAGE });
    const own = items.find(isSignIn) ?? items.find(isOfTicket);
    if (own !== undefined) return signInOf(db, own);
    if (next === null) return undefined;
    after = next;
  }
  return undefined;
}

/**
 * What was decided about devices of the person after a sign-in, from the same network, before the next sign-in from
 * there: the first one first.
 */
export async function devicesAfter(db: Database, { id, userId, source, at }: StoredEvent): Promise<StoredEvent[]> {
  if (userId === null) return [];
  const filter = { userId, source, since: at, until: at + FOLLOWS_FOR_MS };
  const { items } = await pageOfEvents(db, filter, { order: "asc", after: id, limit: PAGE });
  const next = items.findIndex((event) => isSignIn(event) && event.outcome === "signed-in");
  return items
    .slice(0, next === -1 ? items.length : next)
    .filter(isOfTicket)
    .slice(0, MAX_LATER);
}
