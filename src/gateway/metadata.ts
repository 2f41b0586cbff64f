// The metadata of a service, `…/mex`, which clients read before they have a ticket: by GET, or by a WS-Transfer Get in
// SOAP. Postern writes the request to the Front-End itself in both cases (S-45). From the answer it removes the ports
// that the publish table closes. An answer that cannot be read is not relayed.

import { logEvent } from "../audit/log.ts";
import type { Config } from "../config/config.ts";
import { type BodyFault, MAX_TOKEN_ANSWER_BYTES, readText } from "../core/http/body.ts";
import { canonicalTarget } from "../core/http/canonical.ts";
import { headersForClient } from "../core/http/headers.ts";
import { publishRow, withSwitches } from "../core/http/publish.ts";
import { withOpenPorts } from "../core/lync/metadata.ts";
import { answerTo, metadataRequest, readMetadataRequest } from "../core/lync/metadata-request.ts";
import type { XmlFault } from "../core/lync/xml.ts";
import { ok, type Result } from "../core/result.ts";
import { badRequest, unavailable, unreadable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { askFrontEnd } from "../http/forward.ts";
import { wordedGet, wordedMetadata } from "../sign-in/worded.ts";

/** Answers one request for metadata; `path` is the service's address at the Front-End. */
export async function metadataService(exchange: Exchange, path: string, maxBody: number): Promise<Response> {
  const { request, target } = exchange;
  if (request.method === "GET") {
    const own = wordedGet(exchange, path);
    return relayMetadata(own, await askFrontEnd(own, {}), (text) => text);
  }
  const body = await readText(request, maxBody);
  if (!body.ok) return unreadable(body.reason);
  const asked = readMetadataRequest(body.value.text, actionOf(request.headers));
  if (!asked.ok) return badRequest(`metadata-request-${asked.reason}`);
  const messageId = `urn:uuid:${crypto.randomUUID()}`;
  const envelope = metadataRequest(asked.value, { messageId, to: `https://${target.host}${path}` });
  const own = wordedMetadata(exchange, path, asked.value.soap, envelope);
  const answer = await askFrontEnd(own.exchange, { body: own.body });
  return relayMetadata(own.exchange, answer, (text) => answerTo(asked.value, messageId, text));
}

/**
 * The action in the headers: SOAPAction (SOAP 1.1, 6.1.1), or a parameter of the type (RFC 3902). Undefined when there
 * is none.
 */
function actionOf(headers: Headers): string | undefined {
  const inType = /;\s*action\s*=\s*"?([^";]*)/i.exec(headers.get("content-type") ?? "")?.[1];
  const action = (headers.get("soapaction") ?? inType ?? "").replaceAll('"', "").trim();
  return action === "" ? undefined : action;
}

/**
 * Metadata is the same for everybody, so caches may keep it as the Front-End says. An answer other than 200 is relayed
 * as it is.
 */
async function relayMetadata(
  { config, target }: Exchange,
  answer: Response | undefined,
  change: (text: string) => string,
): Promise<Response> {
  if (answer === undefined) return unavailable("front-end-unreachable");
  const headers = headersForClient(answer.headers, config.internalDomains);
  if (answer.status !== 200) return new Response(answer.body, { status: answer.status, headers });
  const open = await readOpen(answer, config);
  if (!open.ok) {
    logEvent({ event: "unavailable", reason: `metadata-${open.reason}`, host: target.host });
    return unavailable("metadata-unreadable");
  }
  headers.delete("content-length");
  headers.delete("content-encoding");
  return new Response(change(open.value), { status: 200, headers });
}

/** The document without its closed ports. A byte order mark stays where it was. */
async function readOpen(answer: Response, config: Config): Promise<Result<string, BodyFault | XmlFault>> {
  const read = await readText(answer, MAX_TOKEN_ANSWER_BYTES);
  if (!read.ok) return read;
  const { bytes, text } = read.value;
  const open = withOpenPorts(text, (address) => isPublished(address, config));
  return open.ok && bytes.length > Buffer.byteLength(text) ? ok(`\ufeff${open.value}`) : open;
}

/** Whether the address of a port is open here, on any host. */
function isPublished(address: string, config: Config): boolean {
  const target = canonicalTarget(address);
  const row = target.ok ? publishRow(target.value.key) : undefined;
  return row !== undefined && withSwitches(row, config).access.kind !== "closed";
}
