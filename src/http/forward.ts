// The one way to the Front-End: canonical path, allowed headers, streamed bodies. On the way back, the answer says
// nothing about the inside. A Front-End that cannot be reached is a 503, never anything else (S-37).

import { logEvent } from "../audit/log.ts";
import { contentTypeInUtf8 } from "../core/http/charset.ts";
import { cleanForClient, headersForClient, headersForFrontEnd } from "../core/http/headers.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "../core/http/request-id.ts";
import { meters } from "../metrics/meters.ts";
import { unavailable } from "./answers.ts";
import type { Exchange } from "./exchange.ts";
import { isSoonSent, notSilent, passable } from "./front-end-faults.ts";
import { keepFromSharedCaches } from "./shared-caches.ts";

/** What goes to the Front-End beside the client's own request. */
export type Passage = {
  /** Headers that carry a checked credential or ticket. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Replaces the request's body, when it has been read. */
  readonly body?: Uint8Array;
  /** The answer is read here, so it may not come compressed, whatever the client takes. */
  readonly answerIsRead?: boolean;
  /** The Front-End may be silent for as long as it likes: it waits for something to say. */
  readonly mayBeHeldOpen?: boolean;
};

/** Always stated: when a request has no such header, Cloudflare asks for `gzip, br` in its name. */
const UNCOMPRESSED = "identity";

/**
 * What the client itself accepts. Cloudflare puts `br, gzip` into the header of every request, and keeps beside it what
 * the client sent.
 */
function acceptEncodingOf(request: Request): string {
  const { clientAcceptEncoding } = request.cf ?? {};
  const sent =
    typeof clientAcceptEncoding === "string" ? clientAcceptEncoding : (request.headers.get("accept-encoding") ?? "");
  return sent.trim() === "" ? UNCOMPRESSED : sent;
}

/**
 * Asks the Front-End. Undefined when it cannot be reached, which is logged. Redirects go to the client, which may
 * follow them.
 */
export async function askFrontEnd(exchange: Exchange, passage: Passage): Promise<Response | undefined> {
  const { config, bodyBroken } = exchange;
  const signal = passage.body === undefined ? bodyBroken : AbortSignal.timeout(config.frontEndWithinMs);
  try {
    return frontEndAnswered(await sendToFrontEnd(exchange, passage, signal));
  } catch (fault) {
    if (bodyBroken?.aborted) throw fault; // the client broke it off, not the Front-End
    frontEndUnreachable(exchange, fault);
    return undefined;
  }
}

/** Sends the request. Throws when no Front-End answers, or when `signal` ends it. Nothing is counted or logged. */
export function sendToFrontEnd(
  exchange: Exchange,
  passage: Passage,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { request, target, config, stages } = exchange;
  const headers = headersForFrontEnd(request.headers);
  headers.set("accept-encoding", passage.answerIsRead ? UNCOMPRESSED : acceptEncodingOf(request));
  for (const [name, value] of Object.entries(passage.credentials ?? {})) headers.set(name, value);
  headers.set(REQUEST_ID_HEADER, requestIdOf(request));
  // Postern sends a body that it has read as UTF-8, whatever the client called it.
  if (passage.body !== undefined) inUtf8(headers);
  const isBounded = passage.mayBeHeldOpen !== true && isSoonSent(request);
  const ask = (): Promise<Response> => {
    const answer = config.frontEnd.fetch({
      host: target.host,
      pathAndQuery: target.path + target.query,
      method: request.method,
      headers,
      body: passage.body ?? request.body,
      signal,
    });
    return isBounded ? notSilent(answer) : answer;
  };
  // an answer that cannot be passed on fails here, like no answer
  return stages.timed("front-end", ask, (answer) => String(passable(answer).status));
}

/** Counts an answer of the Front-End. */
export function frontEndAnswered(answer: Response): Response {
  meters.frontEnd(answer.status, Date.now());
  return answer;
}

/** Counts and logs that no Front-End answered. */
export function frontEndUnreachable({ request, target }: Exchange, fault: unknown): void {
  meters.frontEnd(undefined, Date.now());
  const requestId = requestIdOf(request);
  logEvent({ event: "unavailable", reason: "front-end", requestId, host: target.host, detail: String(fault) });
}

function inUtf8(headers: Headers): void {
  const contentType = headers.get("content-type");
  if (contentType !== null) headers.set("content-type", contentTypeInUtf8(contentType));
}

/** Prepares a Front-End's answer to one user for that user's client. */
export function relay(answer: Response, exchange: Exchange): Response {
  const response = streamed(answer, exchange);
  keepFromSharedCaches(response.headers, exchange.request.method);
  return response;
}

/** Passed on byte for byte: an answer that came compressed leaves compressed. */
function streamed({ body, status, headers }: Response, { config }: Exchange): Response {
  const response = new Response(body, { status, headers, encodeBody: "manual" });
  cleanForClient(response.headers, config.internalDomains);
  return response;
}

/** The same with a body that Postern has read, and perhaps changed. */
export function relayText(answer: Response, body: string, exchange: Exchange): Response {
  const headers = headersForClient(answer.headers, exchange.config.internalDomains);
  keepFromSharedCaches(headers, exchange.request.method);
  headers.delete("content-length");
  headers.delete("content-encoding");
  inUtf8(headers);
  return new Response(body, { status: answer.status, headers });
}

/** Forwards an anonymous request. Its answer may be kept for others, as the Front-End says, unless it sets a cookie. */
export async function forwardOpen(exchange: Exchange): Promise<Response> {
  const answer = await askFrontEnd(exchange, {});
  if (answer === undefined) return unavailable("front-end-unreachable");
  const response = streamed(answer, exchange);
  if (response.headers.has("set-cookie")) keepFromSharedCaches(response.headers, exchange.request.method);
  return response;
}
