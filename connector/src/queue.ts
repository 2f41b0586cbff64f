// Limits how many tasks run at once and how many wait. When the line is full, a new task is refused at once.

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

  /** Runs a task and returns its result. Undefined if the line is full. */
  async run<T>(task: () => Promise<T>): Promise<T | undefined> {
    if (this.#running >= this.#atOnce) {
      if (this.#line.length >= this.#most) return undefined;
      await new Promise<void>((resolve) => this.#line.push(resolve)); // a task that ends starts the next one
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
