// How many lines of refused requests an isolate writes: a stranger can cause as many refusals as requests, and must fill neither
// the log nor the memory with them (S-44). Each network has a number of lines a minute for each reason, and each reason has one
// over all networks, because a stranger can have many. What is left out is counted, and the network's next line says how much.

import { BoundedMap } from "../core/text/bounded-map.ts";

const WINDOW_MS = 60_000;
/** Lines a minute of one network for one reason: more than one person's clients cause, and a walk over all directories. */
export const LINES_OF_A_NETWORK = 60;
/** Lines a minute for one reason, whoever causes them. */
export const LINES_OF_A_REASON = 600;
/** What is kept of networks, bytes: some thousand of them. */
const MAX_BYTES = 256 * 1024;
/** Three numbers. */
const ENTRY_BYTES = 64;

type Count = { readonly window: number; readonly lines: number; readonly leftOut: number };

/** The lines of one isolate. */
export class LineLimit {
  readonly #networks = new BoundedMap<Count>(MAX_BYTES, () => ENTRY_BYTES);
  /** One for each reason, which are few. */
  readonly #reasons = new Map<string, Count>();

  /** What is kept of networks, in bytes. */
  get bytes(): number {
    return this.#networks.bytes;
  }

  /** Whether one more line is written, `now` in ms, and how many were left out since the last one of this network and reason. */
  admit(network: string, reason: string, now: number): { readonly written: boolean; readonly leftOut: number } {
    const window = Math.floor(now / WINDOW_MS);
    const key = `${reason} ${network}`;
    const ofNetwork = within(this.#networks.get(key), window);
    const ofReason = within(this.#reasons.get(reason), window);
    const written = ofNetwork.lines < LINES_OF_A_NETWORK && ofReason.lines < LINES_OF_A_REASON;
    const { leftOut } = ofNetwork;
    if (written) {
      this.#reasons.set(reason, { ...ofReason, lines: ofReason.lines + 1 });
      this.#networks.set(key, { window, lines: ofNetwork.lines + 1, leftOut: 0 });
    } else {
      this.#networks.set(key, { ...ofNetwork, leftOut: leftOut + 1 });
    }
    return { written, leftOut };
  }
}

/** The count of this window; of an earlier one only what was left out is still to be said. */
function within(count: Count | undefined, window: number): Count {
  if (count?.window === window) return count;
  return { window, lines: 0, leftOut: count?.leftOut ?? 0 };
}
