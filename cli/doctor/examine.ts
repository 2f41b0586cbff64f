// Runs the checks. They run side by side, those that look at what the others saw come last, and none may take longer
// than its time.

import type { Doctor } from "./doctor.ts";
import { type Check, type Outcome, unseen } from "./types.ts";

/** What one check said, and how long it took. */
export type Examined = { readonly check: Check; readonly outcome: Outcome; readonly tookMs: number };

/** How long a check may take: so many requests one after the other. */
const REQUESTS = 4;

/** Runs them all. `progress` hears how many are still at work. */
export async function examine(
  checks: readonly Check[],
  doctor: Doctor,
  progress?: (text: string) => void,
): Promise<readonly Examined[]> {
  const waits = new Set<string>();
  const one = async (check: Check): Promise<Examined> => {
    const began = performance.now();
    waits.add(check.id);
    progress?.(`Looking at ${[...waits].join(", ")}`);
    const outcome = await bounded(check, doctor);
    waits.delete(check.id);
    progress?.(waits.size === 0 ? "" : `Looking at ${[...waits].join(", ")}`);
    return { check, outcome, tookMs: Math.round(performance.now() - began) };
  };
  const first = await Promise.all(checks.filter(({ last }) => last !== true).map(one));
  const last = await Promise.all(checks.filter((check) => check.last === true).map(one));
  const all = [...first, ...last];
  return checks.flatMap((check) => all.find((each) => each.check === check) ?? []);
}

async function bounded(check: Check, doctor: Doctor): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const ms = Math.max(check.withinMs ?? 0, REQUESTS * doctor.requestMs);
  const tooLong = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve(unseen(`it took longer than ${Math.round(ms / 1_000)} s`)), ms);
  });
  try {
    return await Promise.race([check.run(doctor), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
