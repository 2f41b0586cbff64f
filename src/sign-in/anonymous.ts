// Meeting guests: the Front-End gives them a ticket without a credential, and the ticket stays anonymous. It is put
// into an envelope or remembered as anonymous, and it opens the meeting rows and nothing else.

import type { AuditReason } from "../audit/reasons.ts";
import { MAX_TOKEN_ANSWER_BYTES, readText } from "../core/http/body.ts";
import { oauthError } from "../core/lync/oauth-token.ts";
import { readTicketOrder } from "../core/lync/ticket-order.ts";
import { type GuestForm, guestGrantForm } from "../core/lync/token-form.ts";
import { tokenRequest } from "../core/lync/web-ticket.ts";
import { NOT_REMEMBERED } from "../guards/relayed-ticket.ts";
import { ticketGuardOf } from "../guards/route.ts";
import { tooManyRequests, unavailable, unreadable } from "../http/answers.ts";
import { withinBudget } from "../http/budget.ts";
import type { Exchange } from "../http/exchange.ts";
import { askFrontEnd, relay, relayText } from "../http/forward.ts";
import { heldBack } from "../http/refusal-floor.ts";
import { ofPool } from "../ticket/check.ts";
import { openTicket, sealTicket } from "../ticket/envelope.ts";
import { unknownTickets } from "../ticket/unknown-tickets.ts";
import { refusal } from "../trace/refusal.ts";
import { attemptAsGuest, type GuestOutcome } from "./guest-attempt.ts";
import type { FoundTicket, TicketReader } from "./issue.ts";
import { notATokenRequest, ticketInEnvelope } from "./web-ticket-service.ts";
import { SERVICES, type Worded, wordedForm, wordedSoap } from "./worded.ts";

/** `/WebTicket/WebTicketService.svc/Anon`: a RequestSecurityToken of a meeting guest. */
export async function anonymousTicketService(exchange: Exchange, maxBody: number): Promise<Response> {
  if (!(await withinBudget(exchange, "services"))) return tooManyRequests();
  const body = await readText(exchange.request, maxBody);
  if (!body.ok) return unreadable(body.reason);
  const request = readTicketOrder(body.value.text);
  if (!request.ok) return notATokenRequest();
  const { sipUri, order, appliesTo = `https://${exchange.target.host}${SERVICES.guestTicket}` } = request.value;
  const own = wordedSoap(exchange, SERVICES.guestTicket, tokenRequest(order, { sipUri, appliesTo, now: exchange.now }));
  const asked = await attemptAsGuest(exchange, undefined, () => askForTicket(own, ticketInEnvelope));
  return asked?.response ?? unavailable();
}

/** A guest's form. When the guest renews a ticket, the Front-End gets its own ticket in exchange for the envelope. */
export async function guestGrant(exchange: Exchange, form: GuestForm, reader: TicketReader): Promise<Response> {
  if (!(await withinBudget(exchange, "services"))) return tooManyRequests();
  const { renews, conference } = form;
  const ticket = renews === undefined ? undefined : openTicket(exchange.config.keyring, renews);
  const ours = ticket?.kind === "anonymous" && ticket.pool === exchange.config.pool;
  const good = ours && ticket.expiresAt > exchange.now;
  if (renews !== undefined && !good) return refusal("guest-not-admitted", oauthError("invalid_grant"));
  const own = wordedForm(exchange, guestGrantForm(form, ticket?.inner));
  const asked = await attemptAsGuest(exchange, conference, () => askForTicket(own, reader));
  if (asked !== undefined && asked.of.end !== "wrong") return asked.response;
  await asked?.response.body?.cancel();
  await heldBack(exchange);
  return refusal("guest-not-admitted", oauthError("invalid_grant"));
}

type GuestAnswer = { readonly response: Response; readonly of: GuestOutcome };

/** Asks the Front-End for a guest's ticket; the answer is for the guest. */
async function askForTicket({ exchange, body }: Worded, reader: TicketReader): Promise<GuestAnswer> {
  const failed = (reason: AuditReason): GuestAnswer => ({
    response: unavailable(),
    of: { end: "not-counted", outcome: "failed", reason },
  });
  const answer = await askFrontEnd(exchange, { body, answerIsRead: true });
  if (answer === undefined) return failed("front-end-unreachable");
  if (answer.status !== 200) {
    const wrong = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    const reason = `front-end-${answer.status}` as const;
    const of: GuestOutcome = wrong
      ? { end: "wrong", outcome: "refused", reason }
      : { end: "not-counted", outcome: "failed", reason };
    return { response: relay(answer, exchange), of };
  }
  const text = await readText(answer, MAX_TOKEN_ANSWER_BYTES);
  if (!text.ok) return failed(`answer-${text.reason}`);
  const ticket = reader(text.value.text, exchange.now);
  if (ticket === undefined) return failed("answer-without-ticket");
  const relayed = await relayedAs(exchange, ticket, text.value.text);
  return {
    response: relayText(answer, relayed, exchange),
    of: { end: "given", outcome: "signed-in", reason: ticket.kind },
  };
}

/**
 * The answer as the guest gets it: a compact ticket in an envelope, or a SAML ticket as it is, which the guard
 * remembers.
 */
async function relayedAs({ env, config, stages }: Exchange, ticket: FoundTicket, answer: string): Promise<string> {
  if (ticket.kind === "cwt") {
    const { expiresAt, text: inner } = ticket;
    const facts = { kind: "anonymous", sipUri: "", id: "", expiresAt, inner, pool: config.pool } as const;
    return ticket.withTicket(sealTicket(config.keyring, facts));
  }
  const { subject, fingerprint, expiresAt } = ticket.assertion;
  const guest = { kind: "anonymous", credentialId: "", place: "", workstation: "", ntlmVersion: "" } as const;
  const id = ofPool(config.pool, fingerprint);
  const remember = () => ticketGuardOf(env, subject, id).rememberTicket({ ...guest, id, expiresAt });
  if ((await stages.timed("user-guard", remember)) !== "remembered") throw new Error(NOT_REMEMBERED);
  unknownTickets.relayed(id);
  return answer;
}
