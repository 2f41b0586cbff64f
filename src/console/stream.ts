// A page of which one part takes long: everything before that part leaves at once, so that the reader sees that something happens.
// No script is needed for it.

import type { ContentfulStatusCode } from "hono/utils/http-status";
import { logFailure } from "../store/log-failure.ts";
import type { ConsoleContext } from "./site.ts";

type Html = { readonly toString: () => string | Promise<string> };

/** Stands in the page where the slow part belongs: an element, because text would be escaped. */
export const SLOW_PART = "postern-slow-part";
const MARK = new RegExp(`<${SLOW_PART}[^>]*>(?:</${SLOW_PART}>)?`);

/** Sends the page, and its slow part when that is ready. `failed`: stands there instead when it cannot be made. */
export async function streamPage(
  c: ConsoleContext,
  { page, slow, failed }: { readonly page: Html; readonly slow: () => Promise<Html>; readonly failed: Html },
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const [before = "", after = ""] = (await page.toString()).split(MARK);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(before)),
    async pull(controller) {
      controller.enqueue(encoder.encode(`${await made(slow, failed)}${after}`));
      controller.close();
    },
  });
  return c.body(body, status, { "content-type": "text/html; charset=utf-8" });
}

async function made(slow: () => Promise<Html>, failed: Html): Promise<string> {
  try {
    return await (await slow()).toString();
  } catch (fault) {
    logFailure("console", fault);
    return failed.toString();
  }
}
