// What the cron trigger does each hour: it ends what is over, completes the statistics, and erases people who left long
// ago. What fails in one run is done by the next.

import type { Config } from "./config/config.ts";
import type { Env } from "./config/env.ts";
import { tellState } from "./keep-counts.ts";
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

/** The hours that the console shows without being asked for more. */
const HOURS_OF_A_CHART = 24;

/** One run. D1 keeps when it was, how long it took and how many parts failed. */
export async function keepUp(env: Env, config: Config): Promise<void> {
  const now = Date.now();
  await purgeExpired(env, now);
  const db = openDatabase(env.DB);
  const retention = readRetention(env);
  const auditDays = "days" in retention ? retention.days : undefined;
  const { knownKeys } = await import("./api/key-ages.ts"); // the data plane starts without it
  const { eraseLeavers } = await import("./api/leavers.ts");
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
  // One line: when D1 is down, all parts fail for the same reason.
  const fault = parts.find((part) => part.status === "rejected");
  if (fault !== undefined) logFailure("hourly", fault.reason);
  // Last, because each person takes some seconds.
  const [erased] = await Promise.allSettled([eraseLeavers(env, config, now)]);
  if (erased.status === "rejected") logFailure("leavers", erased.reason);
  const failed = [...parts, erased].filter(({ status }) => status === "rejected").length;
  const at = Date.now();
  // If D1 fails, the time of the last run says so.
  await noteJob(db, { job: "hourly", at, took: at - now, failed }).catch(() => undefined);
}
