// What an outsider can compare in two answers: status, every header line except the clock's, and the body.

import type { TestResponse } from "../../../simulator/test-client.ts";

/** An answer without what differs from second to second. */
export type Shape = { readonly status: number; readonly headers: readonly string[]; readonly body: string };

/** Headers that workerd writes. They depend on a test's connection, and not on the answer. */
const OF_THE_CONNECTION = new Set(["date", "connection", "keep-alive", "transfer-encoding"]);
/** Headers of Postern's own with a random value. Only their presence can tell two answers apart. */
const RANDOM = "x-request-id";

export function shapeOf(response: TestResponse): Shape {
  const headers = Object.keys(response.headers)
    .filter((name) => !OF_THE_CONNECTION.has(name))
    .sort()
    .map((name) => `${name}: ${name === RANDOM ? "random" : response.lines(name).join(" | ")}`);
  return { status: response.status, headers, body: response.text };
}
