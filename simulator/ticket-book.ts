// All web tickets that the pool has issued, by id. Signature or MAC prove that a ticket is genuine. The book adds what
// may change later: a test can expire tickets early, and tickets of an earlier run are not known.

import type { SimulatedUser } from "./users.ts";

/** The user or guest to whom a ticket was issued. */
export type TicketIdentity =
  | { readonly kind: "user"; readonly user: SimulatedUser }
  /** A meeting guest, who may use only meeting resources. */
  | { readonly kind: "anonymous"; readonly conference: string };

export interface IssuedTicket {
  readonly id: string;
  readonly form: "saml" | "cwt";
  readonly identity: TicketIdentity;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** How the ledger writes an identity. */
export const identityName = (identity: TicketIdentity): string =>
  identity.kind === "user" ? identity.user.sipUri : "anonymous";

export class TicketBook {
  readonly #tickets = new Map<string, IssuedTicket>();

  add(ticket: IssuedTicket): void {
    this.#tickets.set(ticket.id, ticket);
  }

  /** The ticket while it is valid. `expired` afterwards. Undefined if the pool never issued it. */
  find(id: string, now: number): IssuedTicket | "expired" | undefined {
    const ticket = this.#tickets.get(id);
    return ticket && now >= ticket.expiresAt ? "expired" : ticket;
  }

  /** Expires the tickets of one user (by SIP URI, or `anonymous`) or of everybody. Returns how many. */
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
