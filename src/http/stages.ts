// How long each stage of a request took. The audit keeps the stages of a sign-in, and the metrics count those of every
// request. The clock of a Worker moves only when it waits for something, so a stage is the wait for another part.

/** The parts for which a request waits. `floor` is the wait that gives every refusal the same time (S-22). */
export const STAGES = [
  "network-guard",
  "directory",
  "user-guard",
  "sign-on-line",
  "connector",
  "front-end",
  "floor",
] as const;
export type Stage = (typeof STAGES)[number];

/** One wait: for what, when it began after the start of the request, and how long it took; both in ms. */
export type StageTaken = { readonly stage: Stage; readonly at: number; readonly ms: number };

/** More waits than this are not kept: a long download asks its user's guard every two seconds. */
const MAX_KEPT = 32;

/** The waits of one request, in the order in which they ended. */
export class Stages {
  readonly #start: number;
  readonly #now: () => number;
  readonly #taken: StageTaken[] = [];

  /** `start`: when the head of the request came, ms. */
  constructor(start: number, now: () => number = Date.now) {
    this.#start = start;
    this.#now = now;
  }

  /** Waits for `work`, and keeps how long it took, whether it succeeds or throws. */
  async timed<Work extends PromiseLike<unknown>>(stage: Stage, work: () => Work): Promise<Awaited<Work>> {
    const from = this.#now();
    try {
      return await work();
    } finally {
      const ms = this.#now() - from;
      if (this.#taken.length < MAX_KEPT) this.#taken.push({ stage, at: from - this.#start, ms });
    }
  }

  taken(): readonly StageTaken[] {
    return this.#taken;
  }
}
