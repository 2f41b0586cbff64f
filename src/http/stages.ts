// How long each stage of a request took. The audit keeps the stages of a sign-in, and the metrics count those of every
// request. The clock of a Worker moves only when it waits for something, so a stage is the wait for another part.

import { type Stage, type StageTaken, traceText } from "../audit/stages.ts";

export type { Stage, StageTaken } from "../audit/stages.ts";

/** More waits than this are not kept: a long download asks its user's guard every two seconds. */
const MAX_KEPT = 32;

/** What a part has said that threw: it could not be reached, or broke off. */
const THREW = "failed";

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

  /**
   * Waits for `work`, and keeps how long it took, whether it succeeds or throws. `said`: what the part answered, as a
   * word of Postern's own; never what a client or a Front-End wrote.
   */
  async timed<Work extends PromiseLike<unknown>>(
    stage: Stage,
    work: () => Work,
    said?: (value: Awaited<Work>) => string | undefined,
  ): Promise<Awaited<Work>> {
    const from = this.#now();
    let answer: string | undefined = THREW;
    try {
      const value = await work();
      answer = said?.(value);
      return value;
    } finally {
      const ms = this.#now() - from;
      const taken = { stage, at: from - this.#start, ms, ...(answer !== undefined && { said: answer }) };
      if (this.#taken.length < MAX_KEPT) this.#taken.push(taken);
    }
  }

  taken(): readonly StageTaken[] {
    return this.#taken;
  }

  /** What the audit keeps of it until now, as JSON. `ticketUntil`: when the ticket ends that the client gets, ms. */
  text(ticketUntil?: number): string {
    return traceText({ began: this.#start, stages: this.#taken, ...(ticketUntil !== undefined && { ticketUntil }) });
  }
}
