// Request and answer bodies: limits are kept while streaming, and what has to be read is read whole within its limit and
// decoded as UTF-8 only, because a body that the Front-End would decode differently is a body nobody judged.

import { ok, type Result, refuse } from "../result.ts";

/** Largest answer of a token service that is read. */
export const MAX_TOKEN_ANSWER_BYTES = 256 * 1024;

/** `byte-order-mark`: one before a JSON, form or batch body, which some readers skip and some do not, or two before XML. */
export type BodyFault = "too-large" | "not-utf-8" | "byte-order-mark";

/** Keeps a byte order mark, so that it can be judged. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const MARK = "\ufeff";
const XML_TYPE = /^[^;]*[/+]xml\s*(?:;|$)/i;

/** A body read whole: the bytes for forwarding, the text for judging, which is without the mark that XML may begin with. */
export type ReadBody = { readonly bytes: Uint8Array; readonly text: string };

/** When the body of a message was read as far as it is read, ms. Weak: what is kept of a message goes with it. */
const readAt = new WeakMap<Request | Response, number>();

/** When this request's body had been read, ms; undefined when it has not been, or is not to be. */
export const bodyReadAt = (request: Request): number | undefined => readAt.get(request);

/** Reads at most `limit` bytes of a message as UTF-8 text. */
export async function readText(message: Request | Response, limit: number): Promise<Result<ReadBody, BodyFault>> {
  const contentType = message.headers.get("content-type") ?? "";
  if (!namesOnlyUtf8(contentType, CHARSET)) return refuse("not-utf-8");
  const bytes = await readBytes(message, limit);
  readAt.set(message, Date.now());
  if (bytes === undefined) return refuse("too-large");
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return refuse("not-utf-8");
  }
  if (text.startsWith(MARK)) {
    // XML may begin with one (XML 1.0, 4.3.3). JSON and forms may not (RFC 8259, 8.1); an answer is the Front-End's own.
    if (message instanceof Request && !XML_TYPE.test(contentType)) return refuse("byte-order-mark");
    text = text.slice(MARK.length);
    if (text.startsWith(MARK)) return refuse("byte-order-mark");
  }
  return namesOnlyUtf8(text, XML_ENCODING) ? ok({ bytes, text }) : refuse("not-utf-8");
}

async function readBytes(message: Request | Response, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of message.body ?? []) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, length));
}

// Every parameter counts, also one inside a quoted value: readers differ in which of two they believe.
const CHARSET = /charset\s*=\s*["']?([^"';\s]+)/gi;
const XML_ENCODING = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)/gi;

function namesOnlyUtf8(text: string, pattern: RegExp): boolean {
  return [...text.matchAll(pattern)].every(([, charset]) => charset?.toLowerCase() === "utf-8");
}

/** What the length header says of a body: over the limit, within it, or nothing (a chunked body). */
export function declaredSize(headers: Headers, limit: number): "too-large" | "within" | "unknown" {
  const declared = headers.get("content-length");
  if (declared === null) return "unknown";
  return /^\d{1,15}$/.test(declared) && Number(declared) <= limit ? "within" : "too-large";
}

/** A body that grew over its row's limit while it streamed. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/** A body that is counted while it streams, and what becomes of a bad one. */
export type CountedBody = {
  readonly body: ReadableStream<Uint8Array>;
  /** Aborts with {@link BodyTooLarge}, or with the reason why the client's body broke off. */
  readonly broken: AbortSignal;
};

/**
 * Counts a body that does not say its length. Whoever sends it on must end the request when `broken` aborts: workerd closes
 * the body of a request whose stream fails as if it were whole, and the Front-End would act on half a message.
 */
export function counted(source: ReadableStream<Uint8Array>, limit: number): CountedBody {
  const reader = source.getReader();
  const broken = new AbortController();
  let length = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        length += value.length;
        if (length > limit) throw new BodyTooLarge("the request body is larger than its row allows");
        controller.enqueue(value);
      } catch (fault) {
        broken.abort(fault);
        controller.error(fault);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { body, broken: broken.signal };
}
