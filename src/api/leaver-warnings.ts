// What somebody should look at before people who left are erased, and where none can be (S-79).

import type { Config } from "../config/config.ts";
import type { Database } from "../store/database.ts";
import { countDue } from "../store/leavers.ts";
import { dueBefore, isInStep, LEAVERS_OF_A_DAY, SAID_BEFORE_MS } from "./leavers.ts";
import type { Warning } from "./warnings.ts";

/** The warnings at `now` (ms). */
export async function leaverWarnings(db: Database, config: Config, now: number): Promise<Warning[]> {
  const before = dueBefore(config, now);
  if (before === undefined) return [];
  const [soon, due] = await Promise.all([countDue(db, before + SAID_BEFORE_MS), countDue(db, before)]);
  const warnings: Warning[] = [];
  const people = sum(soon);
  if (people > 0) {
    warnings.push({
      code: "leavers-erased-soon",
      detail: `People who left the directory are erased for good within seven days (LEAVERS_ERASED_AFTER_DAYS): ${people}.`,
      fix: "npx postern directory leavers lists them. Keep somebody with npx postern directory keep USER.",
    });
  }
  for (const [source, waiting] of due) {
    if (await isInStep(db, source, now)) continue;
    warnings.push({
      code: "leavers-wait",
      detail: `People who left the directory "${source}" should be erased, and are not, because it has not been heard lately or its brake is on: ${waiting}.`,
      fix: "Look at the agent or the provider of identities: docs/retention.md.",
    });
  }
  if (sum(due) > LEAVERS_OF_A_DAY) {
    warnings.push({
      code: "leavers-many",
      detail: `${sum(due)} people who left are due, and ${LEAVERS_OF_A_DAY} are erased in a day by themselves.`,
      fix: "Look at the list: npx postern directory leavers. If it is right, npx postern directory erase-leavers.",
    });
  }
  return warnings;
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0);
