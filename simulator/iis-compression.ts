// Compresses answers as IIS does: with gzip, if the client accepts it and the answer is text and not too small. `Vary`
// tells caches about it. If a gateway asked for gzip although its client did not, the client could not read the answer.
// A real IIS has two lists of types to compress. The simulator compresses all text, token answers included, because
// tests find more that way.

import { gzipSync } from "node:zlib";
import type { Answer } from "./exchange.ts";

/** Shorter bodies are not compressed. */
const MIN_BYTES = 200;
const TEXT = /^(?:text\/|message\/|application\/(?:json|xml|javascript|x-javascript)\b|[^;]*\+(?:xml|json)\b)/i;

/** The answer as IIS sends it to a client that sent this `Accept-Encoding`. */
export function compressedFor(acceptEncoding: string, answer: Answer): Answer {
  const { body, headers } = answer;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return answer;
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const bytes = Buffer.from(body);
  if (!TEXT.test(type) || bytes.length < MIN_BYTES || !takesGzip(acceptEncoding)) return answer;
  return {
    ...answer,
    headers: [...headers, ["Content-Encoding", "gzip"], ["Vary", "Accept-Encoding"]],
    body: gzipSync(bytes),
  };
}

/** RFC 9110, 12.5.3, in the simple form of IIS: gzip or `*`, unless its weight is zero. */
function takesGzip(acceptEncoding: string): boolean {
  return acceptEncoding.split(",").some((each) => {
    const [coding = "", ...parameters] = each
      .toLowerCase()
      .split(";")
      .map((text) => text.trim());
    return ["gzip", "x-gzip", "*"].includes(coding) && !parameters.some((text) => /^q=0(?:\.0*)?$/.test(text));
  });
}
