// `/WebTicket/oauthtoken`: the same sign-in for clients that speak OAuth. The windows grant is NTLM on this very URL, the
// password grant is tried here and goes on as the windows grant, and the anonymous one passes as what it is.

import { authenticate, badRequest, bodyTooLarge, unavailable } from "../edge/answers.ts";
import { type ReadBody, readText } from "../edge/body.ts";
import type { Exchange } from "../edge/exchange.ts";
import { heldBack } from "../edge/refusal-floor.ts";
import {
  grantOf,
  issuedAccessToken,
  oauthError,
  passwordOf,
  renewedTicket,
  WINDOWS_GRANT_FORM,
  withRenewedTicket,
} from "../lync/oauth-token.ts";
import { openTicket } from "../ticket/envelope.ts";
import { relayAnonymousTicket } from "./anonymous.ts";
import { recordEnd } from "./attempt.ts";
import { handshake } from "./handshake.ts";
import { type FoundTicket, issueTicket } from "./issue.ts";
import { signInWithPassword, worded } from "./password.ts";

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
    if (grantOf(body.value.text) !== "windows") {
      await recordEnd(exchange, step.by, { outcome: "refused", reason: "not-a-token-request" });
      return oauthError("invalid_request");
    }
    return issueTicket(exchange, step.by, body.value.bytes, readAnswer);
  }
  switch (grantOf(body.value.text)) {
    case "windows":
      return authenticate(config.challenge);
    case "anonymous-meeting":
      return anonymousGrant(exchange, body.value);
    case "password":
      return passwordGrant(exchange, body.value.text);
    case "other":
      return oauthError("unsupported_grant_type");
    case undefined:
      return body.value.text === "" ? authenticate(config.challenge) : oauthError("invalid_request");
  }
}

/** Every refusal is the answer of a wrong password (S-22); a right one goes on as a sign-on without it. */
async function passwordGrant(exchange: Exchange, form: string): Promise<Response> {
  const typed = passwordOf(form);
  if (!typed.ok) {
    await heldBack(exchange); // it names nobody: refused like the rest, and not counted
    return oauthError("invalid_grant");
  }
  const tried = await signInWithPassword(exchange, "password-grant", typed.value);
  switch (tried.kind) {
    case "refused":
      return oauthError("invalid_grant");
    case "unavailable":
      return unavailable();
    case "signed-in": {
      const fresh = worded(exchange, exchange.target.path, { "content-type": FORM });
      return issueTicket(fresh, tried.by, Buffer.from(WINDOWS_GRANT_FORM), readAnswer);
    }
  }
}

const FORM = "application/x-www-form-urlencoded;charset=UTF-8";

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
