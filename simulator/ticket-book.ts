// Every web ticket the pool has issued, by id. A ticket proves itself by signature or MAC; the book adds what may change
// after it was issued: a test can expire tickets early, and nothing issued by an earlier run is known.

import type { SimulatedUser } from "./users.ts";

/** Whom a ticket speaks for. */
export type TicketIdentity =
  | { readonly kind: "user"; readonly user: SimulatedUser }
  /** A meeting guest: may use meeting resources and nothing else. */
  | { readonly kind: "anonymous"; readonly conference: string };

export interface IssuedTicket {
  readonly id: string;
  readonly form: "saml" | "cwt";
  readonly identity: TicketIdentity;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** How an identity stands in the ledger. */
export const identityName = (identity: TicketIdentity): string =>
  identity.kind === "user" ? identity.user.sipUri : "anonymous";

export class TicketBook {
  readonly #tickets = new Map<string, IssuedTicket>();

  add(ticket: IssuedTicket): void {
    this.#tickets.set(ticket.id, ticket);
  }

  /** The ticket while it is valid; `expired` afterwards; undefined if the pool never issued it. */
  find(id: string, now: number): IssuedTicket | "expired" | undefined {
    const ticket = this.#tickets.get(id);
    return ticket && now >= ticket.expiresAt ? "expired" : ticket;
  }

  /** Expires the tickets of one user (by SIP URI, or `anonymous`) or of everybody; answers how many. */
  expire(name: string | undefined, now: number): number {
    let count = 0;
    for (const [id, ticket] of this.#tickets) {
      if (ticket.expiresAt <= now) continue;
      if (name !== undefined && identityName(ticket.identity).toLowerCase() !== name.toLowerCase()) continue;
      this.#tickets.set(id, { ...ticket, expiresAt: now });
      count++;
    }
    return count;
  }
}
