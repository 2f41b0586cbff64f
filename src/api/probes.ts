// `/live` and `/ready`, for load balancers and monitors that have no token (S-72). They are answered on every host that
// is neither a public host nor the console's nor the portal's: so an outsider cannot tell the admin host from a name that
// means nothing (S-33). `/ready` asks D1 and the guards once in some seconds, however many ask, and a network that asks
// more often than its budget allows gets a 429.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { tooManyRequests } from "../http/answers.ts";
import { withinBudget } from "../http/budget.ts";
import { live, probed, probeOf } from "../http/live.ts";
import { openDatabase } from "../store/database.ts";
import { logFailure } from "../store/log-failure.ts";
import { currentVersion } from "../store/policies.ts";

/** How long an answer holds, ms. In this time an isolate asks nobody again. */
export const READY_HOLDS_MS = 10_000;
/** How long D1 and the guards may take, ms. */
const WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 50;
/** No user and no network has this name, because those of guards are hashes. The objects keep nothing. */
const NOBODY = "ready";

type Dependencies = Pick<Env, "DB" | "USER_GUARD" | "SOURCE_GUARD">;

/** What this isolate found out last. */
let known: { readonly ready: boolean; readonly until: number } | undefined;
let asking = false;

/** The answer, if the request asks one of the two questions. */
export async function probeAnswer(request: Request, env: Env, config: Config): Promise<Response | undefined> {
  const probe = probeOf(request);
  if (probe === undefined) return undefined;
  if (!(await withinBudget({ request, config }, "services"))) return tooManyRequests();
  if (probe === "live") return live();
  const ready = await isReady(env);
  return probed(ready ? "ready" : "not ready", ready);
}

/** Whether D1 and the guards answer. */
async function isReady(env: Dependencies): Promise<boolean> {
  const givenUpAt = Date.now() + WITHIN_MS;
  for (;;) {
    const now = Date.now();
    if (known !== undefined && now < known.until) return known.ready;
    // One asks for all. A promise of another request must not be waited for, so the others look again.
    if (!asking) break;
    if (now > givenUpAt) return false;
    await scheduler.wait(LOOK_AGAIN_MS);
  }
  asking = true;
  try {
    const ready = await asked(env);
    known = { ready, until: Date.now() + READY_HOLDS_MS };
    return ready;
  } finally {
    asking = false;
  }
}

/** Asks D1 for the policy, and one guard of each kind that every sign-in needs. Neither writes anything. */
async function asked(env: Dependencies): Promise<boolean> {
  const late = scheduler.wait(WITHIN_MS).then(() => Promise.reject(new Error("it takes too long")));
  try {
    await Promise.race([
      Promise.all([
        currentVersion(openDatabase(env.DB)),
        env.USER_GUARD.getByName(NOBODY).living([]),
        env.SOURCE_GUARD.getByName(NOBODY).familiarSince([]),
      ]),
      late,
    ]);
    return true;
  } catch (fault) {
    logFailure("ready", fault);
    return false;
  } finally {
    late.catch(() => undefined);
  }
}

/** Forgets what this isolate found out, for tests. */
export function forgetReadiness(): void {
  known = undefined;
}
