// `/WebTicket/oauthtoken`: the same sign-in for clients that speak OAuth. The windows grant is NTLM on this very URL, the
// anonymous one passes as what it is, and a grant that carries a password is not offered.

import { authenticate, badRequest, bodyTooLarge } from "../edge/answers.ts";
import { type ReadBody, readText } from "../edge/body.ts";
import type { Exchange } from "../edge/exchange.ts";
import { grantOf, issuedAccessToken, oauthError, renewedTicket, withRenewedTicket } from "../lync/oauth-token.ts";
import { openTicket } from "../ticket/envelope.ts";
import { relayAnonymousTicket } from "./anonymous.ts";
import { handshake } from "./handshake.ts";
import { type FoundTicket, issueTicket } from "./issue.ts";

/** Answers one request to the OAuth token service. */
export async function oauthTokenService(exchange: Exchange, maxBody: number): Promise<Response> {
  const { request, config } = exchange;
  const inHandshake = request.headers.has("authorization");
  if (request.method !== "POST") {
    const step = await handshake(exchange);
    return step.kind === "answer" ? step.response : issueTicket(exchange, step.by, undefined, readAnswer);
  }
  const body = await readText(request, maxBody);
  if (!body.ok) return body.reason === "too-large" ? bodyTooLarge() : badRequest();
  if (inHandshake) {
    const step = await handshake(exchange);
    if (step.kind === "answer") return step.response;
    if (grantOf(body.value.text) !== "windows") return oauthError("invalid_request");
    return issueTicket(exchange, step.by, body.value.bytes, readAnswer);
  }
  switch (grantOf(body.value.text)) {
    case "windows":
      return authenticate(config.challenge);
    case "anonymous-meeting":
      return anonymousGrant(exchange, body.value);
    case "password":
    case "other":
      return oauthError("unsupported_grant_type");
    case undefined:
      return body.value.text === "" ? authenticate(config.challenge) : oauthError("invalid_request");
  }
}

/** A guest's request; where it renews a ticket, the Front-End gets its own in place of the envelope. */
function anonymousGrant(exchange: Exchange, form: ReadBody): Response | Promise<Response> {
  const renewed = renewedTicket(form.text);
  if (renewed === undefined) return relayAnonymousTicket(exchange, form.bytes, readAnswer);
  const ticket = openTicket(exchange.config.keyring, renewed);
  if (ticket?.kind !== "anonymous" || ticket.expiresAt <= exchange.now) return oauthError("invalid_grant");
  return relayAnonymousTicket(exchange, Buffer.from(withRenewedTicket(form.text, ticket.inner)), readAnswer);
}

/** The ticket of a successful token answer. */
export function readAnswer(json: string, now: number): FoundTicket | undefined {
  const token = issuedAccessToken(json);
  if (token === undefined) return undefined;
  return {
    kind: "cwt",
    text: token.text,
    expiresAt: now + 1000 * token.expiresInSeconds,
    withTicket: token.withTicket,
  };
}
