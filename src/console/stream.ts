// A page of which one part takes long: everything before that part leaves at once, so that the reader sees that
// something happens. No script is needed for it.

import { waitUntil } from "cloudflare:workers";
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
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const write = async (): Promise<void> => {
    await writer.write(encoder.encode(before));
    await scheduler.wait(1); // without a pause the runtime keeps what was written until the slow part is there
    await writer.write(encoder.encode(`${await made(slow, failed)}${after}`));
    await writer.close();
  };
  waitUntil(write().catch(() => undefined)); // the reader has gone
  return c.body(readable, status, { "content-type": "text/html; charset=utf-8" });
}

async function made(slow: () => Promise<Html>, failed: Html): Promise<string> {
  try {
    return await (await slow()).toString();
  } catch (fault) {
    logFailure("console", fault);
    return failed.toString();
  }
}
