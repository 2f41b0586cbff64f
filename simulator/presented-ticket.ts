// Finds the web ticket in a plain HTTP request: in X-MS-WebTicket (opaque= or cwt=), in Authorization: Bearer cwt=, or
// in the cookie cwt_ucwa of photo requests. The first one that is present decides. The ledger records a bad ticket.
// Then the Front-End answers as if there were no ticket.

import type { Exchange } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { serverTokenKind } from "./server-token.ts";
import { type IssuedTicket, identityName } from "./ticket-book.ts";
import type { Recognised } from "./ticket-issuer.ts";

/** The ticket in a request, if it is good. Completes the ledger in any case. */
export function presentedTicket(
  frontEnd: FrontEnd,
  exchange: Exchange,
  options: { photoCookie?: boolean } = {},
): IssuedTicket | undefined {
  const found = find(frontEnd, exchange, options.photoCookie === true);
  return found && settle(frontEnd, exchange, found.form, found.recognised);
}

/** Writes into the ledger whose ticket it is, or why it does not count. */
export function settle(
  frontEnd: FrontEnd,
  exchange: Exchange,
  form: string,
  recognised: Recognised,
): IssuedTicket | undefined {
  if (!recognised.ok) {
    frontEnd.ledger.note("unknownTickets", exchange.entry, { form, reason: recognised.reason });
    return undefined;
  }
  const { ticket } = recognised;
  exchange.entry.identity = identityName(ticket.identity);
  exchange.entry.ticketKind = ticket.identity.kind === "anonymous" ? "anonymous" : ticket.form;
  return ticket;
}

function find(
  frontEnd: FrontEnd,
  exchange: Exchange,
  photoCookie: boolean,
): { form: string; recognised: Recognised } | undefined {
  const header = exchange.header("x-ms-webticket");
  if (header !== undefined) return { form: "X-MS-WebTicket", recognised: fromText(frontEnd, header.trim()) };
  const bearer = /^Bearer +(.*)$/i.exec(exchange.header("authorization")?.trim() ?? "")?.[1];
  if (bearer !== undefined) {
    const token = serverTokenKind(bearer);
    if (token !== undefined) return { form: token, recognised: { ok: false, reason: "no-such-partner" } };
    return { form: "Bearer", recognised: fromText(frontEnd, bearer) };
  }
  const cookie = photoCookie ? cookieValue(exchange.header("cookie") ?? "", "cwt_ucwa") : undefined;
  return cookie === undefined ? undefined : { form: "cookie", recognised: fromText(frontEnd, `cwt=${cookie}`) };
}

function fromText(frontEnd: FrontEnd, text: string): Recognised {
  if (text.startsWith("cwt=")) return frontEnd.tickets.recogniseCompact(text.slice(4));
  if (text.startsWith("opaque=")) return frontEnd.tickets.recogniseOpaque(text.slice(7));
  return { ok: false, reason: "forged" };
}

function cookieValue(header: string, name: string): string | undefined {
  const pairs = header.split(/; */);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
