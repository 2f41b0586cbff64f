// What stands before the gateway in the internet: TLS, HTTP/2, and the rules of a zone. A test breaks it in one way. What
// is not broken comes from the gateway that it leads to.

import { createServer, type IncomingMessage, request as plainRequest, type ServerResponse } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import type { SecureVersion } from "node:tls";
import { serverCertificate } from "./certificates.ts";

/** A request as it came. */
export type ZoneRequest = {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly over: "http/1.1" | "h2" | "plain http";
};
/** An answer as it leaves. */
export type ZoneAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Buffer;
};

/** One thing that is wrong. */
export type Fault = {
  readonly certificate?: { readonly names?: readonly string[]; readonly endsInDays?: number };
  readonly minVersion?: SecureVersion;
  /** Before the gateway is asked: an answer in its place, another request, or no answer at all. */
  readonly before?: (request: ZoneRequest) => ZoneAnswer | ZoneRequest | "cut" | undefined;
  /** What becomes of the gateway's answer. */
  readonly after?: (answer: ZoneAnswer, request: ZoneRequest) => ZoneAnswer | "cut";
};

/** A page, as a zone or a server of somebody else's sends it. */
export const page = (status: number, body = "", headers: Readonly<Record<string, string>> = {}): ZoneAnswer => ({
  ...{ status, body, headers: Object.entries({ "content-type": "text/html", ...headers }) },
});
/** The answer with this header in place of its own; undefined takes it out. */
export const withHeader = (answer: ZoneAnswer, name: string, value: string | undefined): ZoneAnswer => ({
  ...answer,
  headers: [
    ...answer.headers.filter(([each]) => each.toLowerCase() !== name),
    ...(value === undefined ? [] : [[name, value] as const]),
  ],
});
export const textOf = ({ body }: ZoneAnswer): string => body.toString();

/** Starts it. `hosts`: whose certificate it has. `upstream`: undefined where it answers by itself alone. */
export async function startZone(fault: Fault, hosts: readonly string[], upstream: string | undefined) {
  const { names = hosts, endsInDays } = fault.certificate ?? {};
  const tls = { ...serverCertificate(names, endsInDays), minVersion: fault.minVersion ?? "TLSv1.2" };
  type Incoming = IncomingMessage | Http2ServerRequest;
  type Outgoing = ServerResponse | Http2ServerResponse;
  const handler = (plain: boolean) => (incoming: Incoming, outgoing: Outgoing) => {
    const cut = (): void => {
      if ("stream" in outgoing) outgoing.stream.destroy();
      else outgoing.socket?.destroy();
    };
    answerTo(incoming, plain, fault, upstream).then((answer) => {
      if (answer === "cut") return cut();
      for (const each of new Set(answer.headers.map(([name]) => name))) {
        const values = answer.headers.flatMap(([name, value]) => (name === each ? [value] : []));
        outgoing.setHeader(each, values.length === 1 ? (values[0] ?? "") : values);
      }
      outgoing.statusCode = answer.status;
      (outgoing as ServerResponse).end(answer.body);
    }, cut);
  };
  const secure = createSecureServer({ ...tls, allowHTTP1: true }, handler(false));
  const plain = createServer({ maxHeaderSize: 128 * 1024 }, handler(true));
  const ports = await Promise.all([secure, plain].map(listening));
  const sessions = new Set<{ destroy: () => void }>();
  secure.on("session", (session) => sessions.add(session));
  secure.on("connection", (socket: { destroy: () => void }) => sessions.add(socket));
  return {
    port: ports[0] ?? 0,
    plainPort: ports[1] ?? 0,
    stop: async (): Promise<void> => {
      for (const each of sessions) each.destroy();
      plain.closeAllConnections();
      await Promise.all([secure, plain].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

export const listening = (server: Pick<Server, "listen" | "address">): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

const HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "http2-settings"]);

async function answerTo(
  incoming: IncomingMessage | Http2ServerRequest,
  plain: boolean,
  fault: Fault,
  upstream: string | undefined,
): Promise<ZoneAnswer | "cut"> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).flatMap(([name, value]) =>
      name.startsWith(":") || HOP.has(name) || value === undefined ? [] : [[name, [value].flat().join(", ")]],
    ),
  );
  const authority = incoming.headers[":authority"] ?? incoming.headers.host ?? "";
  const came: ZoneRequest = {
    ...{ host: String(authority).replace(/:\d+$/, ""), path: incoming.url ?? "", method: incoming.method ?? "" },
    ...{ headers, body: Buffer.concat(chunks).toString() },
    over: plain ? "plain http" : incoming.httpVersionMajor === 2 ? "h2" : "http/1.1",
  };
  const first = fault.before?.(came);
  if (first === "cut") return "cut";
  if (first !== undefined && "status" in first) return first;
  const request = first ?? came;
  if (upstream === undefined) return page(404);
  const answer = await asked(upstream, request);
  return fault.after?.(answer, request) ?? answer;
}

function asked(upstream: string, { host, path, method, headers, body }: ZoneRequest): Promise<ZoneAnswer> {
  const { hostname, port } = new URL(upstream);
  return new Promise((resolve, reject) => {
    const outgoing = plainRequest(
      { hostname, port, path, method, headers: { ...headers, host }, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const raw = answer.rawHeaders;
          const lines = raw.flatMap((name, at) =>
            at % 2 === 0 && !HOP.has(name.toLowerCase()) ? [[name.toLowerCase(), raw[at + 1] ?? ""] as const] : [],
          );
          // Cloudflare says the time and itself with each answer.
          const own = [
            ["date", new Date().toUTCString()],
            ["server", "cloudflare"],
          ] as const;
          const kept = lines.filter(([name]) => own.every(([each]) => each !== name));
          resolve({ status: answer.statusCode ?? 0, headers: [...kept, ...own], body: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
