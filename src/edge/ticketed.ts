// A request to a row that demands a ticket: one that Postern relayed, or the challenge an unauthenticated client gets. The
// Front-End sees the ticket that was judged, in the form it came in, and no other credential.

import { logEvent } from "../audit/log.ts";
import { assertionsIn } from "../lync/assertion.ts";
import { checkAssertion, checkTicket, verdictName } from "../ticket/check.ts";
import { sealTicket } from "../ticket/envelope.ts";
import { presentedTicket } from "../ticket/presented.ts";
import { type LiveTicket, Verdicts } from "../ticket/verdicts.ts";
import { badRequest, bodyTooLarge, ticketChallenge, unavailable } from "./answers.ts";
import { judgedBatch } from "./batch.ts";
import { readText } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { askFrontEnd, type Passage, relay } from "./forward.ts";
import { TICKET_COOKIE } from "./headers.ts";
import type { Access, PublishRow } from "./publish.ts";

type TicketAccess = Extract<Access, { kind: "ticket" }>;

/** What this isolate has learnt from guards in the last moments. */
const verdicts = new Verdicts();

/** Serves a request to a ticket row. */
export async function ticketed(exchange: Exchange, row: PublishRow, access: TicketAccess): Promise<Response> {
  if (access.soap && exchange.request.method === "POST") return soapTicketed(exchange, row, access);
  const presented = presentedTicket(exchange.request.headers, exchange.target.key);
  if (presented === undefined) return ticketChallenge(access.dialect, exchange.config);
  const checked = await checkTicket(presented, { ...exchange, verdicts });
  if (!checked.ok) return refused(exchange, access, checked.reason);
  const live = checked.value;
  if (live.anonymous && !access.meeting) return refused(exchange, access, "anonymous-ticket");
  const batch = access.batch ? await judgedBatch(exchange, row.maxBody) : undefined;
  if (batch instanceof Response) return batch;
  const credentials = unwrapped(live, presented);
  const answer = await askFrontEnd(exchange, batch === undefined ? { credentials } : { credentials, body: batch });
  if (answer === undefined) return unavailable();
  if (answer.status === 401) {
    verdicts.forget(verdictName(presented));
    return refused(exchange, access, "front-end-refused");
  }
  const response = relay(answer, exchange);
  if (live.inner !== undefined) wrapTicketCookies(response, exchange, live);
  return response;
}

/** The ticket as the Front-End issued it, in the header it was presented in. */
function unwrapped(
  live: LiveTicket,
  presented: NonNullable<ReturnType<typeof presentedTicket>>,
): Record<string, string> {
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

/** A SOAP service: its ticket is in the envelope's security header, so the body is read, judged, and sent on as it is. */
async function soapTicketed(exchange: Exchange, row: PublishRow, access: TicketAccess): Promise<Response> {
  const body = await readText(exchange.request, row.maxBody);
  if (!body.ok) return body.reason === "too-large" ? bodyTooLarge() : badRequest();
  const assertions = assertionsIn(body.value.text);
  const [assertion, another] = assertions.ok ? assertions.value : [];
  if (assertion === undefined || another !== undefined || assertion.path !== "Envelope/Header/Security/Assertion") {
    return refused(exchange, access, "not-one-ticket");
  }
  const checked = await checkAssertion(assertion, { ...exchange, verdicts });
  if (!checked.ok) return refused(exchange, access, checked.reason);
  if (checked.value.anonymous && !access.meeting) return refused(exchange, access, "anonymous-ticket");
  const passage: Passage = { body: body.value.bytes };
  const answer = await askFrontEnd(exchange, passage);
  if (answer === undefined) return unavailable();
  return answer.status === 401 ? refused(exchange, access, "front-end-refused") : relay(answer, exchange);
}

/** The Front-End's own ticket in a cookie leaves in an envelope too, and is revoked together with its ticket. */
function wrapTicketCookies(response: Response, exchange: Exchange, live: LiveTicket): void {
  const cookies = response.headers.getSetCookie();
  if (!cookies.some((cookie) => cookie.toLowerCase().startsWith(`${TICKET_COOKIE}=`))) return;
  response.headers.delete("set-cookie");
  const { sipUri, id, expiresAt } = live;
  const kind = live.anonymous ? "anonymous" : "user";
  for (const cookie of cookies) {
    const [, prefix = "", inner = "", attributes = ""] = /^(cwt_ucwa="?(?:cwt=)?)([^";]*)(.*)$/is.exec(cookie) ?? [];
    const wrapped = sealTicket(exchange.config.keyring, { kind, sipUri, id, expiresAt, inner });
    response.headers.append("set-cookie", prefix === "" ? cookie : `${prefix}${wrapped}${attributes}`);
  }
}

function refused(exchange: Exchange, access: TicketAccess, reason: string): Response {
  logEvent({ event: "ticket-refused", reason, host: exchange.target.host, path: exchange.target.key });
  return ticketChallenge(access.dialect, exchange.config);
}
