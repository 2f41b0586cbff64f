// Request and answer bodies. Limits are enforced while a body streams. A body that Postern has to read is read whole,
// within its limit, and decoded with the one charset it can be in: if the Front-End decoded it differently, Postern
// would have judged another body.

import { type Result, refuse } from "../result.ts";
import { type CharsetFault, type Decoded, decodeBody } from "./charset.ts";

/** Largest answer of a token service that is read. */
export const MAX_TOKEN_ANSWER_BYTES = 256 * 1024;

/** Why a body cannot be judged. */
export type BodyFault = "too-large" | CharsetFault;

/**
 * A body read whole: its text, which is judged, and that text in UTF-8, which is forwarded. These bytes are mostly the
 * same as the client's.
 */
export type ReadBody = Decoded;

/** When Postern finished reading the body of a message, ms. A weak map, so an entry goes away with its message. */
const readAt = new WeakMap<Request | Response, number>();

/** When this request's body had been read, ms; undefined when it was not read. */
export const bodyReadAt = (request: Request): number | undefined => readAt.get(request);

/** Reads at most `limit` bytes of a message as text. */
export async function readText(message: Request | Response, limit: number): Promise<Result<ReadBody, BodyFault>> {
  const bytes = await readWhole(message, limit);
  if (bytes === undefined) return refuse("too-large");
  const of = message instanceof Request ? "request" : "answer";
  return decodeBody(of, message.headers.get("content-type") ?? "", bytes);
}

/** Reads at most `limit` bytes of a message, as they came; undefined when there are more. */
export async function readWhole(message: Request | Response, limit: number): Promise<Uint8Array | undefined> {
  const bytes = await readBytes(message, limit);
  readAt.set(message, Date.now());
  return bytes;
}

async function readBytes(message: Request | Response, limit: number): Promise<Uint8Array | undefined> {
  // The platform does not let a request's body be longer than it says, and does not unpack it. So it is read at once,
  // which takes a fraction of the CPU time. An answer may be packed, and is counted while it streams.
  if (message instanceof Request && declaredSize(message.headers, limit) === "within") {
    const bytes = new Uint8Array(await message.arrayBuffer());
    return bytes.length > limit ? undefined : bytes;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of message.body ?? []) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, length));
}

/** What the length header says about a body: over the limit, within it, or nothing (a chunked body). */
export function declaredSize(headers: Headers, limit: number): "too-large" | "within" | "unknown" {
  const declared = headers.get("content-length");
  if (declared === null) return "unknown";
  return /^\d{1,15}$/.test(declared) && Number(declared) <= limit ? "within" : "too-large";
}

/** A body that exceeded its row's limit while it streamed. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/** A body that is counted while it streams, and the signal for a bad one. */
export type CountedBody = {
  readonly body: ReadableStream<Uint8Array>;
  /** Aborts with {@link BodyTooLarge}, or with the reason why the client's body broke off. */
  readonly broken: AbortSignal;
};

/**
 * Counts a body that does not say its length. The caller that forwards it must end the request when `broken` aborts.
 * Otherwise workerd would end the body as if it were whole, and the Front-End would act on half a message.
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
