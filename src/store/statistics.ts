// How many sign-ins each hour had, counted from the audit. A complete hour is counted once and kept, so the chart of a
// day costs some rows however many events there are. The hour that goes on is counted when somebody asks.

import { and, asc, gte, lt, sql } from "drizzle-orm";
import { firstEventId } from "../audit/event.ts";
import type { Database } from "./database.ts";
import { auditEvents, auditHours } from "./schema.ts";

const HOUR_MS = 3_600_000;
/** The longest time that anybody may ask for, hours. Older hours are not kept. */
export const MAX_HOURS = 168;
/**
 * An event may come late: a guard sends it some seconds later, and goes on trying while D1 fails. ms after the hour's
 * end
 */
const LATE_MS = 2 * HOUR_MS;
/** An hour in which events may still come late is counted again after this time, ms. */
const AGAIN_AFTER_MS = 5 * 60_000;
/** How many events of the hour that goes on are counted at most. */
export const MAX_LIVE_EVENTS = 20_000;

/** What an hour had. `hour`: when it begins, ms. */
export type HourCounts = Omit<typeof auditHours.$inferSelect, "countedAt">;

/** The channels over which people sign in. A wrong key of the API is not somebody who signs in. */
const SIGN_INS = sql.raw("('ntlm','negotiate','password-grant','username-token','certificate','guest')");
const LOCKED = sql.raw("('waiting','strangers-waiting','network-waiting')");

/** An event may stand for several refused attempts alike. */
const attempts = (holds: ReturnType<typeof sql>) =>
  sql<number>`coalesce(sum(case when ${holds} then coalesce(repeats, 1) else 0 end), 0)`;
const COUNTS = {
  signedIn: attempts(sql`channel in ${SIGN_INS} and outcome = 'signed-in'`),
  refused: attempts(sql`channel in ${SIGN_INS} and outcome = 'refused'`),
  failed: attempts(sql`channel in ${SIGN_INS} and outcome = 'failed'`),
  locked: attempts(sql`channel in ${SIGN_INS} and outcome = 'refused' and reason in ${LOCKED}`),
  // A device that asks again while it waits makes events with `repeats`.
  devicesWaiting: sql<number>`coalesce(sum(outcome = 'quarantined' and repeats is null), 0)`,
};

/**
 * The counts of the last complete `hours`, the oldest first. It counts what is missing or may have changed, and keeps
 * it. `now` in ms.
 */
export async function completeHours(db: Database, hours: number, now: number): Promise<HourCounts[]> {
  const until = hourOf(now);
  const from = until - hours * HOUR_MS;
  const wanted = Array.from({ length: hours }, (_, at) => from + at * HOUR_MS);
  const kept = new Map((await keptHours(db, from, until)).map((row) => [row.hour, row]));
  const missing = wanted.filter((hour) => !isFinal(hour, kept.get(hour)?.countedAt, now));
  if (missing.length > 0) for (const row of await countHours(db, missing, now)) kept.set(row.hour, row);
  return wanted.flatMap((hour) => {
    const row = kept.get(hour);
    return row === undefined ? [] : [shown(row)];
  });
}

/**
 * Counts the hour that goes on. `whole` is false when it has more events than are counted: then only the last ones are.
 */
export async function liveHour(db: Database, now: number): Promise<HourCounts & { readonly whole: boolean }> {
  const hour = hourOf(now);
  const { id, channel, outcome, reason, repeats } = auditEvents;
  const latest = db
    .select({ channel, outcome, reason, repeats })
    .from(auditEvents)
    .where(gte(id, firstEventId(hour)))
    .orderBy(sql`${id} desc`)
    .limit(MAX_LIVE_EVENTS)
    .as("latest");
  const [row] = await db.select({ ...COUNTS, events: sql<number>`count(*)` }).from(latest);
  const { events = 0, ...counts } = row ?? { signedIn: 0, refused: 0, failed: 0, locked: 0, devicesWaiting: 0 };
  return { hour, ...counts, whole: events < MAX_LIVE_EVENTS };
}

/** Deletes the hours that nobody may ask for any more. */
export async function purgeHours(db: Database, now: number): Promise<void> {
  await db.delete(auditHours).where(lt(auditHours.hour, hourOf(now) - MAX_HOURS * HOUR_MS));
}

const hourOf = (at: number): number => at - (at % HOUR_MS);

/** Whether what was counted is still right. */
function isFinal(hour: number, countedAt: number | undefined, now: number): boolean {
  if (countedAt === undefined) return false;
  return countedAt >= hour + HOUR_MS + LATE_MS || now - countedAt < AGAIN_AFTER_MS;
}

async function keptHours(db: Database, from: number, until: number) {
  const { hour } = auditHours;
  return db
    .select()
    .from(auditHours)
    .where(and(gte(hour, from), lt(hour, until)))
    .orderBy(asc(hour));
}

/** Counts these hours and keeps what came of it, in one statement. An hour without events has a row, too. */
async function countHours(db: Database, hours: readonly number[], now: number) {
  const spans = JSON.stringify(hours.map((hour) => [hour, firstEventId(hour), firstEventId(hour + HOUR_MS)]));
  const { signedIn, refused, failed, locked, devicesWaiting } = COUNTS;
  const counted = sql`select h.value ->> 0, ${signedIn}, ${refused}, ${failed}, ${locked}, ${devicesWaiting}, ${now}
    from json_each(${spans}) as h left join ${auditEvents} as events on events.id >= h.value ->> 1 and events.id < h.value ->> 2
    group by h.value ->> 0`;
  const fresh = (column: string) => sql.raw(`excluded.${column}`);
  return db
    .insert(auditHours)
    .select(counted)
    .onConflictDoUpdate({
      target: auditHours.hour,
      set: {
        ...{
          signedIn: fresh("signed_in"),
          refused: fresh("refused"),
          failed: fresh("failed"),
          locked: fresh("locked"),
        },
        ...{ devicesWaiting: fresh("devices_waiting"), countedAt: fresh("counted_at") },
      },
    })
    .returning();
}

const shown = ({ countedAt: _countedAt, ...counts }: typeof auditHours.$inferSelect): HourCounts => counts;
