// The metadata of the token service. It is the same for everybody until a key or a name changes, so an isolate signs it
// once.

import type { StsConfig } from "../config/sts.ts";
import { metadataDocument } from "../core/sts/metadata.ts";
import { ownAnswer } from "../trace/refusal.ts";

/** Where the token service has its page. */
export const PASSIVE_PATH = "/passive";

/** Keeps the document, never the promise of it: a promise belongs to the request that made it. */
const signed = new WeakMap<StsConfig, string>();

/** The metadata, to a GET or a HEAD. Undefined for any other method. */
export async function metadataAnswer(request: Request, sts: StsConfig): Promise<Response | undefined> {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  const document =
    signed.get(sts) ??
    (await metadataDocument(
      { issuer: sts.issuer, passiveUrl: `https://${sts.host}${PASSIVE_PATH}` },
      await sts.keys(),
    ));
  signed.set(sts, document);
  // A pool that is told of a new key must not read an old answer on its way.
  const headers = {
    ...{ "content-type": "application/samlmetadata+xml; charset=utf-8", "cache-control": "no-cache" },
    "x-content-type-options": "nosniff",
  };
  return ownAnswer(new Response(request.method === "HEAD" ? null : document, { headers }));
}
