// Prometheus' text format 0.0.4: names, labels and numbers become lines. The format is four rules, so it is written here
// and not by a library for servers that keep their counts in memory.

import { BOUNDS_MS, type Family, type HistogramKey, MORE, SEPARATOR, SUM } from "./families.ts";

/** What Prometheus reads. */
export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type Labels = Readonly<Record<string, string>>;
/** One line: a number, and what it is of. */
export type Sample = { readonly labels?: Labels; readonly value: number };

/** Lines of all families, each with its help and its type. */
export class Exposition {
  readonly #lines: string[] = [];

  counter(name: string, help: string, samples: readonly Sample[]): void {
    this.#family(name, help, "counter");
    for (const { labels, value } of samples) this.#line(name, labels, value);
  }

  /** A number that may fall. A family without a number is left out. */
  gauge(name: string, help: string, samples: readonly Sample[]): void {
    if (samples.length === 0) return;
    this.#family(name, help, "gauge");
    for (const { labels, value } of samples) this.#line(name, labels, value);
  }

  /** `counts`: by bound in ms, `more` and `sum`, for each label. */
  histogram(
    { name, help, labels: [label = ""] }: Family,
    counts: ReadonlyMap<string, ReadonlyMap<string, number>>,
  ): void {
    this.#family(name, help, "histogram");
    for (const [value, buckets] of counts) {
      const of = { [label]: value };
      let total = 0;
      for (const bound of boundsOf(buckets)) {
        total += buckets.get(String(bound)) ?? 0;
        this.#line(`${name}_bucket`, { ...of, le: String(bound / 1_000) }, total);
      }
      total += buckets.get(MORE) ?? 0;
      this.#line(`${name}_bucket`, { ...of, le: "+Inf" }, total);
      this.#line(`${name}_sum`, of, (buckets.get(SUM) ?? 0) / 1_000);
      this.#line(`${name}_count`, of, total);
    }
  }

  text(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  #family(name: string, help: string, type: "counter" | "gauge" | "histogram"): void {
    this.#lines.push(
      `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
      `# TYPE ${name} ${type}`,
    );
  }

  #line(name: string, labels: Labels = {}, value: number): void {
    const said = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    this.#lines.push(`${name}${said.length === 0 ? "" : `{${said.join(",")}}`} ${value}`);
  }
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

/** Another version of the gateway may have counted by other bounds. */
function boundsOf(buckets: ReadonlyMap<string, number>): number[] {
  const others = [...buckets.keys()].filter((word) => /^\d+$/.test(word)).map(Number);
  return [...new Set([...BOUNDS_MS, ...others])].toSorted((a, b) => a - b);
}

/** The counts of one histogram, by label and then by bound. `labels`: those that have lines even without a count. */
export function bucketsOf(
  counts: ReadonlyMap<string, number>,
  family: HistogramKey,
  labels: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const found = new Map<string, Map<string, number>>(labels.map((label) => [label, new Map()]));
  for (const [key, count] of counts) {
    const [first, label = "", word = ""] = key.split(SEPARATOR);
    if (first !== family) continue;
    const buckets = found.get(label) ?? new Map<string, number>();
    buckets.set(word, (buckets.get(word) ?? 0) + count);
    found.set(label, buckets);
  }
  return found;
}
