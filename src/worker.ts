// The Worker's entry: requests go to the app, the cron trigger maintains the audit, and the runtime finds the Durable
// Object classes here.

import { app } from "./app.ts";
import type { Config } from "./config/config.ts";
import type { Env } from "./config/env.ts";
import { configOf } from "./config/once.ts";
import { keepCounts, tellState } from "./keep-counts.ts";
import { deliverDue } from "./post/at-once.ts";
import { purgeExpired, readRetention } from "./store/audit-retention.ts";
import { purgeCeremonies } from "./store/ceremonies.ts";
import { openDatabase } from "./store/database.ts";
import { forgetKeyed } from "./store/idempotency.ts";
import { purgeInvitations } from "./store/invitations.ts";
import { logFailure } from "./store/log-failure.ts";
import { foldMeters, noteJob } from "./store/meters.ts";
import { maintainNotices } from "./store/notice-upkeep.ts";
import { purgeOld } from "./store/retention.ts";
import { completeHours, purgeHours } from "./store/statistics.ts";
import { purgeUserInvitations } from "./store/user-invitations.ts";
import { purgeWebSessions } from "./store/web-sessions.ts";

export { GuestGuard } from "./guest-guard/guest-guard.ts";
export { SourceGuard } from "./source-guard/source-guard.ts";
export { UserGuard } from "./user-guard/user-guard.ts";

/** The hours that the console shows without being asked for more. */
const HOURS_OF_A_CHART = 24;
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
    const now = Date.now();
    await purgeExpired(env, now);
    const db = openDatabase(env.DB);
    const retention = readRetention(env);
    const auditDays = "days" in retention ? retention.days : undefined;
    const { knownKeys } = await import("./api/key-ages.ts"); // the data plane starts without it
    const { eraseLeavers } = await import("./api/leavers.ts");
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
      purgeOld(db, now, auditDays),
    ]);
    // Last, because each person takes some seconds.
    const [erased] = await Promise.allSettled([eraseLeavers(env, config, now)]);
    if (erased.status === "rejected") logFailure("leavers", erased.reason);
    const failed = [...parts, erased].filter(({ status }) => status === "rejected").length;
    const at = Date.now();
    // If D1 fails, the time of the last run says so.
    await noteJob(db, { job: "hourly", at, took: at - now, failed }).catch(() => undefined);
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
