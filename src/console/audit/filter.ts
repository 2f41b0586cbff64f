// Which events the audit's page shows. Everything stands in its address, so a colleague sees the same behind the same
// link.

const HOUR_MS = 3_600_000;

/** The spans of time that the page offers, ms. */
export const SPANS = { "1h": HOUR_MS, "24h": 24 * HOUR_MS, "7d": 168 * HOUR_MS, "30d": 720 * HOUR_MS } as const;
type Span = keyof typeof SPANS;

/** The texts that go to the API as they are. */
export const TEXTS = ["user", "outcome", "reason", "source", "device", "by", "request"] as const;
const MAX_CHARS = 1_024;

export type AuditFilter = { readonly [Name in (typeof TEXTS)[number]]?: string } & {
  readonly last?: Span;
  readonly since?: string;
  readonly until?: string;
};

/** The filter of an address. Values that make no sense are passed on: the API says what is wrong with them. */
export function filterOf(query: URLSearchParams): AuditFilter {
  const given = [...TEXTS, "since" as const, "until" as const].flatMap((name) => {
    const value = (query.get(name) ?? "").trim().slice(0, MAX_CHARS);
    return value === "" ? [] : [[name, value] as const];
  });
  const last = query.get("last") ?? "";
  return { ...Object.fromEntries(given), ...(isSpan(last) ? { last } : {}) };
}

const isSpan = (text: string): text is Span => Object.hasOwn(SPANS, text);

/** The query for the API at `now` (ms). */
export function askedOf(
  { last, since, ...rest }: AuditFilter,
  now: number,
): Readonly<Record<string, string | undefined>> {
  const from = last === undefined ? undefined : new Date(now - SPANS[last]).toISOString();
  return { ...rest, since: since ?? from };
}

/** The address of a page with this filter. */
export function hrefOf(path: string, filter: AuditFilter & Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}
