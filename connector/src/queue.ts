// Bounds what runs at once and what waits for it. Whoever finds the line full hears so at once.

/** Runs tasks, at most `atOnce` together, with at most `waiting` in line. */
export class Queue {
  readonly #atOnce: number;
  readonly #most: number;
  readonly #line: (() => void)[] = [];
  #running = 0;

  constructor(atOnce: number, waiting: number) {
    this.#atOnce = atOnce;
    this.#most = waiting;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** The task's own end, or undefined when the line is full. */
  async run<T>(task: () => Promise<T>): Promise<T | undefined> {
    if (this.#running >= this.#atOnce) {
      if (this.#line.length >= this.#most) return undefined;
      await new Promise<void>((resolve) => this.#line.push(resolve)); // whoever ends hands over its place
    } else {
      this.#running++;
    }
    try {
      return await task();
    } finally {
      const next = this.#line.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
