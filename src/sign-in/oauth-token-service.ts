// `/WebTicket/oauthtoken`: the same sign-in for clients that speak OAuth. The windows grant is NTLM on this URL. A
// password grant is tried here and goes on as a windows grant. A guest's grant goes on as a guest's. Each form goes on
// in Postern's words, and Postern neither reads nor sends on a query (S-45).

import { readText } from "../core/http/body.ts";
import { contentTypeInUtf8 } from "../core/http/charset.ts";
import { issuedAccessToken, type OAuthError, oauthError } from "../core/lync/oauth-token.ts";
import { readTokenForm, WINDOWS_GRANT_FORM } from "../core/lync/token-form.ts";
import { authenticate, unavailable, unreadable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { heldBack } from "../http/refusal-floor.ts";
import type { RefusalReason } from "../trace/reasons.ts";
import { ownAnswer, refusal } from "../trace/refusal.ts";
import { guestGrant } from "./anonymous.ts";
import { recordEnd } from "./attempt.ts";
import { handshake } from "./handshake.ts";
import { type FoundTicket, issueTicket, noTicketByGet } from "./issue.ts";
import { passiveGrant } from "./passive-grant.ts";
import { signInWithPassword, type TypedCredentials } from "./password.ts";
import { wordedForm } from "./worded.ts";

const FORM_REASONS = {
  invalid_request: "not-a-token-request",
  unsupported_grant_type: "grant-not-supported",
  invalid_grant: "grant-not-usable",
} as const satisfies Record<OAuthError, RefusalReason>;

/** Answers one request to the OAuth token service. */
export async function oauthTokenService(exchange: Exchange, maxBody: number): Promise<Response> {
  const { request, config } = exchange;
  if (request.method !== "POST") {
    const step = await handshake(exchange);
    return step.kind === "answer" ? step.response : noTicketByGet(exchange, step.by);
  }
  const body = await readText(request, maxBody);
  if (!body.ok) return unreadable(body.reason);
  const form = readTokenForm(contentTypeInUtf8(request.headers.get("content-type") ?? ""), body.value.text);
  if (request.headers.has("authorization")) {
    const step = await handshake(exchange);
    if (step.kind === "answer") return step.response;
    if (form.ok && form.value.kind === "windows") {
      return issueTicket(wordedForm(exchange, WINDOWS_GRANT_FORM), step.by, ticketInJson);
    }
    await recordEnd(exchange, step.by, { outcome: "refused", reason: "not-a-token-request" });
    return refusal("not-a-token-request", oauthError("invalid_request"));
  }
  if (body.value.text === "") return authenticate(config.challenge);
  if (!form.ok) {
    // Among these is a password grant that names nobody: it is refused like a wrong password, and not counted.
    if (form.reason === "invalid_grant") await heldBack(exchange);
    return refusal(FORM_REASONS[form.reason], oauthError(form.reason));
  }
  switch (form.value.kind) {
    case "windows":
      return authenticate(config.challenge);
    case "passive":
      return passiveGrant(exchange, ticketInJson);
    case "guest":
      return guestGrant(exchange, form.value, ticketInJson);
    case "password":
      return passwordGrant(exchange, form.value);
  }
}

/** Every refusal is the answer to a wrong password (S-22). A right password goes on as a sign-on without it. */
async function passwordGrant(exchange: Exchange, typed: TypedCredentials): Promise<Response> {
  const tried = await signInWithPassword(exchange, "password-grant", typed);
  switch (tried.kind) {
    case "refused":
      return ownAnswer(oauthError("invalid_grant"));
    case "unavailable":
      return unavailable();
    case "signed-in":
      return issueTicket(wordedForm(exchange, WINDOWS_GRANT_FORM), tried.by, ticketInJson);
  }
}

/** The ticket of a successful token answer. */
export function ticketInJson(json: string, now: number): FoundTicket | undefined {
  const token = issuedAccessToken(json);
  if (token === undefined) return undefined;
  return {
    kind: "cwt",
    text: token.text,
    expiresAt: now + 1000 * token.expiresInSeconds,
    withTicket: token.withTicket,
  };
}
