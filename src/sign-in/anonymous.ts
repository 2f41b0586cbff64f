// Meeting guests: the Front-End gives them a ticket without a credential, and it stays what it is. Enveloped or remembered as
// anonymous, it opens the meeting rows and nothing else.

import { logEvent } from "../audit/log.ts";
import { badRequest, bodyTooLarge, unavailable } from "../edge/answers.ts";
import { MAX_TOKEN_ANSWER_BYTES, readText } from "../edge/body.ts";
import type { Exchange } from "../edge/exchange.ts";
import { askFrontEnd, relay, relayText } from "../edge/forward.ts";
import { guardOf } from "../guard/route.ts";
import { oauthError } from "../lync/oauth-token.ts";
import { readTicketOrder } from "../lync/ticket-order.ts";
import { type GuestForm, guestGrantForm } from "../lync/token-form.ts";
import { tokenRequest } from "../lync/web-ticket.ts";
import { openTicket, sealTicket } from "../ticket/envelope.ts";
import type { TicketReader } from "./issue.ts";
import { notATokenRequest, readAnswer } from "./web-ticket-service.ts";
import { SERVICES, type Worded, wordedForm, wordedSoap } from "./worded.ts";

/** `/WebTicket/WebTicketService.svc/Anon`: a RequestSecurityToken of a meeting guest. */
export async function anonymousTicketService(exchange: Exchange, maxBody: number): Promise<Response> {
  const body = await readText(exchange.request, maxBody);
  if (!body.ok) return body.reason === "too-large" ? bodyTooLarge() : badRequest();
  const request = readTicketOrder(body.value.text);
  if (!request.ok) return notATokenRequest();
  const { sipUri, order, appliesTo = `https://${exchange.target.host}${SERVICES.guestTicket}` } = request.value;
  const own = tokenRequest(order, { sipUri, appliesTo, now: exchange.now });
  return relayAnonymousTicket(wordedSoap(exchange, SERVICES.guestTicket, own), readAnswer);
}

/** A guest's form; where it renews a ticket, the Front-End gets its own in place of the envelope. */
export async function guestGrant(exchange: Exchange, form: GuestForm, reader: TicketReader): Promise<Response> {
  const { renews } = form;
  const ticket = renews === undefined ? undefined : openTicket(exchange.config.keyring, renews);
  const good = ticket?.kind === "anonymous" && ticket.expiresAt > exchange.now;
  if (renews !== undefined && !good) return oauthError("invalid_grant");
  return relayAnonymousTicket(wordedForm(exchange, guestGrantForm(form, ticket?.inner)), reader);
}

/** Asks the Front-End for a guest's ticket and relays it as one. */
async function relayAnonymousTicket({ exchange, body }: Worded, reader: TicketReader): Promise<Response> {
  const answer = await askFrontEnd(exchange, { body });
  if (answer === undefined) return unavailable();
  if (answer.status !== 200) return relay(answer, exchange);
  const text = await readText(answer, MAX_TOKEN_ANSWER_BYTES);
  const ticket = text.ok ? reader(text.value.text, exchange.now) : undefined;
  if (!text.ok || ticket === undefined) {
    logEvent({ event: "unavailable", reason: "answer-without-ticket", path: exchange.target.key });
    return unavailable();
  }
  if (ticket.kind === "cwt") {
    const { expiresAt, text: inner } = ticket;
    const envelope = sealTicket(exchange.config.keyring, { kind: "anonymous", sipUri: "", id: "", expiresAt, inner });
    return relayText(answer, ticket.withTicket(envelope), exchange);
  }
  const { subject, fingerprint, expiresAt } = ticket.assertion;
  await guardOf(exchange.env, subject).rememberTicket({
    id: fingerprint,
    kind: "anonymous",
    credentialId: "",
    place: "",
    workstation: "",
    ntlmVersion: "",
    expiresAt,
  });
  return relayText(answer, text.value.text, exchange);
}
