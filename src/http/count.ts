// The one place where a finished request to a public host is counted, for Prometheus and for Analytics Engine. It costs
// no wait: what is counted goes to D1 later (worker.ts).

import type { Env } from "../config/env.ts";
import type { PublishRow } from "../core/http/publish.ts";
import { requestPoint } from "../metrics/analytics.ts";
import { meters, statusClass } from "../metrics/meters.ts";
import type { RefusalReason } from "../trace/reasons.ts";
import { reasonOf } from "../trace/refusal.ts";
import type { Stages } from "./stages.ts";

/** What is known of a request so far. The row is only set when the publish table has one. */
export type Noted = { readonly startedAt: number; row?: PublishRow; stages?: Stages; isPoll?: boolean };

/** Paths without a row have this label, whatever their text. */
const NO_ROW = "none";
/** A poll waits until something happens, so its waits say nothing of how fast anything is. */
const OF_POLLS = "poll";

/** Counts a request whose answer leaves now. */
export function countAnswer(noted: Noted, response: Response, env: Pick<Env, "METRICS">): void {
  count(noted, response.status, reasonOf(response), env);
}

/** Counts a request that ended with a failure that nobody foresaw. */
export function countFailure(noted: Noted, env: Pick<Env, "METRICS">): void {
  count(noted, 503, "internal", env);
}

function count(
  { startedAt, row, stages, isPoll }: Noted,
  status: number,
  reason: RefusalReason | undefined,
  env: Pick<Env, "METRICS">,
): void {
  const kind = isPoll ? OF_POLLS : (row?.access.kind ?? "closed");
  const path = row?.path ?? NO_ROW;
  const ms = Date.now() - startedAt;
  meters.count("requests", kind, path, statusClass(status));
  meters.time("request", kind, ms);
  if (reason !== undefined) meters.count("refusals", reason);
  const taken = stages?.taken() ?? [];
  if (!isPoll) for (const { stage, ms: waited } of taken) meters.time("stage", stage, waited);
  requestPoint(env.METRICS, { class: kind, row: path, status, reason, ms, stages: taken });
}
