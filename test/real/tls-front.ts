// The two fronts to which a client connects, TLS and plain, instead of Cloudflare. TLS ends here, and the bytes go on
// to a plain HTTP upstream with the Host header unchanged. Each connection of a client has its own upstream connection,
// because NTLM signs in a connection. Both directions are recorded as a transcript.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, createServer as createPlainServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { bridge } from "./bridge.ts";
import { type HttpMessage, HttpReader } from "./http-reader.ts";
import type { Exchange } from "./transcript.ts";

/** A self-signed certificate for one run, PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** The running fronts: their ports on 127.0.0.1 and what has passed so far, in the order in which requests began. */
export interface Fronts {
  readonly httpPort: number;
  readonly httpsPort: number;
  exchanges(): Exchange[];
  close(): Promise<void>;
}

/** Makes a certificate for `hosts` with the openssl program; the files go into `folder`. */
export function makeCertificate(folder: string, hosts: readonly string[]): Certificate {
  const key = join(folder, "front.key");
  const cert = join(folder, "front.pem");
  const names = hosts.map((host) => `DNS:${host}`).join(",");
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert].concat([
      "-subj",
      `/CN=${hosts[0]}`,
      "-addext",
      `subjectAltName=${names}`,
    ]),
    { stdio: "ignore" },
  );
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

/** Listens on `port` (0: any) of 127.0.0.1 and gives the port taken. */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

interface Recorded {
  readonly scheme: string;
  readonly connection: number;
  request?: HttpMessage;
  response?: HttpMessage;
}

/** Starts both fronts. What comes to either goes on to `baseUrl`, an http:// URL. */
export async function startFronts(baseUrl: string, certificate: Certificate): Promise<Fronts> {
  const recorded: Recorded[] = [];
  const open = new Set<Socket>();
  let connections = 0;

  const { hostname, port } = new URL(baseUrl);
  const accept = (scheme: string) => (client: Socket) => {
    connections += 1;
    const connection = connections;
    const server = connect(Number(port), hostname);
    const mine: Recorded[] = [];
    let asked = 0;
    let answered = 0;
    const requests = new HttpReader(
      (message) => {
        const exchange = mine[asked++];
        if (exchange !== undefined) exchange.request = message;
      },
      () => {
        const exchange = { scheme, connection };
        mine.push(exchange);
        recorded.push(exchange);
      },
    );
    const responses = new HttpReader((message) => {
      const exchange = mine[answered++];
      if (exchange !== undefined) exchange.response = message;
    });
    client.on("data", (bytes: Buffer) => requests.push(bytes));
    server.on("data", (bytes: Buffer) => responses.push(bytes));
    server.on("end", () => responses.end());
    bridge(client, server, open);
  };

  const https = createTlsServer({ ...certificate }, accept("https"));
  const http = createPlainServer(accept("http"));
  const [httpsPort, httpPort] = [await listen(https), await listen(http)];
  return {
    httpPort,
    httpsPort,
    exchanges: () =>
      recorded.flatMap(({ scheme, connection, request, response }) =>
        request !== undefined && response !== undefined ? [{ scheme, connection, request, response }] : [],
      ),
    async close() {
      for (const socket of open) socket.destroy();
      await Promise.all([https, http].map((server) => new Promise((done) => server.close(done))));
    },
  };
}
