// What somebody should look at when mail does not go out.

import type { PostStatus } from "../store/notice-post.ts";
import type { Warning } from "./warnings.ts";

/** An agent asks every half minute. After so long, nobody does, ms. */
const MAIL_WAITS_MS = 3_600_000;

/** The warnings about mail at `now` (ms). */
export function mailWarnings({ oldestDueAt, waiting, failedOfADay }: PostStatus, now: number): Warning[] {
  const warnings: Warning[] = [];
  if (oldestDueAt !== null && now - oldestDueAt > MAIL_WAITS_MS) {
    warnings.push({
      code: "mail-waits",
      detail: `Mail waits for an agent, the oldest since ${new Date(oldestDueAt).toISOString()}: ${waiting} in all.`,
      fix: 'Look at the agent that sends mail (docs/notices.md). Without one, set NOTICES to "none".',
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
