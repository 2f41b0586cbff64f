// The Worker's entry: requests go to the app, the cron trigger maintains the audit, and the runtime finds the Durable
// Object classes here.

import { app } from "./app.ts";
import type { Env } from "./config/env.ts";
import { configOf } from "./config/once.ts";
import { keepCounts, tellState } from "./keep-counts.ts";
import { deliverDue } from "./post/at-once.ts";
import { purgeExpired } from "./store/audit-retention.ts";
import { purgeCeremonies } from "./store/ceremonies.ts";
import { openDatabase } from "./store/database.ts";
import { forgetKeyed } from "./store/idempotency.ts";
import { purgeInvitations } from "./store/invitations.ts";
import { foldMeters, noteJob } from "./store/meters.ts";
import { maintainNotices } from "./store/notice-upkeep.ts";
import { completeHours, purgeHours } from "./store/statistics.ts";
import { purgeUserInvitations } from "./store/user-invitations.ts";
import { purgeWebSessions } from "./store/web-sessions.ts";

export { GuestGuard } from "./guest-guard/guest-guard.ts";
export { SourceGuard } from "./source-guard/source-guard.ts";
export { UserGuard } from "./user-guard/user-guard.ts";

/** The hours that the console shows without being asked for more. */
const HOURS_OF_A_CHART = 24;
/** The cron trigger that only delivers mail. Every other does all. */
const EVERY_MINUTE = "* * * * *";

export default {
  fetch: async (request: Request, env: Env, context: ExecutionContext): Promise<Response> => {
    try {
      return await app.fetch(request, env, context);
    } finally {
      keepCounts(env);
    }
  },
  scheduled: async ({ cron }: ScheduledController, env: Env): Promise<void> => {
    const config = configOf(env);
    if (config === undefined) return;
    const { notices, keyring, portal } = config;
    await deliverDue({ env, notices, keyring, portal: portal && `https://${portal.host}` });
    if (cron === EVERY_MINUTE) return;
    const now = Date.now();
    await purgeExpired(env, now);
    const db = openDatabase(env.DB);
    const { knownKeys } = await import("./api/key-ages.ts"); // the data plane starts without it
    // What fails here is done by the next run.
    const parts = await Promise.allSettled([
      ...[forgetKeyed, purgeWebSessions, purgeCeremonies, purgeInvitations, purgeUserInvitations, purgeHours].map(
        (purge) => purge(db, now),
      ),
      maintainNotices(db, config.notices, now),
      completeHours(db, HOURS_OF_A_CHART, now),
      knownKeys(env, config, db, now),
      foldMeters(db, now),
      tellState(env, config, db, now),
    ]);
    const failed = parts.filter(({ status }) => status === "rejected").length;
    const at = Date.now();
    // If D1 fails, the time of the last run says so.
    await noteJob(db, { job: "hourly", at, took: at - now, failed }).catch(() => undefined);
  },
};
