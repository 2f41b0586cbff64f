// The sync as a part of the agent: one round after the other, and what is said of it.

import { setTimeout as pause } from "node:timers/promises";
import { Counter, Gauge, Histogram } from "prom-client";
import { ApiFault } from "../api/fault.ts";
import { DirectoryFault } from "../ldap/fault.ts";
import type { Context, Part, Running } from "../parts.ts";
import { checkSync } from "./check.ts";
import { Memory } from "./memory.ts";
import { type Round, round } from "./round.ts";

/** After a round that was not possible, the next one comes sooner: another controller may answer. */
const AGAIN_MS = 5_000;
/** After a refused sign-in it comes later: each one brings the agent's account nearer to its lockout. */
const AGAIN_AFTER_REFUSAL_MS = 5 * 60_000;
/** A round sends nothing new after this, ms, so that the next one sees who left meanwhile. */
const ROUND_MS = 30_000;

export const syncPart: Part = {
  name: "sync",
  wanted: () => true,
  start: startSync,
  check: checkSync,
};

function startSync(context: Context): Running {
  const { config, log } = context;
  const said = metricsOf(context);
  const stopping = new AbortController();
  const memory = new Memory();
  let ready: true | string = "The first round has not ended yet.";
  const everyMs = config.sync.everySeconds * 1_000;

  const once = async (): Promise<number> => {
    const start = Date.now();
    const how = { dryRun: false, full: false, confirmed: false, until: start + ROUND_MS };
    try {
      const done = await round(context, memory, how, stopping.signal);
      said.ended(done, (Date.now() - start) / 1_000);
      if (ready !== true) log("sync", { ready: true });
      ready = true;
      if (done.left > 0) return 0;
      return Math.max(0, start + everyMs - Date.now());
    } catch (fault) {
      if (stopping.signal.aborted) return 0;
      memory.forget();
      said.failed();
      const why = fault instanceof Error ? fault.message : String(fault);
      const fix = fault instanceof ApiFault || fault instanceof DirectoryFault ? fault.fix : undefined;
      log("sync", { ready: false, detail: why, fix, ...(fix === undefined && { stack: stackOf(fault) }) });
      ready = fix === undefined ? why : `${why}. ${fix}`;
      const refused = fault instanceof DirectoryFault && fault.kind === "refused";
      return refused ? AGAIN_AFTER_REFUSAL_MS : Math.min(AGAIN_MS, everyMs);
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const wait = await once();
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    ready: () => ready,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

const stackOf = (fault: unknown): string | undefined => (fault instanceof Error ? fault.stack : undefined);

function metricsOf({ metrics: { registry }, log }: Context) {
  const registers = [registry];
  let inStepAt = 0;
  const rounds = new Counter({
    ...{ name: "postern_agent_sync_rounds_total", help: "Rounds of the sync, by how they ended.", registers },
    labelNames: ["outcome"],
  });
  const seconds = new Histogram({
    ...{ name: "postern_agent_sync_round_seconds", help: "How long rounds took.", registers },
    buckets: [0.5, 1, 2, 5, 10, 30, 60, 120, 300],
  });
  const rows = new Counter({
    ...{ name: "postern_agent_sync_rows_total", help: "People told to the gateway, by what came of it.", registers },
    labelNames: ["status"],
  });
  const people = new Gauge({
    ...{ name: "postern_agent_sync_people", help: "People from the directory, by what it says of them.", registers },
    labelNames: ["state"],
  });
  const problems = new Gauge({
    ...{
      name: "postern_agent_sync_problems",
      help: "People and groups that could not be taken as they are.",
      registers,
    },
  });
  const brake = new Gauge({
    ...{
      name: "postern_agent_sync_brake_held",
      help: "People whom the brake keeps from being disabled. 0: it is off.",
      registers,
    },
  });
  const lastInStep = new Gauge({
    ...{
      name: "postern_agent_sync_in_step_timestamp_seconds",
      help: "When Postern was in step last, Unix time. 0: never.",
      registers,
    },
  });
  // The registry keeps it.
  new Gauge({
    ...{ name: "postern_agent_sync_staleness_seconds", help: "How long Postern has not been in step.", registers },
    collect() {
      this.set(inStepAt === 0 ? Math.round(process.uptime()) : Math.round((Date.now() - inStepAt) / 1_000));
    },
  });
  let braked = false;
  return {
    failed: () => rounds.inc({ outcome: "failed" }),
    ended: (done: Round, took: number): void => {
      rounds.inc({ outcome: done.inStep ? "in-step" : "not-in-step" });
      seconds.observe(took);
      for (const { status } of done.told) rows.inc({ status });
      for (const [state, count] of Object.entries(done.people)) people.set({ state }, count);
      problems.set(done.problems.length);
      brake.set(done.held.length);
      if (done.inStep) {
        inStepAt = Date.now();
        lastInStep.set(inStepAt / 1_000);
      }
      if (braked && done.held.length === 0) log("brake", { wanted: 0, of: done.of });
      braked = done.held.length > 0;
    },
  };
}
