// The Worker's entry: requests go to the app, the cron trigger looks after the audit, and the runtime finds the Durable Object
// classes here.

import { app } from "./app.ts";
import { purgeExpired } from "./audit/retention.ts";
import type { Env } from "./config.ts";

export { GuestGuard } from "./guard/guest-guard.ts";
export { SourceGuard } from "./guard/source-guard.ts";
export { UserGuard } from "./guard/user-guard.ts";

export default {
  fetch: app.fetch,
  scheduled: (_controller: ScheduledController, env: Env): Promise<void> => purgeExpired(env, Date.now()),
};
