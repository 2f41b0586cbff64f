// The form in which a ticket travels. A client holds a compact ticket in an envelope; the Front-End gets the ticket
// that is in it.

import { TICKET_COOKIE } from "../core/http/headers.ts";
import type { Exchange } from "../http/exchange.ts";
import { sealTicket } from "../ticket/envelope.ts";
import type { PresentedTicket } from "../ticket/presented.ts";
import type { ReadTicket } from "../ticket/verdicts.ts";

/** The ticket as the Front-End issued it, in the header in which the client presented it. */
export function unwrapped(live: ReadTicket, presented: PresentedTicket): Record<string, string> {
  if (presented.kind === "opaque") return { "x-ms-webticket": `opaque=${presented.text}` };
  const compact = `cwt=${live.inner ?? ""}`;
  switch (presented.carrier) {
    case "authorization":
      return { authorization: `Bearer ${compact}` };
    case "x-ms-webticket":
      return { "x-ms-webticket": compact };
    case "cookie":
      return { cookie: `${TICKET_COOKIE}=${live.inner ?? ""}` };
  }
}

/**
 * Where the Front-End sets its own ticket as a cookie, the client gets an envelope, which is revoked together with its
 * ticket.
 */
export function wrapTicketCookies(response: Response, exchange: Exchange, live: ReadTicket): void {
  const cookies = response.headers.getSetCookie();
  if (!cookies.some((cookie) => cookie.toLowerCase().startsWith(`${TICKET_COOKIE}=`))) return;
  response.headers.delete("set-cookie");
  const { sipUri, id, expiresAt } = live;
  const kind = live.anonymous ? "anonymous" : "user";
  for (const cookie of cookies) {
    const [, prefix = "", inner = "", attributes = ""] = /^(cwt_ucwa="?(?:cwt=)?)([^";]*)(.*)$/is.exec(cookie) ?? [];
    const { keyring, pool } = exchange.config;
    const wrapped = sealTicket(keyring, { kind, sipUri, id, expiresAt, inner, pool });
    response.headers.append("set-cookie", prefix === "" ? cookie : `${prefix}${wrapped}${attributes}`);
  }
}
