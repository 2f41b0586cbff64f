// The report of an import: a row for each line of the file and each user who is disabled, and the counts. Pure.

import type { Change, KnownUser, Planned } from "../../src/core/import/plan.ts";
import { lineFaultText } from "../../src/core/import/said.ts";
import { EXIT } from "../fault.ts";
import { type Answer, type Columns, counted, listed } from "../text/answer.ts";
import type { Outcome } from "./carry-out.ts";

/** A row of the report, as `--json` has it. `line`: of the file; null for a user who is not in the file. */
export type Reported = {
  readonly line: number | null;
  readonly user: string;
  readonly result: keyof typeof COUNTS;
  readonly changes: readonly Change[];
  readonly because: string | null;
};

/** Every result, in the order in which they are counted, with what each means before and after it was done. */
const COUNTS = {
  ...{ add: "to add", added: "added", change: "to change", changed: "changed", rename: "to rename" },
  ...{ renamed: "renamed", disable: "to disable", disabled: "disabled", unchanged: "unchanged" },
  ...{ "left out": "left out", refused: "refused", failed: "failed" },
};
const DONE = { add: "added", change: "changed", rename: "renamed" } as const;
const NOT_RENAMED = "It is done only with --rename.";

/** The row for a line. `outcome` is undefined where nothing was tried. */
export function reportOf(planned: Planned, outcome?: Outcome): Reported {
  const { line, user, action } = planned;
  const changes = action === "change" || action === "rename" ? planned.changes : [];
  const row = { line, user, changes };
  if (action === "refused" || action === "left out")
    return { ...row, result: action, because: lineFaultText(planned.because) };
  const off = "known" in planned && planned.known.disabledAt !== null ? "This user is disabled, and stays so." : null;
  if (action === "unchanged") return { ...row, result: action, because: off };
  if (outcome === undefined) return { ...row, result: action, because: action === "rename" ? NOT_RENAMED : off };
  if (outcome.done) return { ...row, result: DONE[action], because: off };
  return { ...row, result: "failed", because: outcome.because ?? null };
}

/** The row for a user who is not in the file. */
export const reportOfMissing = ({ sipUri }: KnownUser, outcome?: Outcome): Reported => ({
  ...{ line: null, user: sipUri, changes: [] },
  result: outcome === undefined ? "disable" : outcome.done ? "disabled" : "failed",
  because: outcome?.because ?? "Not in the file.",
});

/** What is said beside the rows. */
export type Remarks = {
  readonly applied: boolean;
  /** How many users are not in the file and are left as they are. */
  readonly untouched: number;
  /** Sentences about the file as a whole. */
  readonly notes: readonly string[];
};

/** The report. People see every row but those where there is nothing to do; CSV and JSON have them all. */
export function answerOf(rows: readonly Reported[], { applied, untouched, notes }: Remarks): Answer {
  const results = Object.keys(COUNTS) as (keyof typeof COUNTS)[];
  const counts = Object.fromEntries(
    results.map((result) => [result, rows.filter((row) => row.result === result).length]),
  );
  const said = results.flatMap((result) => ((counts[result] ?? 0) > 0 ? [`${counts[result]} ${COUNTS[result]}`] : []));
  const lines = rows.filter(({ line }) => line !== null).length;
  const rest =
    untouched === 0 ? "" : `${counted(untouched, "user")} who may sign in: not in the file, and left as they are.`;
  const end = applied ? "" : "Nothing was done: this is what would be. To do it, give --apply.";
  const below = [`${counted(lines, "line")}: ${said.join(", ")}.`, rest, ...notes, end]
    .filter((line) => line !== "")
    .join("\n");
  const columns: Columns<Reported> = {
    ...{ LINE: "line", USER: "user", RESULT: "result", CHANGES: changesText, BECAUSE: "because" },
  };
  const items = rows.filter(({ result, because }) => result !== "unchanged" || because !== null);
  const shown = listed({ items, next: null }, columns, { empty: "There is nothing to do.", below });
  const all = listed({ items: rows, next: null }, columns, { empty: "" });
  const bad = (counts.refused ?? 0) + (counts.failed ?? 0);
  return {
    json: { rows, counts, untouched, applied, notes },
    text: shown.text,
    table: { shown: shown.table?.shown ?? [], csv: all.table?.csv ?? [] },
    remark: below,
    exit: bad > 0 ? EXIT.failure : EXIT.ok,
  };
}

const changesText = ({ changes }: Reported): string =>
  changes.map(({ field, before, after }) => `${field}: ${before || "none"} -> ${after || "none"}`).join("; ");
