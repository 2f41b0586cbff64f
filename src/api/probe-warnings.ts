// What somebody should look at when the Worker's own synthetic sign-in fails, or does not run.

import type { ProbeSettings } from "../config/probe.ts";
import type { ProbeRuns } from "../store/probe-runs.ts";
import type { Warning } from "./warnings.ts";

const MINUTE_MS = 60_000;
/** So many runs may be missing before somebody should look. */
const MISSING_RUNS = 3;

/** The warnings about it at `now` (ms). `runs`: undefined before the first run. */
export function probeWarnings(
  settings: ProbeSettings | undefined,
  runs: ProbeRuns | undefined,
  now: number,
): Warning[] {
  if (settings === undefined) return [];
  if (runs === undefined || now - runs.at > MISSING_RUNS * settings.minutes * MINUTE_MS) {
    const last = runs === undefined ? "has not run yet" : `has not run since ${new Date(runs.at).toISOString()}`;
    const detail = `PROBE_ACCOUNT is set, and the synthetic sign-in ${last}.`;
    return [{ code: "probe-stale", detail, fix: 'It needs the cron trigger "* * * * *": docs/probe.md.' }];
  }
  const warnings: Warning[] = [];
  if (runs.fault !== null) {
    const since = new Date(runs.since ?? runs.at).toISOString();
    warnings.push({
      code: "probe-failing",
      detail: `The synthetic sign-in fails since ${since}, ${runs.failures} times in a row. The last fault: ${runs.fault}.`,
      fix: "docs/probe.md says what each fault means, and the audit has the sign-in: npx postern audit --user ACCOUNT.",
    });
  }
  if (runs.pingFault !== null) {
    warnings.push({
      code: "probe-ping",
      detail: `The heartbeat service did not take the last ping (${runs.pingFault}).`,
      fix: "Look at PROBE_PING_URL and at the service: it will give the alarm, or has ended.",
    });
  }
  return warnings;
}
