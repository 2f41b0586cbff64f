// Meeting guests: the Front-End gives them a ticket without a credential, and it stays what it is. Enveloped or remembered as
// anonymous, it opens the meeting rows and nothing else.

import { logEvent } from "../audit/log.ts";
import { badRequest, bodyTooLarge, unavailable } from "../edge/answers.ts";
import { MAX_TOKEN_ANSWER_BYTES, readText } from "../edge/body.ts";
import type { Exchange } from "../edge/exchange.ts";
import { askFrontEnd, relay, relayText } from "../edge/forward.ts";
import { guardOf } from "../guard/route.ts";
import { sealTicket } from "../ticket/envelope.ts";
import type { TicketReader } from "./issue.ts";
import { readAnswer } from "./web-ticket-service.ts";

/** `/WebTicket/WebTicketService.svc/Anon`: a RequestSecurityToken of a meeting guest. */
export async function anonymousTicketService(exchange: Exchange, maxBody: number): Promise<Response> {
  const body = await readText(exchange.request, maxBody);
  if (!body.ok) return body.reason === "too-large" ? bodyTooLarge() : badRequest();
  return relayAnonymousTicket(exchange, body.value.bytes, readAnswer);
}

/** Asks the Front-End for a guest's ticket and relays it as one. */
export async function relayAnonymousTicket(
  exchange: Exchange,
  body: Uint8Array,
  reader: TicketReader,
): Promise<Response> {
  const answer = await askFrontEnd(exchange, { body, answerIsRead: true });
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
