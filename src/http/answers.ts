// Everything Postern says by itself, in one place: one body for every refusal of a kind, so that no reason can be told
// from another (S-22), and in each row the challenge that its clients understand.

import type { Config } from "../config/config.ts";
import type { BodyFault } from "../core/http/body.ts";
import type { Access, Dialect } from "../core/http/publish.ts";
import { grantTypesFor } from "../core/lync/grant-types.ts";
import type { RefusalReason } from "../trace/reasons.ts";
import { ownAnswer, refusal } from "../trace/refusal.ts";

const UNAUTHORIZED_PAGE = "<!DOCTYPE html><title>401</title><h1>401 Unauthorized</h1>\r\n";
/** Seconds after which a client may try again when a part of the gateway is unavailable. */
const RETRY_AFTER_SECONDS = 10;

const noStore = { "cache-control": "no-cache, no-store", pragma: "no-cache", expires: "-1" };

// The reason goes into the log and never into the answer (trace/refusal.ts).

/** The path is not published. Says nothing about whether it exists. */
export const notPublished = (reason: RefusalReason): Response =>
  refusal(reason, new Response(null, { status: 404, headers: noStore }));

/** The request cannot be judged: its path is ambiguous, or its body is in an encoding that Postern did not ask for. */
export const badRequest = (reason: RefusalReason): Response =>
  refusal(reason, new Response(null, { status: 400, headers: noStore }));

/** The body is larger than its row allows. */
export const bodyTooLarge = (): Response =>
  refusal("body-too-large", new Response(null, { status: 413, headers: noStore }));

/** The body was read, and cannot be judged. */
export const unreadable = (reason: BodyFault): Response =>
  reason === "too-large" ? bodyTooLarge() : badRequest(reason);

/** Seconds of the window in which anonymous requests are counted. */
const BUDGET_WINDOW_SECONDS = 60;

/** The client's network has used up its budget for requests without a ticket. Other networks are served. */
export const tooManyRequests = (): Response =>
  refusal(
    "network-over-budget",
    new Response(null, { status: 429, headers: { ...noStore, "retry-after": String(BUDGET_WINDOW_SECONDS) } }),
  );

/** The row takes other methods. */
export const methodNotAllowed = (methods: readonly string[]): Response =>
  refusal(
    "method-not-allowed",
    new Response(null, { status: 405, headers: { ...noStore, allow: methods.join(", ") } }),
  );

/** Something Postern depends on failed: never a pass (S-37). `reason`: absent when the audit says it. */
export function unavailable(reason?: RefusalReason): Response {
  const headers = { ...noStore, "retry-after": String(RETRY_AFTER_SECONDS) };
  const response = new Response(null, { status: 503, headers });
  return reason === undefined ? ownAnswer(response) : refusal(reason, response);
}

/**
 * A proved user cannot be signed on now, because too many others are waiting. The times differ, so that not all clients
 * come back at the same moment. The audit has the event.
 */
export function overloaded(): Response {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  const seconds = RETRY_AFTER_SECONDS / 2 + Math.floor((random / 2 ** 32) * RETRY_AFTER_SECONDS * 1.5);
  const headers = { ...noStore, "retry-after": String(seconds) };
  return ownAnswer(new Response(null, { status: 503, headers }));
}

/**
 * A 401 with one authentication challenge, e.g. `NTLM` or `NTLM <base64>`. There is only one, because workerd would
 * join several into one line.
 */
export const authenticate = (challenge: string): Response =>
  ownAnswer(
    new Response(UNAUTHORIZED_PAGE, {
      status: 401,
      headers: { ...noStore, "content-type": "text/html", "www-authenticate": challenge },
    }),
  );

/**
 * The challenge of a row that needs a ticket: it says where to get one, and names no scheme that would start a sign-in
 * on this URL.
 */
export function ticketChallenge(
  dialect: Dialect,
  config: Pick<Config, "webHost" | "sts" | "passiveOffer">,
  userAgent: string,
): Response {
  const headers = new Headers({
    ...noStore,
    "content-type": "text/html",
    "x-ms-webticketurl": `https://${config.webHost}/WebTicket/WebTicketService.svc`,
    "x-ms-webticketsupported": "cwt,saml",
  });
  if (dialect === "oauth") {
    // A pool without a relying party has no page to offer.
    const hasPage = config.sts?.realms.has(config.webHost) === true;
    const grants = grantTypesFor(hasPage ? (config.passiveOffer ?? "windows") : "windows", userAgent);
    headers.set(
      "www-authenticate",
      `MsRtcOAuth href="https://${config.webHost}/WebTicket/oauthtoken",grant_type="${grants}"`,
    );
  }
  return ownAnswer(new Response(UNAUTHORIZED_PAGE, { status: 401, headers }));
}

const FORBIDDEN_PAGE = "<!DOCTYPE html><title>403</title><h1>403 Forbidden</h1>\r\n";
/** UCWA's own type, in the spelling that the client used. */
const ucwaXml = (wanted: string): string =>
  /\bvnd\.microsoft\.ucwa\+xml\b/i.test(wanted)
    ? "application/vnd.microsoft.ucwa+xml; charset=utf-8"
    : "application/vnd.microsoft.com.ucwa+xml; charset=utf-8";

/**
 * The ticket is good, but its device may not do this. There is one answer for every reason, in the words that a
 * Front-End has for a user who may not. Clients give up on these words; a 401 would make them sign in again and again
 * (docs/design/0006-devices.md).
 */
export function deviceRefused({ soap, use }: Extract<Access, { kind: "ticket" }>, headers: Headers): Response {
  if (soap) return forbidden("text/html", FORBIDDEN_PAGE);
  if (use !== "naming" && use !== "application") return forbidden("text/html", FORBIDDEN_PAGE);
  const wanted = headers.get("accept") ?? headers.get("content-type") ?? "";
  return /xml/i.test(wanted) && !/json/i.test(wanted)
    ? forbidden(ucwaXml(wanted), UCWA_FORBIDDEN_XML)
    : forbidden("application/json; charset=utf-8", JSON.stringify({ code: "Forbidden", message: "Forbidden." }));
}

const UCWA_FORBIDDEN_XML =
  '<?xml version="1.0" encoding="utf-8"?><reason xmlns="http://schemas.microsoft.com/rtc/2012/03/ucwa">' +
  '<property name="code">Forbidden</property><property name="message">Forbidden.</property></reason>';

const forbidden = (contentType: string, body: string): Response =>
  refusal("device-refused", new Response(body, { status: 403, headers: { ...noStore, "content-type": contentType } }));
