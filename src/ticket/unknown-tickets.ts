// Tickets that this isolate has not seen alive. A SAML ticket says of itself whose it is, and anybody can write one: each wakes
// the guard of whatever user it names, and only that guard knows that it never relayed it. So the dead ones are counted against
// their network, in that network's guard, and from a network that had a handful an unknown ticket goes no further before that
// guard has let it pass. What is known alive goes straight to its user's guard, and so does an envelope: Postern sealed it.

import { waitUntil } from "cloudflare:workers";
import { logEvent } from "../audit/log.ts";
import { BoundedMap } from "../core/text/bounded-map.ts";
import type { SourceGuardCalls } from "../guards/calls.ts";
import { sourceGuardOf } from "../guards/route.ts";
import type { ReadTicket } from "./verdicts.ts";

type Guards = { readonly SOURCE_GUARD: DurableObjectNamespace<SourceGuardCalls> };

/** Unknown tickets of one network that an isolate takes to users' guards at a time without asking the network's. */
const AT_ONCE = 5;
/** A request that was broken off never says that it is over, ms. */
const OVER_AFTER_MS = 10_000;
/** How long a dead ticket is refused from memory, ms. It stays dead: a ticket is remembered before it is relayed. */
const DEAD_FOR_MS = 60_000;

const KB = 1024;
/** Some 5,000 tickets. */
const ALIVE_BYTES = 1024 * KB;
const DEAD_BYTES = 512 * KB;
/** Some 1,500 networks, each. */
const NETWORK_BYTES = 256 * KB;

/** Leave to ask a ticket's guard. */
export type Passage = {
  /** The network's guard has counted it as dead, until it proves to be alive. */
  readonly counted: boolean;
  /** It is one of the few that this isolate asks about by itself. */
  readonly asking: boolean;
};

/** Known alive, or of a kind that cannot be forged. */
const STRAIGHT: Passage = { counted: false, asking: false };

export class UnknownTickets {
  /** Ids of tickets that were relayed from here or found alive. */
  readonly #alive = new BoundedMap<true>(ALIVE_BYTES);
  /** Until when a ticket is refused from memory, by id. */
  readonly #dead = new BoundedMap<number>(DEAD_BYTES);
  /** Until when a network's unknown tickets have to be let pass by its guard. */
  readonly #crowdedUntil = new BoundedMap<number>(NETWORK_BYTES);
  /** When unknown tickets of a network went to users' guards that have not answered. */
  readonly #asking = new BoundedMap<readonly number[]>(NETWORK_BYTES, (times) => 8 * times.length);

  /** What all of it takes, in bytes. */
  get bytes(): number {
    return this.#alive.bytes + this.#dead.bytes + this.#crowdedUntil.bytes + this.#asking.bytes;
  }

  /** A ticket that is relayed now: whoever presents it here need not be let pass. */
  relayed(id: string): void {
    this.#alive.set(id, true);
  }

  /** Whether a ticket was found dead a moment ago. */
  isDead({ id }: ReadTicket, now: number): boolean {
    return (this.#dead.get(id) ?? 0) > now;
  }

  /** Lets a ticket on to its user's guard, or refuses it. Throws when the network's guard cannot be asked. */
  async passage(env: Guards, network: string, ticket: ReadTicket): Promise<Passage | undefined> {
    if (ticket.inner !== undefined || this.#alive.has(ticket.id)) return STRAIGHT;
    const now = Date.now();
    const asking = (this.#asking.get(network) ?? []).filter((since) => now - since < OVER_AFTER_MS);
    if ((this.#crowdedUntil.get(network) ?? 0) <= now && asking.length < AT_ONCE) {
      this.#asking.set(network, [...asking, now]);
      return { counted: false, asking: true };
    }
    const { kind, crowdedUntil } = await sourceGuardOf(env, network).admitTicket(ticket.sipUri, ticket.id);
    this.#crowded(network, crowdedUntil);
    return kind === "refused" ? undefined : { counted: kind === "counted", asking: false };
  }

  /** The guard knows the ticket. */
  foundAlive(env: Guards, network: string, { id }: ReadTicket, passage: Passage): void {
    this.#answered(network, passage);
    this.#alive.set(id, true);
    if (passage.counted) waitUntil(told(sourceGuardOf(env, network).takeBackTicket()));
  }

  /** The guard does not know it, and its network's guard hears of that. */
  async foundDead(env: Guards, network: string, { id, inner }: ReadTicket, passage: Passage): Promise<void> {
    this.#answered(network, passage);
    this.#alive.delete(id);
    this.#dead.set(id, Date.now() + DEAD_FOR_MS);
    if (passage.counted || inner !== undefined) return;
    this.#crowded(network, await told(sourceGuardOf(env, network).countDeadTicket()));
  }

  #answered(network: string, { asking }: Passage): void {
    if (!asking) return;
    const [, ...others] = this.#asking.get(network) ?? [];
    if (others.length === 0) this.#asking.delete(network);
    else this.#asking.set(network, others);
  }

  #crowded(network: string, until: number | undefined): void {
    if (until !== undefined) this.#crowdedUntil.set(network, until);
  }
}

/** The ticket is judged already: a network's guard that does not hear of it counts one too few, or one too many. */
async function told<T>(telling: Promise<T>): Promise<T | undefined> {
  try {
    return await telling;
  } catch {
    logEvent({ event: "unavailable", reason: "dead-tickets" });
    return undefined;
  }
}

/** What this isolate knows. */
export const unknownTickets = new UnknownTickets();
