// What a client hears when its ticket opens nothing.

import type { Access } from "../core/http/publish.ts";
import { userAgentOf } from "../http/about.ts";
import { badRequest, deviceRefused, ticketChallenge } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { heldBack } from "../http/refusal-floor.ts";
import type { OF_TICKETS } from "../trace/reasons-of-credentials.ts";
import { refusal } from "../trace/refusal.ts";
import type { NamingFault } from "./naming.ts";

type TicketAccess = Extract<Access, { kind: "ticket" }>;

/**
 * Without a good ticket, the client gets the challenge. With a good one whose device may not do this, it gets what a
 * Front-End says to a user who may not. Both leave at the floor: the time must not tell whether a guard remembers
 * tickets, because that would tell whether there is a user (S-22).
 */
export async function refusedTicket(
  exchange: Exchange,
  access: TicketAccess,
  reason: keyof typeof OF_TICKETS,
): Promise<Response> {
  await heldBack(exchange);
  return reason === "device-refused"
    ? deviceRefused(access, exchange.request.headers)
    : refusal(reason, ticketChallenge(access.dialect, exchange.config, userAgentOf(exchange.request)));
}

/** The body cannot be judged, or it may not go with this ticket. */
export function unjudged(exchange: Exchange, access: TicketAccess, reason: NamingFault): Response | Promise<Response> {
  return reason === "entity-of-another-user" ? refusedTicket(exchange, access, reason) : badRequest(reason);
}
