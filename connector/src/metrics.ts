// Counters and gauges in Prometheus's text format, which is a few lines to write. Labels are our own words only (reasons,
// programs), never anything a caller sent.

/** Counters by name and label, and gauges that are read when the metrics are requested. */
export class Metrics {
  readonly #counters = new Map<string, { readonly help: string; readonly values: Map<string, number> }>();
  readonly #gauges = new Map<string, { readonly help: string; readonly read: () => number }>();

  /** Declares a counter; its name ends in `_total` or `_seconds_sum`. */
  counter(
    name: string,
    help: string,
  ): { readonly add: (labels: Readonly<Record<string, string>>, by?: number) => void } {
    const values = new Map<string, number>();
    this.#counters.set(name, { help, values });
    return {
      add: (labels, by = 1) => {
        const key = Object.entries(labels)
          .map(([label, value]) => `${label}="${value}"`)
          .join(",");
        values.set(key, (values.get(key) ?? 0) + by);
      },
    };
  }

  gauge(name: string, help: string, read: () => number): void {
    this.#gauges.set(name, { help, read });
  }

  /** The exposition, text format 0.0.4. */
  text(): string {
    const lines: string[] = [];
    for (const [name, { help, values }] of this.#counters) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
      for (const [labels, value] of values)
        lines.push(labels === "" ? `${name} ${value}` : `${name}{${labels}} ${value}`);
    }
    for (const [name, { help, read }] of this.#gauges) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${read()}`);
    }
    return `${lines.join("\n")}\n`;
  }
}
