// One poll, from when it is sent to the Front-End until its answer has gone: the metrics say how many are open.

import { meters } from "../metrics/meters.ts";

export class OpenPoll {
  readonly #ended: () => void;
  #streaming = false;

  /** `now`: when it came, ms. */
  constructor(now: number) {
    this.#ended = meters.pollOpened(now);
  }

  /** Its answer begins to stream. Call what comes back when the stream has ended. */
  streams(): () => void {
    this.#streaming = true;
    return this.#ended;
  }

  /** Ends it, if it got an answer that is there already. */
  endUnlessStreaming(): void {
    if (!this.#streaming) this.#ended();
  }
}
