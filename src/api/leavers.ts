// Erases people whom the directory let go, some in each run of the cron trigger (S-79). It errs on the side of keeping:
// a directory that is silent, or whose brake is on, erases nobody, and no more than some people go in a day without an
// administrator's word.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { type Database, openDatabase } from "../store/database.ts";
import type { LinkedUser } from "../store/directory-links.ts";
import { findSource } from "../store/directory-sources.ts";
import { newPseudonym } from "../store/ids.ts";
import { countDue, erasedByClock, isStillDue, leaversDue, syncLastSeen } from "../store/leavers.ts";
import { logFailure } from "../store/log-failure.ts";
import { brakeOf, isStale } from "./directory/status.ts";
import { type Eraser, eraseFor } from "./person.ts";
import { sourceOf } from "./user-answers.ts";

const DAY_MS = 86_400_000;
/** How many people go in a day by themselves. More wait for the next day, or for an administrator. */
export const LEAVERS_OF_A_DAY = 20;
/** How many one run erases: each takes some seconds, and calls to guards, of which an invocation may make a thousand. */
const LEAVERS_OF_A_RUN = 5;
/** How many guards of networks a run tells at most before it stops. */
const NETWORKS_OF_A_RUN = 300;
/** How many times a run goes on with a person who has very many events. */
const TURNS_OF_A_PERSON = 3;
/** How long before it happens `health` says that somebody will be erased, ms. */
export const SAID_BEFORE_MS = 7 * DAY_MS;
/** A provider that speaks SCIM says only what changes. It lives if it was heard within this time, ms. */
const SCIM_HEARD_WITHIN_MS = 2 * DAY_MS;
/** Everybody must have been compared with the directory within this time, ms. */
const COMPARED_WITHIN_MS = DAY_MS;

/** The time (ms) before which somebody must have left to be due. Undefined: nobody ever is. */
export const dueBefore = ({ leaversErasedAfterDays: days }: Config, now: number): number | undefined =>
  days === undefined ? undefined : now - days * DAY_MS;

/** Whether a source may be believed about who left, because it has spoken lately. */
export async function isInStep(db: Database, source: string, now: number): Promise<boolean> {
  const row = await findSource(db, source);
  if (source === "scim") {
    const heard = await syncLastSeen(db);
    return heard !== null && now - heard < SCIM_HEARD_WITHIN_MS && (row === undefined || brakeOf(row) === null);
  }
  if (row === undefined || brakeOf(row) !== null || row.inStepAt === null || isStale(row, now)) return false;
  return now - (row.comparedAt ?? 0) < COMPARED_WITHIN_MS;
}

/** What became of a run. */
export type LeaversErased = { readonly erased: number; readonly left: number };

/** What the cron trigger does in one run. */
export async function eraseLeavers(env: Env, config: Config, now: number): Promise<LeaversErased> {
  const db = openDatabase(env.DB);
  if (dueBefore(config, now) === undefined) return { erased: 0, left: 0 };
  const room = LEAVERS_OF_A_DAY - (await erasedByClock(db, now - DAY_MS));
  const about = { requestId: crypto.randomUUID(), channel: "clock", host: "", source: "" } as const;
  return eraseSome({ env, about: { ...about, userAgent: "", workstation: "" }, why: "" }, config, room, now);
}

/** Erases some of those who are due, `most` at most. A failure ends the run; the next one goes on. */
export async function eraseSome(by: Eraser, config: Config, most: number, now: number): Promise<LeaversErased> {
  const before = dueBefore(config, now);
  if (before === undefined) return { erased: 0, left: 0 };
  const db = openDatabase(by.env.DB);
  const counts = await countDue(db, before);
  const heard: string[] = [];
  for (const source of counts.keys()) if (await isInStep(db, source, now)) heard.push(source);
  const all = heard.reduce((sum, source) => sum + (counts.get(source) ?? 0), 0);
  const some = await leaversDue(db, before, heard, Math.max(0, Math.min(most, LEAVERS_OF_A_RUN)));
  let erased = 0;
  let networks = 0;
  try {
    for (const leaver of some) {
      if (networks > NETWORKS_OF_A_RUN || !(await isStillDue(db, leaver.user, before))) continue;
      networks += await eraseOne(by, leaver, now);
      erased++;
    }
  } catch (fault) {
    logFailure("leavers", fault);
  }
  return { erased, left: all - erased };
}

/** Erases one person; returns how many guards of networks were told. The event names nobody. */
async function eraseOne(by: Eraser, { user, link }: LinkedUser, now: number): Promise<number> {
  const days = Math.floor((now - link.since) / DAY_MS);
  const left = `left the directory ${sourceOf(link.key)} (${link.state}) ${days} days ago`;
  const pseudonym = newPseudonym();
  let networks = 0;
  for (let turn = 0; turn < TURNS_OF_A_PERSON; turn++) {
    const why = by.why === "" ? left : `${left}; ${by.why}`;
    const answer = await eraseFor({ ...by, why }, user, "pseudonymise", pseudonym);
    networks += answer.networks;
    if (!answer.more) break;
  }
  return networks;
}
