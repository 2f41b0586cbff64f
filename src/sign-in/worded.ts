// A request to a token service in Postern's words. From the client's own request it passes on only the headers that say
// who asks, and with which program. A query, a cookie and a referer do not go on, because ASP.NET looks for the fields
// of a form there, too (S-45).

import { sameRequest } from "../core/http/request-id.ts";
import { GET_METADATA } from "../core/lync/metadata-request.ts";
import type { Exchange } from "../http/exchange.ts";

/** The token services' addresses at the Front-End, in the one spelling in which Postern asks them. */
export const SERVICES = {
  webTicket: "/WebTicket/WebTicketService.svc",
  signedTicket: "/WebTicket/WebTicketService.svc/Cert",
  guestTicket: "/WebTicket/WebTicketService.svc/Anon",
  oauthToken: "/WebTicket/oauthtoken",
} as const;

/** The client's headers that a token service may see. */
const KEPT = ["accept", "accept-language", "client-request-id", "user-agent", "x-ms-correlation-id"];
/** When a page of another site asks through the pool's frame, the Front-End checks that it knows the site. */
const ORIGINS = ["origin", "x-ms-origin"];
const ORIGIN = /^(?:null|https?:\/\/[A-Za-z0-9.-]{1,253}(?::\d{1,5})?)$/i;
/** Longest value of a kept header that is sent on. */
const MAX_HEADER_CHARS = 1_024;

const FORM = { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
const ISSUE = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue";
/** The same of the WS-Trust before. */
const ISSUE_2005 = "http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue";
const SOAP = { "content-type": "text/xml; charset=utf-8", soapaction: `"${ISSUE}"` };

/** The action of a WS-Transfer Get, by version of SOAP. */
const METADATA = {
  "1.1": { "content-type": "text/xml; charset=utf-8", soapaction: `"${GET_METADATA}"` },
  "1.2": { "content-type": "application/soap+xml; charset=utf-8" },
} as const;

/** A request that is ready to be sent. */
export type Worded = { readonly exchange: Exchange; readonly body: Uint8Array };

/** A form to the OAuth token service. */
export const wordedForm = (exchange: Exchange, form: string): Worded =>
  worded(exchange, SERVICES.oauthToken, FORM, form);

/** A RequestSecurityToken to one of the web ticket services. */
export const wordedSoap = (exchange: Exchange, path: string, envelope: string): Worded =>
  worded(exchange, path, SOAP, envelope);

/**
 * A token request as its device wrote and signed it: the one message in a client's own words that a token service gets.
 * Its headers are Postern's. The client's SOAPAction is passed on only if it is the other value that a token request
 * may have.
 */
export function wordedSigned(exchange: Exchange, soap: "1.1" | "1.2", body: Uint8Array): Worded {
  const action = exchange.request.headers.get("soapaction")?.includes(ISSUE_2005) === true ? ISSUE_2005 : ISSUE;
  const head =
    soap === "1.1"
      ? { ...SOAP, soapaction: `"${action}"` }
      : { "content-type": `application/soap+xml; charset=utf-8; action="${action}"` };
  return { exchange: wordedHead(exchange, SERVICES.signedTicket, head, "POST"), body };
}

/** The form with which a browser brings its token to the pool. The path is the configured one. */
export const wordedReply = (exchange: Exchange, path: string, form: string): Worded =>
  worded(exchange, path, FORM, form);

/** A page by GET, with the query that the client sent. */
export function wordedPage(exchange: Exchange, path: string): Exchange {
  const own = wordedHead(exchange, path, {}, "GET");
  return { ...own, target: { ...own.target, query: exchange.target.query } };
}

/** A service's metadata by GET. */
export const wordedGet = (exchange: Exchange, path: string): Exchange => wordedHead(exchange, path, {}, "GET");

/** A service's metadata by WS-Transfer Get, in an envelope of that version of SOAP. */
export const wordedMetadata = (exchange: Exchange, path: string, soap: keyof typeof METADATA, body: string): Worded =>
  worded(exchange, path, METADATA[soap], body);

const worded = (
  exchange: Exchange,
  path: string,
  contentHeaders: Readonly<Record<string, string>>,
  body: string,
): Worded => ({ exchange: wordedHead(exchange, path, contentHeaders, "POST"), body: Buffer.from(body) });

function wordedHead(
  exchange: Exchange,
  path: string,
  contentHeaders: Readonly<Record<string, string>>,
  method: "GET" | "POST",
): Exchange {
  const { env, config, now, stages } = exchange;
  const target = { ...exchange.target, path, key: path.toLowerCase(), query: "" };
  const headers = new Headers(contentHeaders);
  for (const name of KEPT) {
    const value = exchange.request.headers.get(name);
    if (value !== null && value.length <= MAX_HEADER_CHARS) headers.set(name, value);
  }
  for (const name of ORIGINS) {
    const value = exchange.request.headers.get(name);
    if (value !== null && ORIGIN.test(value)) headers.set(name, value);
  }
  const request = sameRequest(new Request(`https://${target.host}${path}`, { method, headers }), exchange.request);
  return { env, config, now, stages, target, request };
}
