// Revisions of UCWA resources. A client says with `X-MS-RequiresMinResourceVersion` by which revision its request is to be
// understood; without it the request is one of the first revision. A server too old for it answers 404 with
// `APIVersionNotSupported`, and each answer says in `X-MS-UcwaVersion` what was served. Source: UCWA documentation, "Versioning".

import type { Answer, Exchange } from "./exchange.ts";
import { errorAnswer } from "./ucwa-resource.ts";

const LATEST = 2;

/** The revision by which a request is to be understood. They are compared as decimal fractions. */
export function revisionOf(exchange: Exchange): number {
  const asked = Number.parseFloat(exchange.header("x-ms-requiresminresourceversion") ?? "");
  return asked >= 1 ? asked : 1;
}

/** The answer of `serve`, if this Front-End knows the revision that was asked for. */
export async function byRevision(exchange: Exchange, serve: () => Promise<Answer>): Promise<Answer> {
  const asked = revisionOf(exchange);
  if (asked > LATEST) return errorAnswer(exchange, 404, "NotFound", "APIVersionNotSupported");
  const answer = await serve();
  return { ...answer, headers: [...answer.headers, ["X-MS-UcwaVersion", String(asked)]] };
}
