// How many lines about refused requests an isolate writes. A stranger can cause as many refusals as requests, and must
// fill neither the log nor the memory with them (S-44). Each network has a number of lines a minute for each reason.
// Each reason also has a number over all networks, because a stranger can use many networks. Lines that are left out
// are counted, and the next line of that network says how many.

import { BoundedMap } from "../core/text/bounded-map.ts";

const WINDOW_MS = 60_000;
/**
 * Lines a minute of one network for one reason: more than the clients of one person cause, and more than a walk over
 * all directories does.
 */
export const LINES_OF_A_NETWORK = 60;
/** Lines a minute for one reason, over all networks. */
export const LINES_OF_A_REASON = 600;
/** What the counts of networks may take, bytes: enough for some thousand networks. */
const MAX_BYTES = 256 * 1024;
/** Each count is three numbers. */
const ENTRY_BYTES = 64;

type Count = { readonly window: number; readonly lines: number; readonly leftOut: number };

/** The lines of one isolate. */
export class LineLimit {
  readonly #networks = new BoundedMap<Count>(MAX_BYTES, () => ENTRY_BYTES);
  /** One count for each reason. There are few reasons. */
  readonly #reasons = new Map<string, Count>();

  /** What the counts of networks take, in bytes. */
  get bytes(): number {
    return this.#networks.bytes;
  }

  /**
   * Whether one more line may be written, and how many lines of this network and reason were left out since the last
   * one. `now` in ms.
   */
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

/**
 * The count of this window. From an earlier window it keeps only the number of lines left out, which is still to be
 * written.
 */
function within(count: Count | undefined, window: number): Count {
  if (count?.window === window) return count;
  return { window, lines: 0, leftOut: count?.leftOut ?? 0 };
}
