// The one way to the Front-End: canonical path, allowed headers, streamed bodies, and on the way back an answer that says
// nothing about the inside. A Front-End that cannot be reached is a 503, never anything else (S-37).

import { logEvent } from "../audit/log.ts";
import { contentTypeInUtf8 } from "../core/http/charset.ts";
import { headersForClient, headersForFrontEnd } from "../core/http/headers.ts";
import { unavailable } from "./answers.ts";
import type { Exchange } from "./exchange.ts";
import { keepFromSharedCaches } from "./shared-caches.ts";

/** What goes to the Front-End beside the client's own request. */
export type Passage = {
  /** Headers that carry a checked credential or ticket. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Replaces the request's body, when it has been read. */
  readonly body?: Uint8Array;
  /** The answer is read here, so it may not come compressed, whatever the client takes. */
  readonly answerIsRead?: boolean;
};

/** Said in so many words: where a request says nothing, Cloudflare asks for `gzip, br` in its name. */
const UNCOMPRESSED = "identity";

/** What the client itself takes. Cloudflare puts `br, gzip` into every request's header, and what the client sent beside it. */
function acceptEncodingOf(request: Request): string {
  const { clientAcceptEncoding } = request.cf ?? {};
  const sent =
    typeof clientAcceptEncoding === "string" ? clientAcceptEncoding : (request.headers.get("accept-encoding") ?? "");
  return sent.trim() === "" ? UNCOMPRESSED : sent;
}

/** Asks the Front-End; undefined when it cannot be reached, which is logged. Redirects are the client's to follow. */
export async function askFrontEnd(exchange: Exchange, passage: Passage): Promise<Response | undefined> {
  const { request, target, config } = exchange;
  const headers = {
    ...headersForFrontEnd(request.headers),
    "accept-encoding": passage.answerIsRead ? UNCOMPRESSED : acceptEncodingOf(request),
    ...passage.credentials,
  };
  // A body that was read goes on in UTF-8, whatever the client called it.
  if (passage.body !== undefined) inUtf8(headers);
  try {
    return await config.frontEnd.fetch({
      host: target.host,
      pathAndQuery: target.path + target.query,
      method: request.method,
      headers,
      body: passage.body ?? request.body,
      signal: passage.body === undefined ? exchange.bodyBroken : AbortSignal.timeout(config.frontEndWithinMs),
    });
  } catch (fault) {
    if (exchange.bodyBroken?.aborted) throw fault; // the client's doing, not the Front-End's
    logEvent({ event: "unavailable", reason: "front-end", host: target.host, detail: String(fault) });
    return undefined;
  }
}

function inUtf8(headers: Record<string, string>): void {
  const { "content-type": contentType } = headers;
  if (contentType !== undefined) headers["content-type"] = contentTypeInUtf8(contentType);
}

/** A Front-End's answer to one user, as that user's client may have it. */
export function relay(answer: Response, exchange: Exchange): Response {
  const headers = headersForClient(answer.headers, exchange.config.internalDomains);
  keepFromSharedCaches(headers, exchange.request.method);
  return streamed(answer, headers);
}

/** Byte for byte: what came compressed leaves as it was compressed. */
const streamed = ({ body, status }: Response, headers: Headers): Response =>
  new Response(body, { status, headers, encodeBody: "manual" });

/** The same with a body that Postern has read, and perhaps changed. */
export function relayText(answer: Response, body: string, exchange: Exchange): Response {
  const headers = headersForClient(answer.headers, exchange.config.internalDomains);
  keepFromSharedCaches(headers, exchange.request.method);
  headers.delete("content-length");
  headers.delete("content-encoding");
  const contentType = headers.get("content-type");
  if (contentType !== null) headers.set("content-type", contentTypeInUtf8(contentType));
  return new Response(body, { status: answer.status, headers });
}

/** Forwards an anonymous request. Its answer may be kept for others, as the Front-End says, unless it gives somebody a cookie. */
export async function forwardOpen(exchange: Exchange): Promise<Response> {
  const answer = await askFrontEnd(exchange, {});
  if (answer === undefined) return unavailable("front-end-unreachable");
  const headers = headersForClient(answer.headers, exchange.config.internalDomains);
  if (headers.has("set-cookie")) keepFromSharedCaches(headers, exchange.request.method);
  return streamed(answer, headers);
}
