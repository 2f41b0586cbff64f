// The Worker's entry: requests go to the app, the cron trigger maintains the audit, and the runtime finds the Durable
// Object classes here.

import { app } from "./app.ts";
import type { Config } from "./config/config.ts";
import type { Env } from "./config/env.ts";
import { configOf } from "./config/once.ts";
import { keepCounts } from "./keep-counts.ts";
import { deliverDue } from "./post/at-once.ts";
import { openDatabase } from "./store/database.ts";
import { keepUp } from "./upkeep.ts";

export { GuestGuard } from "./guest-guard/guest-guard.ts";
export { SourceGuard } from "./source-guard/source-guard.ts";
export { UserGuard } from "./user-guard/user-guard.ts";

/** The cron trigger that delivers mail and signs in at Postern itself. Every other does the rest. */
const EVERY_MINUTE = "* * * * *";

export default {
  fetch: async (request: Request, env: Env): Promise<Response> => {
    try {
      return await app.fetch(request, env);
    } finally {
      keepCounts(env);
    }
  },
  scheduled: async ({ cron, scheduledTime }: ScheduledController, env: Env): Promise<void> => {
    const config = configOf(env);
    if (config === undefined) return;
    const { notices, keyring, portal } = config;
    const mail = deliverDue({ env, notices, keyring, portal: portal && `https://${portal.host}` });
    if (cron === EVERY_MINUTE) {
      await Promise.all([mail, watched(config, scheduledTime, env)]);
      return;
    }
    await mail;
    await keepUp(env, config);
  },
};

/** The synthetic sign-in, where it is configured and due. */
async function watched(config: Config, scheduledAt: number, env: Env): Promise<void> {
  if (config.probe === undefined) return;
  const { isDue, watchOnce } = await import("./watch/watch.ts"); // the data plane starts without it
  if (!isDue(config.probe, scheduledAt)) return;
  const serve = (request: Request): Promise<Response> => app.fetch(request, env);
  await watchOnce({ settings: config.probe, host: config.webHost, db: openDatabase(env.DB), serve });
}
