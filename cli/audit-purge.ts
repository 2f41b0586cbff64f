// `postern audit purge`: deletes old events of the audit. The gateway deletes some thousand events in each request;
// this command asks until none are left.

import type { AuditPurgedAnswer } from "../src/api/person-answers.ts";
import { type Answer, type Context, isoTime } from "./command.ts";
import { CliFault } from "./fault.ts";
import { ask } from "./gateway.ts";
import { timeOf } from "./time.ts";

export async function purge(context: Context): Promise<Answer> {
  const before = isoTime(beforeIn(context));
  let deleted = 0;
  let page: AuditPurgedAnswer;
  do {
    page = (await ask(context, { method: "POST", path: "/v1/audit/purge", body: { before } })) as AuditPurgedAnswer;
    deleted += page.deleted;
  } while (page.more);
  const events = deleted === 1 ? "1 event" : `${deleted} events`;
  return { text: `Deleted ${events} from before ${before}.`, json: { before, deleted } };
}

/** The time, ms; a bare number is days. */
function beforeIn({ options: { before }, now }: Context): number {
  const time = timeOf("--before", before !== undefined && /^\d{1,4}$/.test(before) ? `${before}d` : before, now);
  if (time === undefined) {
    throw new CliFault("usage", '"audit purge" needs --before', "Give --before 90d, or --before 2026-11-23.");
  }
  if (time >= 0 && time <= now) return time;
  throw new CliFault("usage", "--before is not a time that has passed", "Give 90d, or a day such as 2026-01-31.");
}
