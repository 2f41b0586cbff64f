// The answer of a host that Postern does not know. The admin host gives the same answer, after the same time, to a
// client without a key. So trying names does not find the admin host (S-22, S-33).

import type { Config } from "../config/config.ts";
import { notPublished } from "./answers.ts";
import { heldBack } from "./refusal-floor.ts";

/** Which host refuses; only the log has it. */
type NoHostReason = "no-such-host" | "plain-http" | "admin-no-key" | "admin-wrong-key" | "admin-token-elsewhere";

/**
 * Nothing is there. The answer waits for the refusal floor from `now` (ms), when the request came. So work that a wrong
 * admin key or token causes neither delays the answer nor shows in it.
 */
export async function noSuchHost(
  request: Request,
  config: Config,
  reason: NoHostReason,
  now = Date.now(),
): Promise<Response> {
  await heldBack({ request, config, now });
  return notPublished(reason);
}
