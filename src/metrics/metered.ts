// The lines of what isolates counted. Labels that alerts watch are there from the beginning with 0, because a series that
// begins with 1 has never increased for Prometheus.

import { POINT_STAGES } from "./analytics.ts";
import { bucketsOf, type Exposition, type Sample } from "./exposition.ts";
import { COUNTERS, type CounterKey, HISTOGRAMS, SEPARATOR } from "./families.ts";

/** Label values that always have a line. */
const ALWAYS: Readonly<Record<CounterKey, readonly (readonly string[])[]>> = {
  requests: [],
  refusals: [
    ...[["front-end-unreachable"], ["internal"], ["configuration"], ["network-over-budget"]],
    ...[["passive-not-ours"], ["passive-redirect-unexpected"], ["passive-loop"]],
  ],
  frontEnd: [["2xx"], ["4xx"], ["5xx"], ["unreachable"]],
  connector: [
    ...[["ok"], ["unreachable"], ["unknown-user"]],
    ...[["sts-unreachable"], ["sts-redirect-unexpected"], ["sts-token-refused"], ["sts-not-configured"]],
  ],
  lostWrites: [[]],
};
const CLASSES = ["open", "sign-in", "ticket", "poll", "closed"];

/** Writes all counters and histograms of isolates. A key that another version wrote is left out. */
export function meteredLines(lines: Exposition, { counts }: { readonly counts: ReadonlyMap<string, number> }): void {
  for (const [key, { name, help, labels }] of Object.entries(COUNTERS)) {
    lines.counter(name, help, samplesOf(counts, key as CounterKey, labels));
  }
  lines.histogram(HISTOGRAMS.request, bucketsOf(counts, "request", CLASSES));
  lines.histogram(HISTOGRAMS.stage, bucketsOf(counts, "stage", POINT_STAGES));
}

function samplesOf(counts: ReadonlyMap<string, number>, family: CounterKey, labels: readonly string[]): Sample[] {
  const found = new Map<string, number>(ALWAYS[family].map((values) => [[family, ...values].join(SEPARATOR), 0]));
  for (const [key, count] of counts) {
    const words = key.split(SEPARATOR);
    if (words[0] === family && words.length === labels.length + 1) found.set(key, count);
  }
  return Array.from(found, ([key, value]) => {
    const [, ...values] = key.split(SEPARATOR);
    return { labels: Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ""])), value };
  });
}
