// The answer of a host that Postern does not know, and of the admin host to whoever has no key for it: one answer, at one time,
// so that trying names does not find the admin host (S-22, S-33).

import type { Config } from "../config/config.ts";
import { notPublished } from "./answers.ts";
import { heldBack } from "./refusal-floor.ts";

/** Which of the hosts it is that is not there; for the log only. */
type NoHostReason = "no-such-host" | "plain-http" | "admin-no-key" | "admin-wrong-key";

/**
 * Nothing is there. It is said at the refusal floor: what the admin host does about a wrong key meanwhile neither delays the
 * answer nor shows in it.
 */
export async function noSuchHost(request: Request, config: Config, reason: NoHostReason): Promise<Response> {
  await heldBack({ request, config, now: Date.now() });
  return notPublished(reason);
}
