// Two listeners. One takes orders and answers nothing else, so a tunnel can lead to it whole; the other, for the operator's
// own machines, has liveness, readiness and metrics.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MAX_ORDER_BYTES } from "./order.ts";
import { PUBLIC_REFUSALS, type Reason } from "./reasons.ts";
import { ok, type Result, refuse } from "./result.ts";

/** Where to listen; port 0 takes any free one. */
export type Address = { readonly host: string; readonly port: number };

/** What the listeners ask. */
export type Answers = {
  readonly authorize: (jws: string) => Promise<Result<string>>;
  /** Hears of a request that is no order. */
  readonly onNoOrder: (reason: Reason) => void;
  readonly ready: () => Promise<Result<true>>;
  readonly metrics: () => string;
};

/** A caller that does not finish its request in this time is cut off. */
const REQUEST_WITHIN_MS = 5_000;
/** Longer than cloudflared keeps an idle connection (90 s), so that it never sends an order down one that is just being closed. */
const IDLE_CONNECTION_MS = 120_000;
/** Most connections at once; cloudflared pools its own. */
const MAX_CONNECTIONS = 256;
/** When a caller that met a busy connector may come again. */
const RETRY_AFTER_S = "2";

/** `POST /v1/authorization`, and 404 for everything else. */
export function orderListener(answers: Answers): Server {
  return bounded(async (request, response) => {
    if (request.url !== "/v1/authorization" || request.method !== "POST") return send(response, 404, {});
    const order = await readOrder(request);
    if (!order.ok) answers.onNoOrder(order.reason);
    const answer = order.ok ? await answers.authorize(order.value) : order;
    if (answer.ok) return send(response, 200, { authorization: answer.value });
    const { status, error } = PUBLIC_REFUSALS[answer.reason];
    if (status === 503) response.setHeader("retry-after", RETRY_AFTER_S);
    if (!request.complete) response.setHeader("connection", "close");
    send(response, status, { error });
  });
}

/** `/live`, `/ready` and `/metrics`. */
export function observationListener(answers: Answers): Server {
  return bounded(async (request, response) => {
    switch (request.method === "GET" ? request.url : undefined) {
      case "/live":
        return send(response, 200, { live: true });
      case "/ready": {
        const ready = await answers.ready();
        return ready.ok
          ? send(response, 200, { ready: true })
          : send(response, 503, { ready: false, reason: ready.reason, ...(ready.detail && { detail: ready.detail }) });
      }
      case "/metrics":
        response.setHeader("content-type", "text/plain; version=0.0.4");
        response.end(answers.metrics());
        return;
      default:
        return send(response, 404, {});
    }
  });
}

/** Listens; the URL it got. */
export async function listen(server: Server, { host, port }: Address): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
}

/** Takes no new connection, and ends when what is under way is answered. */
export async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function bounded(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Server {
  const server = createServer(
    {
      requestTimeout: REQUEST_WITHIN_MS,
      headersTimeout: REQUEST_WITHIN_MS,
      keepAliveTimeout: IDLE_CONNECTION_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      // A connection of a server that closes ends with its answer.
      response.once("close", () => !server.listening && request.socket.destroy());
      answer(request, response).catch(() => {
        // Nothing is expected here: no token, and no word about why.
        if (!response.headersSent) send(response, 500, {});
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

async function readOrder(request: IncomingMessage): Promise<Result<string>> {
  if (request.headers["content-type"]?.toLowerCase() !== "application/jwt") return refuse("not-a-jwt");
  if (Number(request.headers["content-length"] ?? 0) > MAX_ORDER_BYTES) return refuse("body-too-large");
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_ORDER_BYTES) return refuse("body-too-large");
      chunks.push(chunk);
    }
  } catch {
    return refuse("body-broken-off");
  }
  return length === 0 ? refuse("empty-body") : ok(Buffer.concat(chunks).toString("latin1"));
}

function send(response: ServerResponse, status: number, body: Readonly<Record<string, string | boolean>>): void {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
