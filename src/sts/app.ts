// The token service for WS-Federation passive, on a host of its own (docs/passive.md). It answers its metadata and its
// page. Everything else there is answered as on a host that Postern does not know (S-87).

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import type { StsConfig } from "../config/sts.ts";
import { METADATA_PATH } from "../core/sts/metadata.ts";
import { isInTheClear } from "../web/site.ts";
import { metadataAnswer } from "./metadata.ts";

/** Answers one request to the token service's host. Undefined: there is nothing. */
export async function stsApp(
  request: Request,
  _env: Env,
  config: Config,
  sts: StsConfig,
): Promise<Response | undefined> {
  if (isInTheClear(request, config) || !URL.canParse(request.url)) return undefined;
  // IIS does not tell upper from lower case, and neither do those who copy the address from a page about AD FS.
  const path = new URL(request.url).pathname.toLowerCase();
  if (path === METADATA_PATH.toLowerCase()) return metadataAnswer(request, sts);
  return undefined;
}
