// What the cron does for the mail: it announces app passwords that run out, ends what nobody could send in time, and
// deletes what is over. Each step is bounded, and the next run goes on.

import { and, eq, gt, inArray, isNotNull, isNull, lte, sql } from "drizzle-orm";
import type { NoticeSettings } from "../notices/settings.ts";
import type { Database } from "./database.ts";
import { NOTICE_LIVES_MS } from "./notices.ts";
import { notices } from "./schema-directory.ts";

const DAY_MS = 86_400_000;
/** How long the lists show what became of a notice, ms. */
const KEPT_MS = 30 * DAY_MS;
/** How many rows each step takes. */
const OF_A_RUN = 1_000;

/**
 * Maintains the notices at `now` (ms). What no agent ever took is deleted when its time is over: without an agent, the
 * table does not grow. What was not sent otherwise stays for 30 days, and its link goes at once.
 */
export async function maintainNotices(db: Database, settings: NoticeSettings, now: number): Promise<void> {
  const byAgent = settings.delivery.by === "agent";
  const [untried, tried] = byAgent ? [eq(notices.takes, 0), gt(notices.takes, 0)] : [sql`false`, undefined];
  const over = (taken: boolean) =>
    db
      .select({ id: notices.id })
      .from(notices)
      .where(and(...[isNull(notices.endedAt), lte(notices.expiresAt, now)], taken ? tried : untried))
      .limit(OF_A_RUN);
  const old = db
    .select({ id: notices.id })
    .from(notices)
    .where(and(isNotNull(notices.endedAt), lte(notices.endedAt, now - KEPT_MS)))
    .limit(OF_A_RUN);
  await db.batch([
    db.delete(notices).where(inArray(notices.id, over(false))),
    db
      .update(notices)
      .set({ endedAt: now, secret: null, end: sql`'expired' || coalesce(': ' || ${notices.end}, '')` })
      .where(inArray(notices.id, over(true))),
    db.delete(notices).where(inArray(notices.id, old)),
  ]);
  if (settings.kinds.has("password-expiring")) await announceEnds(db, settings.passwordDays, now);
}

/**
 * Queues a notice for each app password that runs out within so many days. One that was made to live no longer than
 * that is not announced: its owner has just been told.
 */
async function announceEnds(db: Database, days: number, now: number): Promise<void> {
  const within = days * DAY_MS;
  await db.insert(notices).select(sql`
    select 'password-expiring/' || p.id || '/' || p.expires_at || '/person', 'password-expiring', p.user_id, 'person',
      json_object('at', ${now}, 'password', p.id, 'expiresAt', p.expires_at), null, ${now}, ${now},
      min(p.expires_at, ${now + NOTICE_LIVES_MS}), 0, null, null
    from app_passwords p join users u on u.id = p.user_id
    where p.expires_at is not null and p.revoked_at is null and p.expires_at > ${now} and p.expires_at <= ${now + within}
      and p.expires_at - max(p.created_at, coalesce(p.renewed_at, 0)) > ${within}
      and u.mail is not null and u.disabled_at is null
      and not exists (select 1 from notices n where n.id = 'password-expiring/' || p.id || '/' || p.expires_at || '/person')
    limit ${OF_A_RUN}`);
}
