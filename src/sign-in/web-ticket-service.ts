// `/WebTicket/WebTicketService.svc`: a RequestSecurityToken under NTLM. The body counts on the last leg only, because some
// clients send it on every leg and others only on the last.

import { sameSipUri } from "../credentials/names.ts";
import { badRequest, bodyTooLarge } from "../edge/answers.ts";
import { readText } from "../edge/body.ts";
import type { Exchange } from "../edge/exchange.ts";
import { issuedTicket, readTokenRequest, tokenFault, withCompactTicket } from "../lync/web-ticket.ts";
import { handshake } from "./handshake.ts";
import { type FoundTicket, issueTicket } from "./issue.ts";

/** Answers one request to the web ticket service. */
export async function webTicketService(exchange: Exchange, maxBody: number): Promise<Response> {
  const step = await handshake(exchange);
  if (step.kind === "answer") return step.response;
  if (exchange.request.method !== "POST") return issueTicket(exchange, step.by, undefined, readAnswer);
  const body = await readText(exchange.request, maxBody);
  if (!body.ok) return body.reason === "too-large" ? bodyTooLarge() : badRequest();
  const request = readTokenRequest(body.value.text);
  if (!request.ok) return fault("InvalidRequest", "The request is not a security token request.");
  // The Front-End makes the same check, against the identity that Postern signs on with.
  if (request.value.sipUri !== undefined && !sameSipUri(request.value.sipUri, step.by.user.sipUri)) {
    return fault(
      "FailedAuthentication",
      "SIP URI in claim type requirements does not match SIP URI associated with presented credentials.",
    );
  }
  return issueTicket(exchange, step.by, body.value.bytes, readAnswer);
}

/** The ticket of a RequestSecurityTokenResponse. */
export function readAnswer(xml: string): FoundTicket | undefined {
  const ticket = issuedTicket(xml);
  if (ticket?.kind !== "cwt") return ticket;
  return { ...ticket, withTicket: (replacement) => withCompactTicket(xml, ticket.text, replacement) };
}

function fault(code: string, reason: string): Response {
  return new Response(tokenFault({ code, reason, diagnostics: "28020" }), {
    status: 500,
    headers: { "content-type": "text/xml; charset=utf-8", "cache-control": "no-cache" },
  });
}

/** Channels that carry a password are refused, whatever the password: with the answer a wrong one gets (`/Auth`). */
export const usernameTokenRefused = (): Response => fault("FailedAuthentication", "No valid security token.");
