// Counters and gauges in Prometheus's text format. The format is so simple that this needs no library. Labels are only
// our own words (reasons, programs), never text from a caller.

/** Counters by name and label, and gauges whose value is read when somebody requests the metrics. */
export class Metrics {
  readonly #counters = new Map<string, { readonly help: string; readonly values: Map<string, number> }>();
  readonly #gauges = new Map<string, { readonly help: string; readonly read: () => number }>();

  /** Declares a counter. Its name must end in `_total` or `_seconds_sum`. */
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

  /** All metrics in text format 0.0.4. */
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
