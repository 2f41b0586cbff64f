// The newest poll of each event channel that this isolate has seen. A poll whose channel has a newer one is not sent
// again: at the Front-End it would take the newer one's place, and the client would hear that it runs twice. Polls of
// one client may come to several isolates; then the Front-End's own answer (409) ends the older one.

import { LEAST_POLL_MS, type PollAsked, replaces } from "../core/lync/event-channel.ts";
import { BoundedMap, bytesOfText } from "../core/text/bounded-map.ts";

/** What all channels may take, in bytes: some thousands of them. */
const MAX_BYTES = 1024 * 1024;

type Newest = { readonly asked: PollAsked; readonly timeoutMs: number };

/** One poll among those of its channel. */
export type Place = {
  /** How long its client waits for events, ms. */
  readonly timeoutMs: number;
  /** Whether no newer poll took its place. */
  readonly isNewest: () => boolean;
};

const bytesOf = ({ asked }: Newest): number => bytesOfText(asked.ack) + OBJECT_BYTES;
/** The two objects of an entry. */
const OBJECT_BYTES = 200;

export class NewestPolls {
  readonly #newest = new BoundedMap<Newest>(MAX_BYTES, bytesOf);

  /**
   * A poll that its guard has admitted begins. `channel`: the pool, the user and the path, because a guard admits its
   * user to every path of an event channel, also to another user's. A Front-End remembers the `timeout` of a channel, so one that does not
   * say any lasts as long as the one before it.
   */
  begin(channel: string, asked: PollAsked): Place {
    const before = this.#newest.get(channel);
    const timeoutMs = asked.timeoutMs ?? before?.timeoutMs ?? LEAST_POLL_MS;
    const mine = { asked, timeoutMs };
    if (before === undefined || replaces(asked, before.asked)) this.#newest.set(channel, mine);
    return { timeoutMs, isNewest: () => (this.#newest.get(channel) ?? mine) === mine };
  }
}
