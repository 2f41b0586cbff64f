// One request and one answer, in the form that all parts of the simulator use. The server fills an Exchange from the
// socket and writes the Answer. No other part uses node:http. An answer has its headers as lines, because a Front-End
// sends several WWW-Authenticate lines and a gateway must see each of them.

import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { VirtualHost } from "./hosts.ts";
import type { LedgerEntry } from "./ledger.ts";

/** One header line, with the name as it is sent. */
export type HeaderLine = readonly [name: string, value: string];

/** An answer. The server adds Content-Length, Date and the headers of every IIS answer. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  readonly body: string | Uint8Array | Readable;
}

/** A request after the server has read its head. */
export interface Exchange {
  readonly method: string;
  readonly site: VirtualHost;
  /** The path as IIS reads it: in lower case, decoded, without dot segments. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The value of a header by lower-case name. Repeated lines are joined with ", ". */
  header(name: string): string | undefined;
  /** Reads the whole request body, chunked or not. Can be called more than once. */
  body(): Promise<Uint8Array>;
  /** Reads the rest of the body, of any length, and throws it away. */
  end(): Promise<void>;
  /** The connection, which NTLM authenticates. */
  readonly socket: Socket;
  /** Aborts when the client goes away before the answer. */
  readonly gone: AbortSignal;
  /** This request's line in the ledger. The code that finds out which user is asking completes it. */
  readonly entry: LedgerEntry;
}

/** The whole body as UTF-8 text. */
export const bodyText = async (exchange: Exchange): Promise<string> =>
  Buffer.from(await exchange.body()).toString("utf8");

export const answer = (
  status: number,
  contentType: string,
  body: string | Uint8Array | Readable,
  headers: readonly HeaderLine[] = [],
): Answer => ({ status, headers: [["Content-Type", contentType], ...headers], body });

export const json = (status: number, value: unknown, headers: readonly HeaderLine[] = []): Answer =>
  answer(status, "application/json; charset=utf-8", JSON.stringify(value), headers);

export const html = (status: number, body: string, headers: readonly HeaderLine[] = []): Answer =>
  answer(status, "text/html; charset=utf-8", body, headers);

export const empty = (status: number, headers: readonly HeaderLine[] = []): Answer => ({ status, headers, body: "" });

/** The answer of IIS to a method that a resource does not have: 405 with an Allow line. */
export const methodNotAllowed = (allowed: string): Answer =>
  html(405, "<html><body><h2>HTTP Error 405.0 - Method Not Allowed</h2></body></html>", [["Allow", allowed]]);

/** Dynamic Lync answers are never cached. */
export const noCache: readonly HeaderLine[] = [
  ["Cache-Control", "no-cache"],
  ["Pragma", "no-cache"],
  ["Expires", "-1"],
];
