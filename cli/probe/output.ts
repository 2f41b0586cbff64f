// How a synthetic sign-in is said: as a Nagios plugin says it, as JSON, and for Prometheus' textfile collector.

import { PROBE_STEPS } from "../../src/core/probe/steps.ts";
import type { SignInOutcome } from "../sign-in/sign-in.ts";
import { wordsOf } from "./words.ts";

/** The exit codes of a monitoring plugin. */
export const STATES = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;
export type State = keyof typeof STATES;

/** From how many ms on a sign-in is slow. */
export type Limits = { readonly warning?: number | undefined; readonly critical?: number | undefined };

/** What a run came to. `totalMs`: all stages that were reached. */
export type Verdict = { readonly state: State; readonly totalMs: number; readonly said: string; readonly fix?: string };

export function verdictOf(outcome: SignInOutcome, { warning, critical }: Limits): Verdict {
  const totalMs = Object.values(outcome.timings).reduce((sum, ms) => sum + ms, 0);
  if (!outcome.ok) return { state: "CRITICAL", totalMs, ...wordsOf(outcome) };
  const said = `signed in in ${totalMs} ms`;
  const over = (limit: number | undefined): boolean => limit !== undefined && totalMs >= limit;
  const state = over(critical) ? "CRITICAL" : over(warning) ? "WARNING" : "OK";
  if (state === "OK") return { state, totalMs, said };
  const limit = state === "CRITICAL" ? critical : warning;
  const [slowest = "", ms = 0] = Object.entries(outcome.timings).sort(([, one], [, other]) => other - one)[0] ?? [];
  return { state, totalMs, said: `${said}, ${limit} ms or more`, fix: `The slowest stage is ${slowest}: ${ms} ms.` };
}

/**
 * One line, with performance data behind the bar, and what to do on the next (Monitoring Plugins Development
 * Guidelines, 2.1 and 2.6).
 */
export function pluginText(outcome: SignInOutcome, limits: Limits): string {
  const { state, totalMs, said, fix } = verdictOf(outcome, limits);
  const { warning = "", critical = "" } = limits;
  const times = PROBE_STEPS.flatMap((stage) => {
    const ms = outcome.timings[stage];
    return ms === undefined ? [] : [`${stage}=${ms}ms;;;0`];
  });
  const line = `${state} - ${said} | ${[`total=${totalMs}ms;${warning};${critical};0`, ...times].join(" ")}`;
  return fix === undefined ? line : `${line}\n${fix}`;
}

/** For scripts. */
export function jsonOf(outcome: SignInOutcome, limits: Limits): Readonly<Record<string, unknown>> {
  return { ...verdictOf(outcome, limits), ...outcome };
}

/** The text exposition format, for the textfile collector of Prometheus' node_exporter. `now`: ms since 1970. */
export function prometheusText(outcome: SignInOutcome, now: number): string {
  const { totalMs } = verdictOf(outcome, {});
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const stages = PROBE_STEPS.map((stage) => [stage, outcome.timings[stage]] as const);
  return [
    "# HELP postern_probe_success Whether the last synthetic sign-in got all the way.",
    "# TYPE postern_probe_success gauge",
    `postern_probe_success ${outcome.ok ? 1 : 0}`,
    "# HELP postern_probe_duration_seconds How long all its stages took.",
    "# TYPE postern_probe_duration_seconds gauge",
    `postern_probe_duration_seconds ${seconds(totalMs)}`,
    "# HELP postern_probe_stage_seconds How long each stage took that was reached.",
    "# TYPE postern_probe_stage_seconds gauge",
    ...stages.flatMap(([stage, ms]) =>
      ms === undefined ? [] : [`postern_probe_stage_seconds{stage="${stage}"} ${seconds(ms)}`],
    ),
    "# HELP postern_probe_failure 1 for the stage and the reason of the last failure.",
    "# TYPE postern_probe_failure gauge",
    ...(outcome.ok ? [] : [`postern_probe_failure{stage="${outcome.at}",reason="${outcome.reason}"} 1`]),
    "# HELP postern_probe_last_run_timestamp_seconds When it ran.",
    "# TYPE postern_probe_last_run_timestamp_seconds gauge",
    `postern_probe_last_run_timestamp_seconds ${Math.floor(now / 1000)}`,
  ].join("\n");
}
