// `GET /metrics` under the admin host, for Prometheus with a token of the scope `metrics` (S-73). Counts come from D1:
// what isolates wrote there, and how many events of each kind the audit ever got. No line names a user, an address or a
// path that somebody made up; docs/monitoring.md explains each.

import { CONTENT_TYPE, Exposition } from "../metrics/exposition.ts";
import { meteredLines } from "../metrics/metered.ts";
import { openDatabase } from "../store/database.ts";
import { logFailure } from "../store/log-failure.ts";
import { readMeters } from "../store/meters.ts";
import { ownAnswer } from "../trace/refusal.ts";
import type { Call } from "./call.ts";
import { auditLines } from "./metrics/audit-lines.ts";
import { readState } from "./metrics/state.ts";
import { stateLines } from "./metrics/state-lines.ts";
import { problem, problemResponse } from "./problem.ts";
import { allowedScopes, mayDo, type Needed } from "./roles.ts";

export const METRICS_PATH = "/metrics";
const SCOPE: Needed = ["read", "metrics"];

/** The metrics in Prometheus' text format. */
export async function answerMetrics(request: Request, call: Call): Promise<Response> {
  if (!mayDo(call.scope, SCOPE)) {
    const said = `This needs one of the scopes ${allowedScopes(SCOPE).join(", ")}.`;
    return problemResponse(problem("forbidden-scope", said), call.requestId);
  }
  if (request.method !== "GET") {
    const said = problem("method-not-allowed", "This takes GET only.", { headers: { allow: "GET" } });
    return problemResponse(said, call.requestId);
  }
  try {
    const headers = { "content-type": CONTENT_TYPE, "cache-control": "no-store" };
    return ownAnswer(new Response(await metricsText(call, Date.now()), { headers }));
  } catch (fault) {
    logFailure("metrics", fault);
    return problemResponse(problem("unavailable", "D1 could not be read; the gateway's log says why."), call.requestId);
  }
}

async function metricsText(call: Call, now: number): Promise<string> {
  const db = openDatabase(call.env.DB);
  const [{ metered, audit, jobs }, state] = await Promise.all([readMeters(db, now), readState(call, db, now)]);
  const lines = new Exposition();
  meteredLines(lines, metered);
  auditLines(lines, audit);
  stateLines(lines, { ...state, jobs, databaseMs: Date.now() - now, metered });
  return lines.text();
}
