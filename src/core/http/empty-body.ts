// GET and HEAD have no body here, but some clients announce an empty one: Java's HttpClient before 19 sends
// `Content-Length: 0`, and a library that always chunks sends one empty chunk. Postern treats an empty body as no body,
// and the Front-End does not see it.

import { sameRequest } from "./request-id.ts";

/** A GET or HEAD without its body, if the body is empty; undefined when it has a byte. */
export async function withoutEmptyBody(request: Request): Promise<Request | undefined> {
  if (request.body === null) return request;
  if (await holdsBytes(request.headers.get("content-length"), request.body)) return undefined;
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  const { method, cf } = request;
  // The URL was already judged in its original form; nothing reads it from this copy.
  return sameRequest(new Request(request.url, { method, headers, ...(cf && { cf }) }), request);
}

async function holdsBytes(declared: string | null, body: ReadableStream<Uint8Array>): Promise<boolean> {
  if (declared !== null && !/^0+$/.test(declared)) return true;
  for await (const chunk of body) if (chunk.length > 0) return true;
  return false;
}
