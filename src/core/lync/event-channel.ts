// The event channel of a UCWA application: what a pending GET asks for in its query, and what a Front-End answers when
// the client's time is over and nothing has happened. Pure. Sources: "Event channel details", "Events in UCWA" and the
// reference of `events` (learn.microsoft.com/skype-sdk/ucwa).

/** What a pending GET lasts if its client has never said how long, and the least that one may ask for, ms. */
export const LEAST_POLL_MS = 180_000;
/** The most that a client may ask for, ms. */
export const MOST_POLL_MS = 1_800_000;

/** The query of a pending GET. */
export type PollAsked = {
  /** The last answer that the client has read, as it said it. */
  readonly ack: string;
  /** Of two with the same `ack` the one with the higher priority stays. 0 if the client said none. */
  readonly priority: number;
  /** How long the client waits for events, ms. Undefined if it does not say. */
  readonly timeoutMs: number | undefined;
};

/** What the client adds to the address that a Front-End gave it. */
const OF_THE_CLIENT: ReadonlySet<string> = new Set(["low", "medium", "priority", "timeout"]);

/** Reads the query (`?…` or empty). Never fails: what cannot be read counts as not said. */
export function pollAsked(query: string): PollAsked {
  const said = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const key = name.toLowerCase();
    if (!said.has(key)) said.set(key, value.trim());
  }
  const seconds = wholeNumber(said.get("timeout"));
  return {
    ack: said.get("ack") ?? "",
    priority: wholeNumber(said.get("priority")) ?? 0,
    timeoutMs: seconds === undefined ? undefined : Math.min(Math.max(seconds * 1_000, LEAST_POLL_MS), MOST_POLL_MS),
  };
}

/** Whether a Front-End lets a newer pending GET take the place of an older one. */
export const replaces = (newer: PollAsked, older: PollAsked): boolean =>
  newer.ack !== older.ack || newer.priority >= older.priority;

/**
 * The address of the same events once more: path and query without what the client adds itself. As its last answer is
 * not acknowledged by it, nothing is lost.
 */
export function sameEvents(path: string, query: string): string {
  const kept = query
    .replace(/^\?/, "")
    .split("&")
    .filter((pair) => pair !== "" && !OF_THE_CLIENT.has((pair.split("=")[0] ?? "").toLowerCase()));
  return kept.length === 0 ? path : `${path}?${kept.join("&")}`;
}

/** "No events", in HAL JSON. `href`: where the client asks next. */
export const noEventsJson = (href: string): string =>
  JSON.stringify({ _links: { self: { href }, next: { href } }, rel: "events" });

/** The same in UCWA's XML. */
export const noEventsXml = (href: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><events href="${inXml(href)}" ` +
  `xmlns="http://schemas.microsoft.com/rtc/2012/03/ucwa"><link rel="next" href="${inXml(href)}"/></events>`;

const inXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A whole number of at most nine digits; undefined for everything else. */
const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
