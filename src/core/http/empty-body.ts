// GET and HEAD have no body here, but some clients say so in many words: Java's HttpClient before 19 sends `Content-Length: 0`,
// and a library that always chunks sends one empty chunk. A body of no bytes is no body; the Front-End sees none of it.

import { sameRequest } from "./request-id.ts";

/** A GET or HEAD without its body, if that holds no byte; undefined when it holds one. */
export async function withoutEmptyBody(request: Request): Promise<Request | undefined> {
  if (request.body === null) return request;
  if (await holdsBytes(request.headers.get("content-length"), request.body)) return undefined;
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  const { method, cf } = request;
  // Its URL is judged already, in the form in which it came: nobody reads it from here.
  return sameRequest(new Request(request.url, { method, headers, ...(cf && { cf }) }), request);
}

async function holdsBytes(declared: string | null, body: ReadableStream<Uint8Array>): Promise<boolean> {
  if (declared !== null && !/^0+$/.test(declared)) return true;
  for await (const chunk of body) if (chunk.length > 0) return true;
  return false;
}
