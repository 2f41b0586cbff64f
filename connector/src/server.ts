// Two listeners. One takes orders and answers nothing else, so the whole listener can be published through a tunnel.
// The other tells the operator's own machines about liveness, readiness and metrics.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MAX_ORDER_BYTES } from "./order.ts";
import { PUBLIC_REFUSALS, type Reason } from "./reasons.ts";
import { ok, type Result, refuse } from "./result.ts";

/** Where to listen. Port 0 takes any free port. */
export type Address = { readonly host: string; readonly port: number };

/** The functions that give the listeners their answers. */
export type Answers = {
  /** `request`: the id of the client's request for which it is, as the order came with it. */
  readonly authorize: (jws: string, request: string | undefined) => Promise<Result<string>>;
  /** Is called for each request that has no order in it. */
  readonly onNoOrder: (reason: Reason, request: string | undefined) => void;
  readonly ready: () => Promise<Result<true>>;
  readonly metrics: () => Promise<string>;
};

/** The connection is closed if a caller does not finish its request in this time, ms. */
const REQUEST_WITHIN_MS = 5_000;
/**
 * Longer than cloudflared keeps an idle connection (90 s), so it never sends an order on a connection that is closing.
 */
const IDLE_CONNECTION_MS = 120_000;
/** Most connections at once. cloudflared reuses its connections. */
const MAX_CONNECTIONS = 256;
/** After how many seconds a caller may try a busy connector again. */
const RETRY_AFTER_S = "2";

/** Answers `POST /v1/authorization`, and 404 to everything else. */
export function orderListener(answers: Answers): Server {
  return bounded(async (request, response) => {
    if (request.url !== "/v1/authorization" || request.method !== "POST") return send(response, 404, {});
    const order = await readOrder(request);
    const id = requestIdIn(request);
    if (!order.ok) answers.onNoOrder(order.reason, id);
    const answer = order.ok ? await answers.authorize(order.value, id) : order;
    if (answer.ok) return send(response, 200, { authorization: answer.value });
    const { status, error } = PUBLIC_REFUSALS[answer.reason];
    if (status === 503) response.setHeader("retry-after", RETRY_AFTER_S);
    if (!request.complete) response.setHeader("connection", "close");
    send(response, status, { error });
  });
}

/** Answers `/live`, `/ready` and `/metrics`. */
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
        response.end(await answers.metrics());
        return;
      default:
        return send(response, 404, {});
    }
  });
}

const LISTEN_FIXES: Readonly<Record<string, string>> = {
  EADDRINUSE: "Another program has this port, perhaps another connector: end it, or choose another port",
  EACCES: "A port below 1024 needs CAP_NET_BIND_SERVICE in the unit, or choose another port",
  EADDRNOTAVAIL: "This machine has no such address: correct host",
};

/** An address of the configuration cannot be listened on. The message says what to do. */
export class CannotListen extends Error {}

/** Starts to listen, and returns the URL. Throws `CannotListen`. `setting`: where the address is configured. */
export async function listen(server: Server, { host, port }: Address, setting: "listen" | "observe"): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code = "" }: NodeJS.ErrnoException) => {
      const fix = LISTEN_FIXES[code] ?? "Correct host and port";
      reject(new CannotListen(`The connector cannot listen on ${host}, port ${port} (${code}). ${fix} (${setting}).`));
    });
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
}

/** Takes no new connection, and returns when the running requests are answered. */
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
      // When the server is closing, each connection ends after its answer.
      response.once("close", () => !server.listening && request.socket.destroy());
      answer(request, response).catch(() => {
        // A fault that nobody expects. The caller gets no token and no reason.
        if (!response.headersSent) send(response, 500, {});
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

/**
 * The id that Postern gave the client's request. Only the log has it, and nothing is decided by it: whoever reaches this
 * listener can write what they like.
 */
function requestIdIn({ headers }: IncomingMessage): string | undefined {
  const { "x-request-id": id } = headers;
  return typeof id === "string" && /^[\w-]{1,64}$/.test(id) ? id : undefined;
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
