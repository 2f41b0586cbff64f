// One poll, from when it is sent to the Front-End until its answer has gone: the metrics say how many are open.

import { type CountedPoll, meters } from "../metrics/meters.ts";

export class OpenPoll {
  readonly #counted: CountedPoll;
  #streaming = false;

  /** `now`: when it came, ms. */
  constructor(now: number) {
    this.#counted = meters.pollOpened(now);
  }

  /** It is sent again, so its client is still there. */
  alive(): void {
    this.#counted.stillOpen(Date.now());
  }

  /** Its answer begins to stream. Call what comes back when the stream has ended. */
  streams(): () => void {
    this.#streaming = true;
    return this.#counted.ended;
  }

  /** Ends it, if it got an answer that is there already. */
  endUnlessStreaming(): void {
    if (!this.#streaming) this.#counted.ended();
  }
}
