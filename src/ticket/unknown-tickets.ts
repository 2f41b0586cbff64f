// Tickets that this isolate has not seen alive. A SAML ticket names its user, and anybody can write one. Each wakes the
// guard of the user that it names, and only that guard can tell that it never relayed the ticket. So dead tickets are
// counted against their network, in that network's guard. After a handful of dead tickets, an unknown ticket from that
// network goes on only when the network's guard has let it pass. A ticket that is known to be alive goes straight to
// its user's guard. So does an envelope, because Postern sealed it.

import { waitUntil } from "cloudflare:workers";
import { logEvent } from "../audit/log.ts";
import { BoundedMap } from "../core/text/bounded-map.ts";
import type { SourceGuardCalls } from "../guards/calls.ts";
import { sourceGuardOf } from "../guards/route.ts";
import type { Stages } from "../http/stages.ts";
import type { ReadTicket } from "./verdicts.ts";

type Guards = { readonly SOURCE_GUARD: DurableObjectNamespace<SourceGuardCalls> };

/**
 * How many unknown tickets of one network an isolate takes to users' guards at one time without asking the network's
 * guard.
 */
const AT_ONCE = 5;
/** After this time a question counts as over, ms: a request that broke off does not report its end. */
const OVER_AFTER_MS = 10_000;
/**
 * How long a dead ticket is refused from memory, ms. It cannot come alive: a ticket is remembered before it is relayed.
 */
const DEAD_FOR_MS = 60_000;

const KB = 1024;
/** Some 5,000 tickets. */
const ALIVE_BYTES = 1024 * KB;
const DEAD_BYTES = 512 * KB;
/** Each for some 1,500 networks. */
const NETWORK_BYTES = 256 * KB;

/** Why a ticket's guard may be asked. */
export type Passage = {
  /** The network's guard has counted it as dead, until it proves to be alive. */
  readonly counted: boolean;
  /** It is one of the few that this isolate asks about without the network's guard. */
  readonly asking: boolean;
};

/** It is known to be alive, or of a kind that cannot be forged. */
const STRAIGHT: Passage = { counted: false, asking: false };

export class UnknownTickets {
  /** Ids of tickets that were relayed from here or found alive. */
  readonly #alive = new BoundedMap<true>(ALIVE_BYTES);
  /** Until when a ticket is refused from memory, by id. */
  readonly #dead = new BoundedMap<number>(DEAD_BYTES);
  /** Networks whose guard has to let each unknown ticket pass, each with the time (ms) until which that is so. */
  readonly #crowdedUntil = new BoundedMap<number>(NETWORK_BYTES);
  /** When unknown tickets of a network went to users' guards that have not answered yet. */
  readonly #asking = new BoundedMap<readonly number[]>(NETWORK_BYTES, (times) => 8 * times.length);

  /** What all of this takes, in bytes. */
  get bytes(): number {
    return this.#alive.bytes + this.#dead.bytes + this.#crowdedUntil.bytes + this.#asking.bytes;
  }

  /** A ticket that is relayed now. When it is presented here, no network's guard has to let it pass. */
  relayed(id: string): void {
    this.#alive.set(id, true);
  }

  /** Whether a ticket was found dead a moment ago. */
  isDead({ id }: ReadTicket, now: number): boolean {
    return (this.#dead.get(id) ?? 0) > now;
  }

  /** Lets a ticket on to its user's guard, or refuses it. Throws when the network's guard cannot be asked. */
  async passage(env: Guards, network: string, ticket: ReadTicket, stages: Stages): Promise<Passage | undefined> {
    if (ticket.inner !== undefined || this.#alive.has(ticket.id)) return STRAIGHT;
    const now = Date.now();
    const asking = (this.#asking.get(network) ?? []).filter((since) => now - since < OVER_AFTER_MS);
    if ((this.#crowdedUntil.get(network) ?? 0) <= now && asking.length < AT_ONCE) {
      this.#asking.set(network, [...asking, now]);
      return { counted: false, asking: true };
    }
    const { kind, crowdedUntil } = await stages.timed("network-guard", () =>
      sourceGuardOf(env, network).admitTicket(ticket.sipUri, ticket.id),
    );
    this.#crowded(network, crowdedUntil);
    return kind === "refused" ? undefined : { counted: kind === "counted", asking: false };
  }

  /** The guard knows the ticket. */
  foundAlive(env: Guards, network: string, { id, inner }: ReadTicket, passage: Passage): void {
    this.#answered(network, passage);
    if (inner !== undefined) return; // an envelope goes straight to its guard, known or not
    if (this.#alive.has(id)) this.#alive.touch(id);
    else this.#alive.set(id, true);
    if (passage.counted) waitUntil(told(sourceGuardOf(env, network).takeBackTicket()));
  }

  /** The guard does not know the ticket. Its network's guard hears of that. */
  async foundDead(
    env: Guards,
    network: string,
    { id, inner }: ReadTicket,
    passage: Passage,
    stages: Stages,
  ): Promise<void> {
    this.#answered(network, passage);
    this.#alive.delete(id);
    this.#dead.set(id, Date.now() + DEAD_FOR_MS);
    if (passage.counted || inner !== undefined) return;
    const counting = () => told(sourceGuardOf(env, network).countDeadTicket());
    this.#crowded(network, await stages.timed("network-guard", counting));
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

/** The ticket is judged already. If the network's guard does not hear of it, its count is wrong by one. */
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
