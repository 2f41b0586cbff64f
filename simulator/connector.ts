// The simulated connector: the on-premises service that makes one Negotiate token for one user and one service, as the
// real connector does by Kerberos constrained delegation. It has its own port, knows its caller by a shared bearer key,
// and makes tokens only for enabled users of the directory and for the web services it was told of.
//
//   POST /v1/authorization   {"user": "alice@contoso.test", "service": "http/web.contoso.test"}
//   200 {"authorization": "Negotiate …"}   404 {"error": "unknown-user"}   403 {"error": "service-not-allowed"}

import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { KEEP_ALIVE_MS, listen } from "./listen.ts";
import type { NegotiateTokens } from "./negotiate-token.ts";
import type { Directory } from "./users.ts";

/** A request is one short JSON object. */
const MAX_REQUEST_BYTES = 4_096;

export interface ConnectorOptions {
  /** The shared secret expected as `Authorization: Bearer <key>`. */
  readonly key: string;
  readonly users: Directory;
  readonly tokens: NegotiateTokens;
  /** The only SPNs it may delegate to. */
  readonly services: readonly string[];
  /** Hears of each order: for whom, and the id of the request that came with it. */
  readonly note: (order: { readonly user: string; readonly requestId: string }) => void;
}

/** Starts the connector on its own loopback port. Returns its base URL and the server to close. */
export async function startConnector(options: ConnectorOptions): Promise<{ url: string; server: Server }> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    respond(options, request).then(
      ({ status, body }) => send(response, status, body),
      () => send(response, 400, { error: "bad-request" }),
    );
  });
  const port = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, server };
}

async function respond(
  options: ConnectorOptions,
  request: IncomingMessage,
): Promise<{ status: number; body: Readonly<Record<string, string>> }> {
  if (!keyMatches(request.headers.authorization ?? "", options.key)) {
    return { status: 401, body: { error: "unauthorized" } };
  }
  if (request.method !== "POST" || request.url !== "/v1/authorization") {
    return { status: 404, body: { error: "not-found" } };
  }
  const { user, service } = await readOrder(request);
  const { "x-request-id": requestId } = request.headers;
  options.note({ user: user ?? "", requestId: typeof requestId === "string" ? requestId : "" });
  if (user === undefined || service === undefined) return { status: 400, body: { error: "bad-request" } };
  const allowed = options.services.find((each) => each.toLowerCase() === service.toLowerCase());
  if (allowed === undefined) {
    return { status: 403, body: { error: "service-not-allowed" } };
  }
  const known = options.users.admit(user);
  if (!known?.enabled) return { status: 404, body: { error: "unknown-user" } };
  return { status: 200, body: { authorization: options.tokens.mint(known.upn, allowed) } };
}

async function readOrder(request: IncomingMessage): Promise<{ user?: string; service?: string }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_REQUEST_BYTES) throw new Error("request too long");
    chunks.push(chunk);
  }
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  if (typeof value !== "object" || value === null) return {};
  const { user, service } = value as { user?: unknown; service?: unknown };
  return typeof user === "string" && typeof service === "string" ? { user, service } : {};
}

function keyMatches(header: string, key: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header), digest(`Bearer ${key}`));
}

function send(response: ServerResponse, status: number, body: Readonly<Record<string, string>>): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
