// What Cloudflare asks for the operations that are billed on the Workers Paid plan, as its pages said in November 2026
// (developers.cloudflare.com: workers/platform/pricing, durable-objects/platform/pricing, d1/platform/pricing), and what
// is in the plan's five dollars a month. Prices in dollars.

/** What one thing uses, in units that are billed. */
export type Usage = {
  readonly workerRequests: number;
  readonly cpuMs: number;
  readonly objectRequests: number;
  /** GB-seconds: an object that works is billed with 128 MB. */
  readonly objectGbS: number;
  readonly objectRowsRead: number;
  readonly objectRowsWritten: number;
  readonly d1RowsRead: number;
  readonly d1RowsWritten: number;
};

type Price = { readonly perMillion: number; readonly included: number };

/** The plan itself, a month. */
export const PLAN = 5;

export const PRICES: Readonly<Record<keyof Usage, Price>> = {
  workerRequests: { perMillion: 0.3, included: 10e6 },
  cpuMs: { perMillion: 0.02, included: 30e6 },
  objectRequests: { perMillion: 0.15, included: 1e6 },
  objectGbS: { perMillion: 12.5, included: 400_000 },
  objectRowsRead: { perMillion: 0.001, included: 25e9 },
  objectRowsWritten: { perMillion: 1, included: 50e6 },
  d1RowsRead: { perMillion: 0.001, included: 25e9 },
  d1RowsWritten: { perMillion: 1, included: 50e6 },
};

const KINDS = Object.keys(PRICES) as (keyof Usage)[];

const ofEach = (value: (kind: keyof Usage) => number): Usage =>
  Object.fromEntries(KINDS.map((kind) => [kind, value(kind)])) as Usage;

export const NO_USAGE = ofEach(() => 0);
export const plus = (a: Usage, b: Usage): Usage => ofEach((kind) => a[kind] + b[kind]);
export const times = (usage: Usage, n: number): Usage => ofEach((kind) => n * usage[kind]);

/** The price of a month's use. `included`: without what the plan has in it. */
export function dollars(usage: Usage, { included }: { readonly included: boolean }): number {
  return KINDS.reduce((sum, kind) => {
    const { perMillion, included: free } = PRICES[kind];
    return sum + (Math.max(0, usage[kind] - (included ? free : 0)) * perMillion) / 1e6;
  }, 0);
}
