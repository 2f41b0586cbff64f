// The token service for WS-Federation passive, on a host of its own (docs/passive.md). It answers its metadata and its
// page. Everything else there is answered as on a host that Postern does not know (S-87).

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import type { StsConfig } from "../config/sts.ts";
import { METADATA_PATH } from "../core/sts/metadata.ts";
import { ownAnswer, refusal } from "../trace/refusal.ts";
import { isInTheClear } from "../web/site.ts";
import { STATIC_PATH } from "../web/static.ts";
import { visitOf } from "../web/visit.ts";
import { metadataAnswer } from "./metadata.ts";
import { PASSIVE, type StsVisit } from "./site.ts";

/** Answers one request to the token service's host. Undefined: there is nothing. */
export async function stsApp(
  request: Request,
  env: Env,
  config: Config,
  sts: StsConfig,
): Promise<Response | undefined> {
  if (isInTheClear(request, config) || !URL.canParse(request.url)) return undefined;
  // IIS does not tell upper from lower case, and neither do those who copy the address from a page about AD FS.
  const path = new URL(request.url).pathname.toLowerCase();
  if (path === METADATA_PATH.toLowerCase()) return metadataAnswer(request, sts);
  return isOfPage(new URL(request.url).pathname) ? pageAnswer(request, env, config, sts) : undefined;
}

const isOfPage = (path: string): boolean =>
  path === PASSIVE || path.startsWith(`${PASSIVE}/`) || path.startsWith(STATIC_PATH) || path === "/favicon.ico";

/** What a person sees. A pool that only reads the metadata does not load it. */
async function pageAnswer(request: Request, env: Env, config: Config, sts: StsConfig): Promise<Response | undefined> {
  const { portal } = config;
  if (portal === undefined) return undefined; // the configuration would have a fault
  const { routes } = await import("./passive-routes.tsx");
  const visit: StsVisit = { ...visitOf(request, env, config, sts.host), portal, sts };
  const answer = await routes.fetch(request, visit);
  // What was wrong with a proof is in the audit.
  return answer.status === 400 ? refusal("not-from-pool", answer) : ownAnswer(answer);
}
