// Revisions of UCWA resources. A client names the revision that it needs in `X-MS-RequiresMinResourceVersion`. Without
// it, the request is one of the first revision. A server that is too old answers 404 with `APIVersionNotSupported`.
// Each answer names its own revision in `X-MS-UcwaVersion`. Source: UCWA documentation, "Versioning".

import type { Answer, Exchange } from "./exchange.ts";
import { errorAnswer } from "./ucwa-resource.ts";

const LATEST = 2;

/** The revision that a request needs. Revisions are compared as decimal fractions. */
export function revisionOf(exchange: Exchange): number {
  const asked = Number.parseFloat(exchange.header("x-ms-requiresminresourceversion") ?? "");
  return asked >= 1 ? asked : 1;
}

/** The answer of `serve`, if this Front-End knows the revision that the request needs. */
export async function byRevision(exchange: Exchange, serve: () => Promise<Answer>): Promise<Answer> {
  const asked = revisionOf(exchange);
  if (asked > LATEST) return errorAnswer(exchange, 404, "NotFound", "APIVersionNotSupported");
  const answer = await serve();
  return { ...answer, headers: [...answer.headers, ["X-MS-UcwaVersion", String(asked)]] };
}
