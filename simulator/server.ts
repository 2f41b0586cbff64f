// The HTTP side. It reads a request head into an Exchange, begins its line in the ledger, calls the handler, and writes
// the answer with the headers of IIS. Connections stay open after a 401, because NTLM needs them. Repeated header lines
// stay separate lines.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { type Answer, type Exchange, html } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { answerHook, type HookControls, isHook } from "./hooks.ts";
import { type VirtualHost, virtualHostOf } from "./hosts.ts";
import { compressedFor } from "./iis-compression.ts";
import { iisErrorPage, iisHeaders } from "./iis-headers.ts";
import { readTarget } from "./iis-path.ts";
import type { LedgerEntry } from "./ledger.ts";
import { KEEP_ALIVE_MS } from "./listen.ts";
import { oauthServerError } from "./oauth-token.ts";
import { route, routePlain } from "./routes.ts";
import { internalError } from "./web-ticket.ts";

/** The longest request body that a service reads. A longer one closes the connection. */
const MAX_BODY_BYTES = 64 * 1_048_576;

/** Creates the server of one site, not yet listening. */
export function createSite(frontEnd: FrontEnd, controls: HookControls, site: "https" | "http"): Server {
  const options = {
    maxHeaderSize: 65_536,
    requireHostHeader: false,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  return createServer(options, (request, response) => {
    serve(frontEnd, controls, site, request, response).catch((reason: unknown) => {
      // If the client went away, nothing is wrong. Everything else is a fault of the simulator.
      if (!request.socket.destroyed) console.error("simulator:", reason);
      response.destroy();
    });
  });
}

async function serve(
  frontEnd: FrontEnd,
  controls: HookControls,
  site: "https" | "http",
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "", url: target = "" } = request;
  if (isHook(target)) {
    const body = parseObject(Buffer.from(await readBody(request)).toString("utf8"));
    return write(response, await answerHook(frontEnd, controls, method, target, body));
  }
  const { path, query } = readTarget(target);
  const host = request.headers.host ?? "";
  const { rawHeaders } = request;
  const entry = frontEnd.ledger.open({ site, method, host, path: target, served: path, rawHeaders });
  const fault = controls.faults.take(path);
  if (fault === "hang") return;
  if (fault === "drop") {
    request.socket.destroy();
    return;
  }
  const known = virtualHostOf(frontEnd.hosts, host);
  const exchange = known && exchangeOf(request, response, { method, path, query, entry, site: known });
  const answer =
    fault === "internal-error"
      ? failure(path)
      : exchange
        ? await (site === "https" ? route(frontEnd, exchange) : routePlain(frontEnd, exchange))
        : html(404, iisErrorPage("404 - File or directory not found."));
  entry.status = answer.status;
  if (exchange?.gone.aborted) entry.left = true;
  // Reads the rest of the body, so that the connection can take the next request.
  request.resume();
  await write(response, compressedFor(acceptEncodingOf(request), answer), method);
}

const acceptEncodingOf = ({ headers }: IncomingMessage): string => String(headers["accept-encoding"] ?? "");

const failure = (path: string): Answer => (path === "/webticket/oauthtoken" ? oauthServerError() : internalError());

function exchangeOf(
  request: IncomingMessage,
  response: ServerResponse,
  head: { method: string; path: string; query: URLSearchParams; entry: LedgerEntry; site: VirtualHost },
): Exchange {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  let body: Promise<Uint8Array> | undefined;
  return {
    ...head,
    socket: request.socket,
    gone: gone.signal,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    body: () => {
      body ??= readBody(request);
      return body;
    },
    end: async () => {
      for await (const _ of request);
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error("request body too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

async function write(response: ServerResponse, answer: Answer, method = "GET"): Promise<void> {
  const { status, headers, body } = answer;
  const streamed = typeof body !== "string" && !(body instanceof Uint8Array);
  const bytes = streamed ? undefined : Buffer.from(body);
  const hasLength = streamed || status === 204 || status === 304;
  const length: [string, string][] = hasLength ? [] : [["Content-Length", String(bytes?.length ?? 0)]];
  response.writeHead(status, [...headers, ...length, ...iisHeaders].flat());
  if (streamed && method !== "HEAD") await pipeline(body, response);
  else response.end(method === "HEAD" ? undefined : bytes);
}
