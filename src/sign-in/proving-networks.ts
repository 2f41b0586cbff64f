// What this isolate knows of the networks from which devices sign in by key. The signature is verified here, so a
// stranger cannot guess one; but he can make a key, sign with it and name any user. Each such request wakes that user's
// guard. So after a failure from a network, its guard counts the next requests before anybody else is asked. A network
// without failures costs no call of its guard. For that guard to know the right devices on a bad day, each is told to
// it on a good one, once a day.

import { BoundedMap } from "../core/text/bounded-map.ts";

/** How long a failure makes the network's guard be asked first, ms. */
const ASKED_FIRST_MS = 600_000;
/** For how long the first request of a network is taken to be under way, ms: others are counted meanwhile. */
const UNDER_WAY_MS = 2_000;
/** How often a network's guard is told of the same key, ms. */
const TOLD_AGAIN_MS = 86_400_000;
/** Bytes: some 1,500 networks, and some 3,000 keys. */
const NETWORK_BYTES = 256 * 1024;
const TOLD_BYTES = 512 * 1024;

export class ProvingNetworks {
  /** Until when the network's guard counts first, ms. */
  readonly #askFirst = new BoundedMap<number>(NETWORK_BYTES);
  readonly #told = new BoundedMap<number>(TOLD_BYTES);

  /** What all of this takes, in bytes. */
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

  /** The one request that was not counted has succeeded: the next one need not be counted either. */
  succeeded(network: string, now: number): void {
    const until = this.#askFirst.get(network) ?? 0;
    if (until <= now + UNDER_WAY_MS) this.#askFirst.delete(network);
  }

  /** Whether the network's guard is to be told now that this key signs in from there. */
  tells(network: string, keyHash: string, now: number): boolean {
    const name = `${network} ${keyHash}`;
    if ((this.#told.get(name) ?? 0) > now) return false;
    this.#told.set(name, now + TOLD_AGAIN_MS);
    return true;
  }
}

/** Those of this isolate. */
export const provingNetworks = new ProvingNetworks();
