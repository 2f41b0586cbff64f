// One HTTP request and everything that came back, as it came: each header line by itself, because two lines that are
// joined into one are a finding. It follows no redirect, and it does not reject: silence is something to judge, too.

import { type ClientRequest, request as plainRequest, type RequestOptions } from "node:http";
import { request as tlsRequest } from "node:https";
import { rootCertificates } from "node:tls";
import { codeOf } from "../files.ts";

/** A request. */
export type Question = {
  readonly host: string;
  /** With its query. */
  readonly path: string;
  readonly method?: "GET" | "POST" | "DELETE";
  /** Default https. */
  readonly scheme?: "https" | "http";
  /** Default: the scheme's own. */
  readonly port?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The `Host` header, if it is not `host`. */
  readonly as?: string;
  /** Connect to this address, whatever DNS says of `host`. */
  readonly address?: string;
  /** The server is not the gateway: what it says of itself is not the gateway's leak. */
  readonly foreign?: true;
  /**
   * It carries a ticket, or the proof of a password: it goes only to a server whose certificate is right, and its answer
   * is kept nowhere.
   */
  readonly secret?: true;
  /** How long it may take, ms. */
  readonly withinMs?: number;
};

/** An answer. */
export type Heard = {
  readonly kind: "heard";
  readonly question: Question;
  readonly status: number;
  /** Each line by itself; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** At most {@link MAX_BODY_BYTES} of it, as it was sent. */
  readonly body: Buffer;
  /** When the head came, ms since 1970, and how long it took. */
  readonly at: number;
  readonly tookMs: number;
};
/** No answer. */
export type Silent = {
  readonly kind: "silent";
  readonly question: Question;
  readonly fault: "no-such-name" | "refused" | "no-answer-in-time" | "broken-off" | "unreachable";
  /** The word of the operating system. */
  readonly code: string;
};
export type Answer = Heard | Silent;

/** Where a connection goes. */
export type Way = { readonly scheme: "https" | "http"; readonly address: string; readonly port: number };

/** How long one request may take, ms. */
export const REQUEST_MS = 8_000;
export const MAX_BODY_BYTES = 256 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;

/** Sends the request on this way. */
export function send(question: Question, way: Way, withinMs = REQUEST_MS, ca?: string): Promise<Answer> {
  const began = performance.now();
  return new Promise((resolve) => {
    const silent = (fault: Silent["fault"], code: string): void => resolve({ kind: "silent", question, fault, code });
    const outgoing = opened(question, way, ca);
    const timer = setTimeout(() => {
      silent("no-answer-in-time", "ETIMEDOUT");
      outgoing.destroy();
    }, withinMs);
    outgoing.on("response", (response) => {
      const head = {
        ...{ kind: "heard" as const, question, status: response.statusCode ?? 0 },
        ...{ headers: pairs(response.rawHeaders), at: Date.now(), tookMs: performance.now() - began },
      };
      const chunks: Buffer[] = [];
      let size = 0;
      const done = (): void => {
        clearTimeout(timer);
        // Less came than the head has said: a proxy on the way cut it off.
        if (!response.complete && size <= MAX_BODY_BYTES) silent("broken-off", "ECONNRESET");
        resolve({ ...head, body: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES) });
        outgoing.destroy();
      };
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MAX_BODY_BYTES) done();
      });
      response.on("end", done);
      response.on("close", done);
      response.on("error", done);
    });
    outgoing.on("error", (thrown) => {
      clearTimeout(timer);
      silent(faultOf(codeOf(thrown)), codeOf(thrown));
    });
    outgoing.end(question.body);
  });
}

function opened(question: Question, way: Way, ca: string | undefined): ClientRequest {
  const { host, path, method = "GET", headers, as, body, secret = false } = question;
  const options: RequestOptions = {
    ...{ host: way.address, port: way.port, method, path, agent: false, maxHeaderSize: MAX_HEADER_BYTES },
    headers: {
      host: as ?? host,
      "accept-encoding": "identity",
      ...headers,
      ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
    },
  };
  if (way.scheme === "http") return plainRequest(options);
  // The check of certificates judges them. The others look at a gateway whose certificate is wrong as well: nothing that
  // they send is a secret.
  return tlsRequest({
    ...{ ...options, servername: host, rejectUnauthorized: secret, ALPNProtocols: ["http/1.1"] },
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
  });
}

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? ""] as [string, string]] : []));

/** What the operating system's word means. */
export function faultOf(code: string): Silent["fault"] {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "no-such-name";
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ETIMEDOUT") return "no-answer-in-time";
  return ["EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"].includes(code) ? "unreachable" : "broken-off";
}

const SILENCE: Readonly<Record<Silent["fault"], string>> = {
  "no-such-name": "the name does not resolve",
  refused: "the connection is refused",
  "no-answer-in-time": "there is no answer in time",
  "broken-off": "the connection breaks off",
  unreachable: "the network does not lead there",
};
/** In words, why there was no answer. */
export const silence = ({ fault, code }: Silent): string =>
  fault === "broken-off" && code !== "" ? `${SILENCE[fault]} (${code})` : SILENCE[fault];

/** The values of all lines of that header. */
export const headerLines = ({ headers }: Pick<Heard, "headers">, name: string): readonly string[] =>
  headers.flatMap(([each, value]) => (each === name ? [value] : []));
/** The header, its lines joined; empty where there is none. */
export const header = (heard: Pick<Heard, "headers">, name: string): string => headerLines(heard, name).join(", ");
/** The body as text. */
export const textOf = ({ body }: Pick<Heard, "body">): string => body.toString("utf8");

/** Postern's own refusal: an empty answer with an id for `postern why --request`. */
export const isPosterns404 = (heard: Heard): boolean =>
  heard.status === 404 && heard.body.length === 0 && /\bno-store\b/.test(header(heard, "cache-control"));
