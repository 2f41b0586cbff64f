// The Worker's entry: requests go to the app, the cron trigger looks after the audit, and the runtime finds the Durable Object
// classes here.

import { app } from "./app.ts";
import { purgeExpired } from "./audit/retention.ts";
import type { Env } from "./config.ts";
import { configOf } from "./config-once.ts";

export { GuestGuard } from "./guard/guest-guard.ts";
export { SourceGuard } from "./guard/source-guard.ts";
export { UserGuard } from "./guard/user-guard.ts";

export default {
  fetch: app.fetch,
  scheduled: async (_controller: ScheduledController, env: Env): Promise<void> => {
    if (configOf(env) !== undefined) await purgeExpired(env, Date.now());
  },
};
