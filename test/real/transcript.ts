// The HTTP dialogue of one run as the client saw it, and a form of it that can be compared. In that form, everything
// that differs between any two runs (tickets, times, identifiers, NTLM messages) is replaced by a name of its kind.
// Everything that a gateway must take away (headers that leak the inside, hop-by-hop headers) is left out. When two
// runs look the same to a client, these forms are equal.

import { type HttpMessage, headerOf } from "./http-reader.ts";

/** One request with its answer, as recorded between the client and the front. */
export interface Exchange {
  /** "http" or "https": which front the client had connected to. */
  readonly scheme: string;
  /**
   * Counts the client's connections in the order in which they were opened. An NTLM handshake stays on one connection.
   */
  readonly connection: number;
  readonly request: HttpMessage;
  readonly response: HttpMessage;
}

/** What is the same in two runs of one client. NTLM is left out; see `ntlmLeg`. */
export interface ComparableExchange {
  /** "GET https://web.contoso.test/path?query" */
  readonly target: string;
  /** Header names of the request with the kind of each value, if that is of interest. */
  readonly requestHeaders: readonly string[];
  readonly requestBody: string;
  readonly status: number;
  readonly contentType: string;
  /** The X-MS-WebTicketURL of the answer; SIPE goes where it says. */
  readonly webTicketUrl: string;
  /** XML only: an HTML error page is not read by any of the clients. */
  readonly responseBody: string;
}

/** "GET https://host/path?query", with the host in lower case. */
export function targetOf(exchange: Exchange): string {
  const [method = "", path = ""] = exchange.request.startLine.split(" ");
  const host = (headerOf(exchange.request, "host") ?? "").toLowerCase().replace(/:\d+$/, "");
  return `${method} ${exchange.scheme}://${host}${path}`;
}

/** The status code of the answer. */
export function statusOf(exchange: Exchange): number {
  return Number(exchange.response.startLine.split(" ")[1]);
}

/** The WWW-Authenticate lines of the answer, tokens and tickets replaced: "NTLM", "NTLM <message 2>". */
export function challengesOf(exchange: Exchange): string[] {
  const lines = exchange.response.headers.filter(([name]) => name.toLowerCase() === "www-authenticate");
  return lines.map(([, value]) => describeCredentials(value));
}

/** "NTLM <message 3> → 200": the credentials of the request, "nothing" for none, and the status they earned. */
export function ntlmLeg(exchange: Exchange): string {
  const authorization = headerOf(exchange.request, "authorization");
  return `${authorization === undefined ? "nothing" : describeCredentials(authorization)} → ${statusOf(exchange)}`;
}

/** A request that was answered by asking for NTLM. The client sends it again, so it is not a step of its own. */
function isHandshakeLeg(exchange: Exchange): boolean {
  return statusOf(exchange) === 401 && challengesOf(exchange).some((line) => /^(NTLM|Negotiate)\b/.test(line));
}

/** The comparable form of one exchange; see the header of this file. */
function comparable(exchange: Exchange): ComparableExchange {
  const { request, response } = exchange;
  const contentType = (headerOf(response, "content-type") ?? "").toLowerCase().replace(/\s|(?<=^text\/html);.*/g, "");
  const headers = request.headers.map(describeRequestHeader);
  return {
    target: targetOf(exchange),
    requestHeaders: headers.filter((line) => !/^authorization: (NTLM|Negotiate)\b/.test(line)).sort(),
    requestBody: describeBody(request.body),
    status: statusOf(exchange),
    contentType,
    webTicketUrl: headerOf(response, "x-ms-webticketurl") ?? "",
    responseBody: contentType.includes("xml") ? describeBody(response.body) : "",
  };
}

/**
 * What a client said and heard, host by host. Each different exchange stands there once, in the order of its first
 * appearance, without NTLM handshakes. A client asks several hosts at the same time, and one host over http and https.
 * The order in which these mix differs from run to run.
 */
export function dialogue(exchanges: readonly Exchange[]): Record<string, ComparableExchange[]> {
  const byOrigin: Record<string, ComparableExchange[]> = {};
  const seen = new Set<string>();
  for (const form of exchanges.filter((exchange) => !isHandshakeLeg(exchange)).map(comparable)) {
    const key = JSON.stringify(form);
    if (seen.has(key)) continue;
    seen.add(key);
    const origin = /\S+:\/\/[^/]*/.exec(form.target.split(" ")[1] ?? "")?.[0] ?? "";
    byOrigin[origin] = [...(byOrigin[origin] ?? []), form];
  }
  return byOrigin;
}

/** The names of the response headers for each target and status, sorted. Names that match `except` are left out. */
export function headerNames(exchanges: readonly Exchange[], except: RegExp): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const exchange of exchanges) {
    const lower = exchange.response.headers.map(([name]) => name.toLowerCase());
    names[`${targetOf(exchange)} ${statusOf(exchange)}`] = [
      ...new Set(lower.filter((name) => !except.test(name))),
    ].sort();
  }
  return names;
}

/** A line for a person: target, credentials or ticket sent, status, challenge. Every value is named by its kind. */
export function summary(exchange: Exchange): string {
  const shown = exchange.request.headers
    .map(describeRequestHeader)
    .filter((line) => /^(authorization|x-ms-web)/.test(line));
  const form = comparable(exchange);
  const ticketUrl = form.webTicketUrl === "" ? [] : [`X-MS-WebTicketURL: ${form.webTicketUrl}`];
  const answer = [String(form.status), ...challengesOf(exchange), ...ticketUrl, form.contentType];
  return `#${exchange.connection} ${[form.target, ...shown, "→", ...answer].join(" ")}`;
}

function describeRequestHeader([name, value]: readonly [string, string]): string {
  const key = name.toLowerCase();
  if (key === "authorization") return `authorization: ${describeCredentials(value)}`;
  if (key === "x-ms-webticket") return `x-ms-webticket: ${value.split("=")[0]}=<ticket>`;
  if (key === "soapaction") return `soapaction: ${value}`;
  return key;
}

/** "NTLM", "NTLM <message 1>", "Negotiate <token>", "Bearer …" with a ticket replaced. */
function describeCredentials(value: string): string {
  const [scheme = "", token] = value.split(" ");
  if (token === undefined) return scheme;
  const bytes = Buffer.from(token, "base64");
  if (bytes.subarray(0, 7).toString("latin1") === "NTLMSSP") return `${scheme} <message ${bytes[8]}>`;
  return /^(ntlm|negotiate|bearer)$/i.test(scheme) && !token.includes('="') ? `${scheme} <token>` : value;
}

/** Text of a body with everything that is new in each run replaced by the name of its kind. */
function describeBody(body: Uint8Array): string {
  return Buffer.from(body)
    .toString("utf8")
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<time>")
    .replace(/\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?/gi, "<guid>")
    .replace(/>[\sA-Za-z0-9+/]{24,}={0,2}\s*</g, "><base64><")
    .replace(/\r\n/g, "\n")
    .trim();
}
