// Which devices a page lists: the filters in its address, and the query of the API that they mean. Pure.

import type { DeviceType, PartnershipState } from "../../core/device/types.ts";

const DAY_MS = 86_400_000;

/** The states in the order of the menu above the list. */
export const STATES = ["quarantined", "allowed", "blocked", "pending", "expired"] as const satisfies PartnershipState[];
export type ListedState = (typeof STATES)[number];
export const TYPES = ["desktop", "phone", "tablet", "browser", "unknown"] as const satisfies DeviceType[];

/** How long ago a device was seen last: within so many days, or not for so many. */
const SEEN = {
  day: { within: 1 },
  week: { within: 7 },
  month: { within: 30 },
  "not-month": { not: 30 },
  "not-quarter": { not: 90 },
} as const;
export type SeenWithin = keyof typeof SEEN;
export const SEEN_WITHIN = Object.keys(SEEN) as readonly SeenWithin[];

/** What the address says. A value that is not known is ignored. */
export type DeviceFilters = {
  readonly state: ListedState | undefined;
  readonly type: DeviceType | undefined;
  readonly seen: SeenWithin | undefined;
  readonly product: string;
  readonly version: string;
  readonly q: string;
  /** The id of one person. */
  readonly user: string;
};

export function readFilters(query: URLSearchParams): DeviceFilters {
  const text = (name: string, most: number): string => (query.get(name) ?? "").trim().slice(0, most);
  return {
    state: STATES.find((each) => each === query.get("state")),
    type: TYPES.find((each) => each === query.get("type")),
    seen: SEEN_WITHIN.find((each) => each === query.get("seen")),
    ...{ product: text("product", 100), version: text("version", 100), q: text("q", 200), user: text("user", 1_024) },
  };
}

/** How many of the filters that are not always in sight are set. */
export const countHidden = ({ type, seen, product, version }: DeviceFilters): number =>
  [type ?? "", seen ?? "", product, version].filter((value) => value !== "").length;

/** Whether the list is narrowed by anything but the state. */
export const isNarrowed = (filters: DeviceFilters): boolean =>
  countHidden(filters) > 0 || filters.q !== "" || filters.user !== "";

/** As `GET /v1/devices` takes it. `now` in ms. */
export function apiQuery({ seen, ...filters }: DeviceFilters, now: number) {
  return { ...filters, ...(seen === undefined ? {} : seenQuery(SEEN[seen], now)) };
}

function seenQuery(span: { readonly within: number } | { readonly not: number }, now: number) {
  const ago = (days: number): string => new Date(now - days * DAY_MS).toISOString();
  return "within" in span ? { seenAfter: ago(span.within) } : { seenBefore: ago(span.not) };
}
