// Reads the token service's metadata by HTTP. It uses node:http and not fetch, because a test has the token service on a
// loopback port and needs its public name in the Host header.

import { get } from "node:http";
import { get as getSecurely } from "node:https";
import { text } from "node:stream/consumers";

/** How long the token service may take for its metadata, ms. */
const PATIENCE_MS = 30_000;

/** The document at a URL. Undefined if there is none, whatever the reason. `host`: the Host header, if not the URL's. */
export async function readDocument(url: string, host?: string): Promise<string | undefined> {
  if (!/^https?:/.test(url) || !URL.canParse(url)) return undefined;
  const options = { timeout: PATIENCE_MS, agent: false, ...(host === undefined ? {} : { headers: { host } }) } as const;
  return new Promise((resolve) => {
    const request = (url.startsWith("https:") ? getSecurely : get)(url, options, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        return resolve(undefined);
      }
      text(response).then(resolve, () => resolve(undefined));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(undefined));
  });
}
