// One HTTP request to the gateway, and its whole answer. It follows no redirect, because the token is for this host
// only. What the gateway sends is read up to a bound.

import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { jsonIn } from "./json.ts";

/** Where the API is, and what opens it. */
export type Door = { readonly url: URL; readonly headers: Readonly<Record<string, string>> };
export type Question = {
  readonly method: "GET" | "POST" | "PUT";
  /** Absolute, with its query, all parts percent-encoded. */
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
};
/** `json`: the body, undefined if it is not JSON. */
export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly json: unknown };
export type Transport = (question: Question, signal: AbortSignal) => Promise<Answer>;

/** The longest answer that is read, bytes. The longest that exists is a page of 200 people with 50 groups each. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Sends over TLS, or in clear on this machine. It rejects when no whole answer comes. */
export const transportTo =
  ({ url, headers }: Door): Transport =>
  async ({ method, path, body, headers: more }, signal) => {
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const options = {
      ...{ hostname: url.hostname.replace(/^\[|\]$/g, ""), port: url.port, method, path, signal },
      headers: {
        ...headers,
        ...more,
        accept: "application/json",
        ...(content && { "content-type": "application/json", "content-length": content.length }),
      },
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = (url.protocol === "https:" ? tlsRequest : plainRequest)(options, resolve);
      outgoing.on("error", reject);
      outgoing.end(content);
    });
    const text = await textOf(answer);
    return { status: answer.statusCode ?? 0, headers: answer.headers, json: jsonIn(text) };
  };

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      answer.destroy();
      throw new Error("the answer is too long");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
