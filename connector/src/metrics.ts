// Counters and gauges for Prometheus. Labels are only our own words (reasons, programs), never text from a caller.

import { Counter, Gauge, Registry } from "prom-client";

/** Counters, and gauges whose value is read when somebody requests the metrics. */
export class Metrics {
  readonly #registry = new Registry();

  /** Declares a counter with one label. Its name must end in `_total` or `_seconds_sum`. */
  counter<Label extends string>(
    name: string,
    help: string,
    label: Label,
  ): { readonly add: (value: string, by?: number) => void } {
    const counter = new Counter({ name, help, labelNames: [label], registers: [this.#registry] });
    return { add: (value, by = 1) => counter.labels(value).inc(by) };
  }

  gauge(name: string, help: string, read: () => number): void {
    // The registry keeps it.
    new Gauge({
      ...{ name, help, registers: [this.#registry] },
      collect() {
        this.set(read());
      },
    });
  }

  /** All metrics in text format 0.0.4. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
