// What this isolate knows of the networks from which devices sign in by key. The Worker verifies the signature, so a
// stranger cannot guess one. But a stranger can make a key, sign with it and name any user, and each such request wakes
// that user's guard. So after a failure from a network, the network's guard counts the following requests before a
// user's guard is asked. A network without failures costs no call of its guard. Once a day, the network's guard hears
// of each key that has succeeded. So it knows the right devices when failures come.

import { BoundedMap } from "../core/text/bounded-map.ts";

/** For how long after a failure the network's guard is asked first, ms. */
const ASKED_FIRST_MS = 600_000;
/**
 * How long the first request of a network may be under way, ms. The network's guard counts others that come meanwhile.
 */
const UNDER_WAY_MS = 2_000;
/** The network's guard hears of the same key once in this time, ms. */
const TOLD_AGAIN_MS = 86_400_000;
/** Bytes: enough for some 1,500 networks, and for some 3,000 keys. */
const NETWORK_BYTES = 256 * 1024;
const TOLD_BYTES = 512 * 1024;

export class ProvingNetworks {
  /** Until when the network's guard counts first, ms. */
  readonly #askFirst = new BoundedMap<number>(NETWORK_BYTES);
  readonly #told = new BoundedMap<number>(TOLD_BYTES);

  /** The memory that this takes, bytes. */
  get bytes(): number {
    return this.#askFirst.bytes + this.#told.bytes;
  }

  /** Whether the network's guard has to count this request first. `now` in ms. */
  mustReserve(network: string, now: number): boolean {
    if ((this.#askFirst.get(network) ?? 0) > now) return true;
    this.#askFirst.set(network, now + UNDER_WAY_MS);
    return false;
  }

  failed(network: string, now: number): void {
    this.#askFirst.set(network, now + ASKED_FIRST_MS);
  }

  /** The one request that nobody counted has succeeded. So the next one need not be counted either. */
  succeeded(network: string, now: number): void {
    const until = this.#askFirst.get(network) ?? 0;
    if (until <= now + UNDER_WAY_MS) this.#askFirst.delete(network);
  }

  /** Whether the network's guard should hear now that this key signs in from there. */
  tells(network: string, keyHash: string, now: number): boolean {
    const name = `${network} ${keyHash}`;
    if ((this.#told.get(name) ?? 0) > now) return false;
    this.#told.set(name, now + TOLD_AGAIN_MS);
    return true;
  }
}

/** The networks that this isolate knows. */
export const provingNetworks = new ProvingNetworks();
