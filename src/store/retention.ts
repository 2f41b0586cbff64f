// Ends what would grow for ever: docs/retention.md has every table. Each step deletes a bounded number of rows, and the
// next run goes on.

import { and, desc, inArray, isNotNull, lt, or, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { apiTokens, appPasswords, deviceContests, policies } from "./schema.ts";

const DAY_MS = 86_400_000;
/** How long a revoked app password is shown, ms. Sign-ins recognise it for 90 days. */
const REVOKED_KEPT_MS = 365 * DAY_MS;
/** How long it is shown that one user named another's device, ms. */
const CONTESTS_KEPT_MS = 180 * DAY_MS;
/** How long every version of the policy is kept, ms. */
const POLICIES_KEPT_MS = 2 * 365 * DAY_MS;
/** So many of the last versions are kept, however old they are. The last one is in force. */
const LAST_POLICIES = 50;
/** How many rows of a table go in one run. */
const OF_A_RUN = 1_000;

/**
 * Deletes what is over at `now` (ms). `auditDays`: for how many days the audit keeps events; a token that ended is kept
 * as long as an event may name it. Undefined: for ever.
 */
export async function purgeOld(db: Database, now: number, auditDays: number | undefined): Promise<void> {
  const passwords = db
    .select({ id: appPasswords.id })
    .from(appPasswords)
    .where(and(isNotNull(appPasswords.revokedAt), lt(appPasswords.revokedAt, now - REVOKED_KEPT_MS)))
    .limit(OF_A_RUN);
  const contests = db
    .select({ rowid: sql`rowid` })
    .from(deviceContests)
    .where(lt(deviceContests.at, now - CONTESTS_KEPT_MS))
    .limit(OF_A_RUN);
  const newest = db
    .select({ version: policies.version })
    .from(policies)
    .orderBy(desc(policies.version))
    .limit(LAST_POLICIES);
  const ended = now - (auditDays ?? 0) * DAY_MS;
  const tokens = db
    .select({ id: apiTokens.id })
    .from(apiTokens)
    .where(or(lt(apiTokens.expiresAt, ended), lt(apiTokens.revokedAt, ended)))
    .limit(OF_A_RUN);
  await db.batch([
    db.delete(appPasswords).where(inArray(appPasswords.id, passwords)),
    db.delete(deviceContests).where(sql`rowid in ${contests}`),
    db.delete(policies).where(and(lt(policies.at, now - POLICIES_KEPT_MS), sql`${policies.version} not in ${newest}`)),
    ...(auditDays === undefined ? [] : [db.delete(apiTokens).where(inArray(apiTokens.id, tokens))]),
  ]);
}
