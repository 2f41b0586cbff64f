// What somebody should look at when mail does not go out.

import type { Delivery } from "../notices/delivery.ts";
import type { PostStatus } from "../store/notice-post.ts";
import type { Warning } from "./warnings.ts";

/** An agent asks every half minute, and the Worker delivers at once. After so long, something is wrong, ms. */
const MAIL_WAITS_MS = 3_600_000;
const MINUTE_MS = 60_000;

const WAITS_FOR: Readonly<Record<Delivery["by"], readonly [what: string, fix: string]>> = {
  agent: [
    "Mail waits for an agent",
    'Look at the agent that sends mail (docs/notices.md). Without one, set NOTICES to "none".',
  ],
  email: [
    "Mail waits, because Cloudflare does not take it",
    "Look whether NOTICE_FROM is in a domain that may send, and whether the daily limit is reached (docs/notices.md).",
  ],
  webhook: [
    "Mail waits, because the webhook does not take it",
    "Look at the system behind NOTICE_WEBHOOK_URL, and whether its secret is one of NOTICE_WEBHOOK_SECRETS (docs/notices.md).",
  ],
};

/** The warnings about mail at `now` (ms). */
export function mailWarnings(by: Delivery["by"], post: PostStatus, now: number): Warning[] {
  const { oldestUnsentAt, oldestEnd, waiting, failedOfADay } = post;
  const warnings: Warning[] = [];
  if (oldestUnsentAt !== null && now - oldestUnsentAt > MAIL_WAITS_MS) {
    const [what, fix] = WAITS_FOR[by];
    const minutes = Math.floor((now - oldestUnsentAt) / MINUTE_MS);
    const why = oldestEnd === null ? "" : ` The last answer: ${oldestEnd}.`;
    warnings.push({
      code: "mail-waits",
      detail: `${what}, the oldest for ${minutes} minutes (since ${new Date(oldestUnsentAt).toISOString()}): ${waiting} in all.${why}`,
      fix,
    });
  }
  if (failedOfADay > 0) {
    warnings.push({
      code: "mail-failed",
      detail: `Mail could not be sent in the last 24 hours: ${failedOfADay}.`,
      fix: "npx postern notice list --state ended says why.",
    });
  }
  return warnings;
}
