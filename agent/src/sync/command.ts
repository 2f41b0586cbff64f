// `agent sync`: one round of everybody, for people.

import { shownFindings } from "../check.ts";
import { findingOf } from "../check-finding.ts";
import type { Context } from "../parts.ts";
import { Memory } from "./memory.ts";
import { round } from "./round.ts";
import { shownRound } from "./show.ts";

/**
 * `exit`: 0 in step; 1 the round was not possible; 10 there is something to do, or left to do; 11 the brake holds
 * people.
 */
export type Said = { readonly text: string; readonly exit: number };

const DIFFERENT = 10;
const HELD = 11;

export async function syncOnce(context: Context, how: "full" | "dry-run" | "confirm"): Promise<Said> {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
  const dryRun = how === "dry-run";
  const options = { dryRun, full: true, confirmed: how === "confirm", until: Number.POSITIVE_INFINITY };
  try {
    const done = await round(context, new Memory(), options, stopping.signal);
    const differs = dryRun
      ? done.outcomes.some(({ status }) => status !== "unchanged" && status !== "conflict")
      : !done.inStep;
    const exit = done.held.length > 0 ? HELD : differs ? DIFFERENT : 0;
    return { text: shownRound(done, how), exit };
  } catch (fault) {
    return { text: shownFindings([findingOf("sync", fault)]), exit: 1 };
  }
}
