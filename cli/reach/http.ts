// Sends one HTTP request to a gateway's API, and returns the answer. It follows no redirects, because the token is for
// this host only.

import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import type { CliFault } from "../fault.ts";

/** The address of the API, and what opens it. */
type Door = {
  readonly url: URL;
  /** Headers, with the token. `host`: when it differs from the URL's. */
  readonly headers: Readonly<Record<string, string>>;
};

/** A gateway to ask. */
export type Target = Door & {
  readonly name: string;
  /** What the operator can do when nobody answers there. */
  readonly silent: CliFault;
  /** What the operator can do when the token opens nothing. */
  readonly refused: CliFault;
};

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `path` is absolute, with its query, all parts percent-encoded. `body` is sent as JSON. */
export type Question = {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** How long to wait for an answer, ms. The gateway never takes as long. */
const TIMEOUT_MS = 60_000;
/**
 * The longest answer that is read, bytes. The longest that exists is `lock list`: a hundred users with 500 networks
 * each, and some 200 bytes for each network.
 */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** The gateway took the request, or let it wait, and said nothing for a minute. */
export class NoAnswerInTime extends Error {}

/** Sends the request. Resolves with the head of the answer. Rejects when nobody answers in time. */
export function sent(
  { url, headers }: Door,
  { method, path, body, headers: more }: Question,
): Promise<IncomingMessage> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const secure = url.protocol === "https:";
  const options = {
    ...{ hostname: url.hostname.replace(/^\[|\]$/g, ""), port: url.port, method, path },
    headers: {
      ...headers,
      ...more,
      ...(content === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(content) }),
    },
    timeout: TIMEOUT_MS,
  };
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? tlsRequest : plainRequest)(options, resolve);
    outgoing.on("timeout", () => outgoing.destroy(new NoAnswerInTime()));
    outgoing.on("error", reject);
    outgoing.end(content);
  });
}

/** The whole body of an answer. Rejects when it is too long or ends early. */
export async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error("the answer is too long");
  }
  return Buffer.concat(chunks).toString("utf8");
}
