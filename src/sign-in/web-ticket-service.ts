// `/WebTicket/WebTicketService.svc`: a RequestSecurityToken under NTLM. Only the body of the last leg counts, because
// some clients send a body on every leg and others only on the last. Below it is `/Auth`: the same request with a
// password in it. The password ends here; the Front-End is asked at the address that takes none. Both requests go on in
// a message that Postern writes (S-45).

import { sameSipUri } from "../core/credentials/names.ts";
import { readText } from "../core/http/body.ts";
import { readTicketOrder } from "../core/lync/ticket-order.ts";
import { readUsernameTokenRequest } from "../core/lync/username-token.ts";
import {
  issuedTicket,
  type TicketOrder,
  tokenFault,
  tokenRequest,
  withCompactTicket,
} from "../core/lync/web-ticket.ts";
import { unavailable, unreadable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { heldBack } from "../http/refusal-floor.ts";
import { ownAnswer, refusal } from "../trace/refusal.ts";
import { recordEnd } from "./attempt.ts";
import { handshake, type SignedIn } from "./handshake.ts";
import { type FoundTicket, issueTicket, noTicketByGet } from "./issue.ts";
import { signInWithPassword } from "./password.ts";
import { SERVICES, wordedSoap } from "./worded.ts";

/** Answers one request to the web ticket service. */
export async function webTicketService(exchange: Exchange, maxBody: number): Promise<Response> {
  const { request: asked } = exchange;
  // The body is read before anything is judged, because the refusal floor counts from the end of the body (S-22).
  const body =
    asked.method === "POST" && asked.headers.has("authorization") ? await readText(asked, maxBody) : undefined;
  const step = await handshake(exchange);
  if (step.kind === "answer") return step.response;
  if (body === undefined) return noTicketByGet(exchange, step.by);
  if (!body.ok) {
    await recordEnd(exchange, step.by, { outcome: "refused", reason: "not-a-token-request" });
    return unreadable(body.reason);
  }
  const request = readTicketOrder(body.value.text);
  if (!request.ok) {
    await recordEnd(exchange, step.by, { outcome: "refused", reason: "not-a-token-request" });
    return notATokenRequest();
  }
  if (!claimsOwnAddress(request.value.sipUri, step.by)) return addressOfAnother(exchange, step.by);
  return ticketOrdered(exchange, step.by, request.value.order, request.value.appliesTo);
}

/** Asks at the service's own address at the Front-End, which takes Windows credentials. */
function ticketOrdered(exchange: Exchange, by: SignedIn, order: TicketOrder, appliesTo?: string): Promise<Response> {
  const own = `https://${exchange.target.host}${SERVICES.webTicket}`;
  const facts = { sipUri: by.user.sipUri, appliesTo: appliesTo ?? own, now: exchange.now };
  return issueTicket(wordedSoap(exchange, SERVICES.webTicket, tokenRequest(order, facts)), by, ticketInEnvelope);
}

/** Answers one request to `/Auth`. Every refusal is the fault of a wrong password (S-22). */
export async function usernameTokenService(exchange: Exchange, maxBody: number): Promise<Response> {
  const body = await readText(exchange.request, maxBody);
  if (!body.ok) return unreadable(body.reason);
  const request = readUsernameTokenRequest(body.value.text);
  if (!request.ok) {
    await heldBack(exchange); // it names nobody: refused like the others, and not counted
    return refusal("not-a-token-request", noValidToken());
  }
  const tried = await signInWithPassword(exchange, "username-token", request.value);
  switch (tried.kind) {
    case "refused":
      return noValidToken();
    case "unavailable":
      return unavailable();
    case "signed-in":
      if (!claimsOwnAddress(request.value.sipUri, tried.by)) return addressOfAnother(exchange, tried.by);
      return ticketOrdered(exchange, tried.by, request.value.order);
  }
}

/**
 * Whether the SIP URI that a client claims, if it claims one, is the user's who was proved. The Front-End checks the
 * same.
 */
function claimsOwnAddress(claimed: string | undefined, by: SignedIn): boolean {
  return claimed === undefined || sameSipUri(claimed, by.user.sipUri);
}

/** The ticket of a RequestSecurityTokenResponse. */
export function ticketInEnvelope(xml: string): FoundTicket | undefined {
  const ticket = issuedTicket(xml);
  if (ticket?.kind !== "cwt") return ticket;
  return { ...ticket, withTicket: (replacement) => withCompactTicket(xml, ticket.text, replacement) };
}

function fault(code: string, reason: string): Response {
  return ownAnswer(
    new Response(tokenFault({ code, reason, diagnostics: "28020" }), {
      status: 500,
      headers: { "content-type": "text/xml; charset=utf-8", "cache-control": "no-cache" },
    }),
  );
}

/** The fault for a message that does not ask for exactly one ticket. */
export const notATokenRequest = (): Response =>
  refusal("not-a-token-request", fault("InvalidRequest", "The request is not a security token request."));

/** The fault for a credential that proves nothing. */
export const noValidToken = (): Response => fault("FailedAuthentication", "No valid security token.");

async function addressOfAnother(exchange: Exchange, by: SignedIn): Promise<Response> {
  await recordEnd(exchange, by, { outcome: "refused", reason: "address-of-another" });
  return fault(
    "FailedAuthentication",
    "SIP URI in claim type requirements does not match SIP URI associated with presented credentials.",
  );
}
