// The Worker's entry: requests go to the app, the cron trigger maintains the audit, and the runtime finds the Durable
// Object classes here.

import { app } from "./app.ts";
import type { Env } from "./config/env.ts";
import { configOf } from "./config/once.ts";
import { purgeExpired } from "./store/audit-retention.ts";
import { openDatabase } from "./store/database.ts";
import { forgetKeyed } from "./store/idempotency.ts";

export { GuestGuard } from "./guest-guard/guest-guard.ts";
export { SourceGuard } from "./source-guard/source-guard.ts";
export { UserGuard } from "./user-guard/user-guard.ts";

export default {
  fetch: app.fetch,
  scheduled: async (_controller: ScheduledController, env: Env): Promise<void> => {
    if (configOf(env) === undefined) return;
    await purgeExpired(env, Date.now());
    await forgetKeyed(openDatabase(env.DB), Date.now()).catch(() => undefined); // the next run tries again
  },
};
