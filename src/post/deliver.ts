// Delivers mail from the Worker: takes notices under a lease, words them, hands them over, and writes down what became
// of each before the next one begins. What is not written down is sent again when the lease ran out (S-65).

import { logEvent } from "../audit/log.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import { isMailAddress } from "../notices/address.ts";
import { letterOf } from "../notices/letter.ts";
import type { NoticeSettings } from "../notices/settings.ts";
import type { TakenNotice } from "../notices/taken.ts";
import type { Database } from "../store/database.ts";
import { type Ending, endNotices, type Fresh, takeNotices } from "../store/notice-post.ts";
import { portOf } from "./chosen.ts";
import type { Handed, MailPort } from "./port.ts";

/** What delivering needs. `portal`: the address of the portal; undefined: there is none. */
export type Post = {
  readonly db: Database;
  readonly keyring: Keyring;
  readonly notices: NoticeSettings;
  readonly mail: SendEmail | undefined;
  readonly portal: string | undefined;
};

/** How much one run does. */
export type Run = {
  readonly most: number;
  /** No letter is begun later than so long after the run began, ms. What is left comes back when its lease ran out. */
  readonly beginWithinMs: number;
  /** Only what nobody has tried yet; or only the notice of this id. Undefined: all that is due. */
  readonly only?: Fresh;
};

/** The cron trigger's run. Its queries stay within the fifty of the free plan. */
export const CRON_RUN: Run = { most: 20, beginWithinMs: 60_000 };
/** The run right after an event: of that moment's notices alone, so a backlog does not slow anybody down. */
export const EVENT_RUN: Run = { most: 5, beginWithinMs: 10_000, only: "untried" };

/** How often writing down the end of a letter is tried. */
const WRITTEN_TRIES = 3;
const TRY_AGAIN_MS = 500;

/**
 * Delivers what is due. When the other side takes no letter at all, the rest waits. Rejects when D1 cannot be asked;
 * nothing is lost then. Returns what became of each.
 */
export async function deliver(post: Post, run: Run, now: () => number = Date.now): Promise<Ending[]> {
  const { db, keyring, notices } = post;
  const port = portOf(notices.delivery, post.mail);
  if (port === undefined) return [];
  const since = now();
  const taken = await takeNotices(db, { keyring, notices }, run.most, since, run.only);
  const ended: Ending[] = [];
  let away: string | undefined;
  for (const notice of taken) {
    if (now() - since > run.beginWithinMs) break;
    const handed: Handed = away === undefined ? await handOver(post, notice, port.send) : { end: "away", detail: away };
    if (handed.end === "away") away = handed.detail;
    const ending = endingOf(notice, handed);
    await writeDown(db, ending, now);
    ended.push(ending);
  }
  return ended;
}

async function handOver(
  { notices: { delivery }, portal }: Post,
  notice: TakenNotice,
  send: MailPort["send"],
): Promise<Handed> {
  if (delivery.by === "agent") return { end: "later", detail: "" };
  // The other side may take a list where one address is meant.
  if (!isMailAddress(notice.to)) return { end: "refused", detail: "this is not one mail address" };
  const letter = letterOf(notice, portal, delivery.wording);
  return letter === undefined ? { end: "refused", detail: `there is no text for "${notice.kind}"` } : send(letter);
}

function endingOf({ id, takes }: TakenNotice, handed: Handed): Ending {
  if (handed.end === "sent") return { id, end: "sent" };
  return { id, takes, end: handed.end === "refused" ? "undeliverable" : "later", detail: handed.detail };
}

/**
 * Writes down what became of a letter. It is tried again, because a letter that was sent and is not written down is sent
 * once more.
 */
async function writeDown(db: Database, ending: Ending, now: () => number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await endNotices(db, [ending], now());
      return;
    } catch (fault) {
      if (tries === WRITTEN_TRIES) throw fault;
      await scheduler.wait(TRY_AGAIN_MS);
    }
  }
}

/** Delivers, and says a failure in the log only: the cron trigger tries again. */
export async function deliverQuietly(post: Post, run: Run): Promise<void> {
  try {
    await deliver(post, run);
  } catch (fault) {
    logEvent({ event: "unavailable", reason: "mail", detail: fault instanceof Error ? fault.message : "" });
  }
}
