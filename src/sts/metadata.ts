// The metadata of the token service. It is the same for everybody until a key or a name changes, or the key that signs it
// ends. So an isolate signs it once.

import type { StsConfig } from "../config/sts.ts";
import { signsAt } from "../core/sts/keys.ts";
import { metadataDocument } from "../core/sts/metadata.ts";
import { unavailable } from "../http/answers.ts";
import { ownAnswer } from "../trace/refusal.ts";

/** Where the token service has its page. */
export const PASSIVE_PATH = "/passive";

/** Keeps the document, never the promise of it: a promise belongs to the request that made it. `until`: ms. */
const signed = new WeakMap<StsConfig, { readonly document: string; readonly until: number }>();

/** The metadata, to a GET or a HEAD. Undefined for any other method. */
export async function metadataAnswer(request: Request, sts: StsConfig): Promise<Response | undefined> {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  const document = await documentAt(sts, Date.now());
  if (document === undefined) return unavailable("no-key-signs");
  // A pool that is told of a new key must not read an old answer on its way.
  const headers = {
    ...{ "content-type": "application/samlmetadata+xml; charset=utf-8", "cache-control": "no-cache" },
    "x-content-type-options": "nosniff",
  };
  return ownAnswer(new Response(request.method === "HEAD" ? null : document, { headers }));
}

/** The document, signed by the first key that may sign now. Undefined: there is none. */
async function documentAt(sts: StsConfig, now: number): Promise<string | undefined> {
  const known = signed.get(sts);
  if (known !== undefined && now < known.until) return known.document;
  const keys = await sts.keys();
  const signer = keys.find((key) => signsAt(key, now));
  if (signer === undefined) return undefined;
  const published = { issuer: sts.issuer, passiveUrl: `https://${sts.host}${PASSIVE_PATH}` };
  const document = await metadataDocument(published, keys, signer);
  signed.set(sts, { document, until: signer.notAfter });
  return document;
}
