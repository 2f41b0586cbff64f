// What an outsider can compare of two answers: status, every header line but the clock's, and the body.

import type { TestResponse } from "../../../simulator/test-client.ts";

/** An answer without what differs from second to second. */
export type Shape = { readonly status: number; readonly headers: readonly string[]; readonly body: string };

/** Names that workerd writes and that a test's connection, not its content, decides. */
const OF_THE_CONNECTION = new Set(["date", "connection", "keep-alive", "transfer-encoding"]);
/** Of Postern's own answers: random, so that only whether it is there can tell two of them apart. */
const RANDOM = "x-request-id";

export function shapeOf(response: TestResponse): Shape {
  const headers = Object.keys(response.headers)
    .filter((name) => !OF_THE_CONNECTION.has(name))
    .sort()
    .map((name) => `${name}: ${name === RANDOM ? "random" : response.lines(name).join(" | ")}`);
  return { status: response.status, headers, body: response.text };
}
