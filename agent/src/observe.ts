// The listener for the operator's own machines: whether the process lives, whether its parts can work, and metrics.

import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Port 0 takes any free port. */
export type Address = { readonly host: string; readonly port: number };

/** What the listener asks. */
export type Observed = {
  /** For each part: true, or why it cannot work. */
  readonly ready: () => Readonly<Record<string, true | string>>;
  readonly metrics: () => Promise<string>;
};

const REQUEST_WITHIN_MS = 5_000;
const MAX_CONNECTIONS = 64;

/** Answers `/live`, `/ready` and `/metrics`, and 404 to everything else. */
export function observationListener(observed: Observed): Server {
  const server = createServer(
    { requestTimeout: REQUEST_WITHIN_MS, headersTimeout: REQUEST_WITHIN_MS, connectionsCheckingInterval: 1_000 },
    (request, response) => {
      void answer(request.method === "GET" ? request.url : undefined, response).catch(() => response.destroy());
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  return server;

  async function answer(path: string | undefined, response: ServerResponse): Promise<void> {
    if (path === "/live") return send(response, 200, { live: true });
    if (path === "/metrics") {
      const text = await observed.metrics();
      response.writeHead(200, {
        "content-type": "text/plain; version=0.0.4; charset=utf-8",
        "cache-control": "no-store",
      });
      response.end(text);
      return;
    }
    if (path !== "/ready") return send(response, 404, {});
    const parts = observed.ready();
    const ready = Object.values(parts).every((part) => part === true);
    send(response, ready ? 200 : 503, { ready, parts });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

const LISTEN_FIXES: Readonly<Record<string, string>> = {
  EADDRINUSE: "Another program has this port, perhaps another agent: end it, or choose another port",
  EACCES: "A port below 1024 needs CAP_NET_BIND_SERVICE in the unit, or choose another port",
  EADDRNOTAVAIL: "This machine has no such address: correct host",
};

/** The address of the configuration cannot be listened on. The message says what to do. */
export class CannotListen extends Error {}

/** Starts to listen, and returns the URL. Throws `CannotListen`. `setting`: where the address is configured. */
export async function listen(server: Server, { host, port }: Address, setting = "listen"): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code = "" }: NodeJS.ErrnoException) => {
      const fix = LISTEN_FIXES[code] ?? "Correct host and port";
      reject(new CannotListen(`The agent cannot listen on ${host}, port ${port} (${code}). ${fix} (${setting}).`));
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
