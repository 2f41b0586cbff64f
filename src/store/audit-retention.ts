// How long the audit keeps events: AUDIT_RETENTION_DAYS. A cron trigger deletes older ones. Each run deletes a bounded
// number of events, the oldest first, and the next run goes on. So D1 is never busy with this for long, even when many
// events have gathered.

import { auditEvent } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import { MAX_EVENTS_OF_A_PURGE, purgeEvents } from "./audit.ts";
import { openDatabase } from "./database.ts";
import { logFailure } from "./log-failure.ts";

const DAY_MS = 86_400_000;
/**
 * Half a year. That is long enough to investigate incidents that are noticed late. It is no longer, because events are
 * about people (S-40).
 */
const DEFAULT_RETENTION_DAYS = 180;
const MAX_RETENTION_DAYS = 3_650;
/** The word for keeping events for ever. */
const FOREVER = "forever";
/**
 * How many transactions one run makes. So 20,000 events an hour can be deleted, which is more than a large company
 * makes.
 */
const PURGES_OF_A_RUN = 4;

/** The variable that sets the limit. */
export type RetentionEnv = { readonly AUDIT_RETENTION_DAYS?: string };

/** For how many days events are kept. Undefined: for ever. A fault comes back as a sentence with its fix. */
export function readRetention(env: RetentionEnv): { readonly days: number | undefined } | { readonly fault: string } {
  const text = (env.AUDIT_RETENTION_DAYS ?? String(DEFAULT_RETENTION_DAYS)).trim();
  if (text === FOREVER) return { days: undefined };
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= MAX_RETENTION_DAYS) return { days };
  return {
    fault: `AUDIT_RETENTION_DAYS is "${text}"; it must be a number of days from 1 to ${MAX_RETENTION_DAYS} (default ${DEFAULT_RETENTION_DAYS}) or "${FOREVER}".`,
  };
}

/**
 * Deletes events that are older than the limit, a bounded number in each run. With a fault in the variable it deletes
 * nothing.
 */
export async function purgeExpired(env: RetentionEnv & { readonly DB: D1Database }, now: number): Promise<void> {
  const read = readRetention(env);
  if ("fault" in read || read.days === undefined) return;
  const { days } = read;
  const before = now - days * DAY_MS;
  const db = openDatabase(env.DB);
  const about = { requestId: crypto.randomUUID(), channel: "clock", host: "", source: "", userAgent: "" } as const;
  const eventFor = (deleted: number) =>
    auditEvent(
      { ...about, workstation: "" },
      { outcome: "changed", reason: "audit-purged", why: purgedText(deleted, before, ` (${days} days)`) },
      Date.now(),
    );
  try {
    for (let purge = 0; purge < PURGES_OF_A_RUN; purge++) {
      const { deleted, event } = await purgeEvents(db, before, eventFor);
      if (event !== undefined) logAudited(event);
      if (deleted < MAX_EVENTS_OF_A_PURGE) return;
    }
  } catch (fault) {
    logFailure("audit-purge", fault); // the next run tries again
  }
}

/** How the audit describes a purge. */
export const purgedText = (deleted: number, before: number, why = ""): string =>
  `${deleted} events before ${new Date(before).toISOString()}${why}`;
