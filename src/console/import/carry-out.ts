// Carries out a part of what a person has allowed: as much as one request can. It compares again before each part, and
// does only what was shown.

import type { ProblemAnswer } from "../../api/problem.ts";
import type { BatchReportAnswer } from "../../api/schemas/directory.ts";
import { type Changing, changesName, type Planned, settingsOf } from "../../core/import/plan.ts";
import { path } from "../../core/text/api-address.ts";
import { sideBySide } from "../../core/text/side-by-side.ts";
import type { View } from "../site.ts";
import { compared, creationOf, hashOf, partsOf, ROWS_OF_A_BATCH } from "./compare.ts";
import type { KeptFile, Run } from "./kept.ts";
import { MEANWHILE } from "./meanwhile.ts";

/**
 * How many rows of each kind one request does. Cloudflare lets it make a thousand calls: comparing 5,000 people makes
 * some 40; 200 new ones 5; 200 changed ones 210; one rename 12, and one for each network that knew a name; one disabled
 * person 4.
 */
const MOST = { add: 600, change: 400, names: 20, disable: 100 } as const;

type Done = Readonly<Record<string, string>>;

/** Does the next part. Returns what came of it, and whether it was the last. */
export async function nextPart(
  view: View,
  file: KeptFile,
  run: Run,
): Promise<{ done: Done; finished: boolean } | ProblemAnswer> {
  const now = await compared(view, file, false);
  if (!now.ok) return now.problem;
  const { plan } = now.value;
  const open = plan.rows.filter(({ line }) => run.lines[line] !== undefined && run.outcomes[line] === undefined);
  const isDone = (row: Planned): boolean => row.action === "unchanged";
  const isShown = (row: Planned): boolean => hashOf(row) === run.lines[row.line];
  const done: Record<string, string> = {};
  for (const row of open) {
    if (isDone(row)) done[row.line] = "";
    else if (!isShown(row)) done[row.line] = MEANWHILE;
  }
  const work = open.filter((row) => !isDone(row) && isShown(row));
  const adding = work.filter((row) => row.action === "add");
  const changing = work.filter((row): row is Changing => row.action === "change" || row.action === "rename");
  const settings = changing.filter((row) => !changesName(row));
  const names = changing.filter(changesName);
  const leaving = run.missing.filter((id) => run.outcomes[id] === undefined);
  const gone = new Set(plan.missing.map(({ id }) => id));
  for (const id of leaving) if (!gone.has(id)) done[id] = MEANWHILE;
  const missing = leaving.filter((id) => gone.has(id));

  if (adding.length > 0) {
    const part = adding.slice(0, MOST.add);
    Object.assign(
      done,
      await batches(
        view,
        run,
        part.map((row) => [String(row.line), creationOf(row)]),
      ),
    );
  } else if (settings.length > 0) {
    const part = settings.slice(0, MOST.change);
    const rows = part.map((row): Row => [String(row.line), { op: "change", user: row.known.id, ...settingsOf(row) }]);
    Object.assign(done, await batches(view, run, rows));
  } else if (names.length > 0) {
    const part = names.slice(0, MOST.names);
    const outcomes = await sideBySide(part, MOST.names, (row) => nameOne(view, run, row));
    for (const [at, row] of part.entries()) done[row.line] = outcomes[at] ?? "";
  } else {
    const part = missing.slice(0, MOST.disable);
    Object.assign(
      done,
      await batches(
        view,
        run,
        part.map((user) => [user, { op: "disable", user }]),
      ),
    );
  }
  return { done, finished: everyOneIn(run, { ...run.outcomes, ...done }) };
}

const everyOneIn = (run: Run, outcomes: Done): boolean =>
  [...Object.keys(run.lines), ...run.missing].every((key) => outcomes[key] !== undefined);

type Row = readonly [key: string, row: object];

async function batches(view: View, { why }: Run, rows: readonly Row[]): Promise<Done> {
  const done: Record<string, string> = {};
  const failed: Record<string, string> = {};
  const parts = partsOf(rows, ROWS_OF_A_BATCH);
  await sideBySide(parts, parts.length, async (part) => {
    const report = await view.api.post<BatchReportAnswer>("/v1/users/batch", { rows: part.map(([, row]) => row), why });
    for (const [at, [key]] of part.entries()) {
      const row = report.ok ? report.value.rows[at] : undefined;
      if (!report.ok) done[key] = report.detail;
      else if (row?.code === "unavailable") failed[key] = row.message ?? row.code;
      else done[key] = row?.status === "failed" ? (row.message ?? row.code ?? "") : "";
    }
  });
  // A row at which something failed stays open: the next part sends it again. But a part in which nothing goes is the
  // last.
  return Object.keys(done).length === 0 ? failed : done;
}

async function nameOne(view: View, { keepOldAddress, why }: Run, row: Changing): Promise<string> {
  const after = Object.fromEntries(row.changes.map(({ field, after: value }) => [field, value]));
  const { sipUri, account, upn } = after;
  const at = path`/v1/users/${row.known.id}`;
  const settings = settingsOf(row);
  if (row.action === "rename") {
    const renamed = await view.api.post(`${at}/rename`, { sipUri, account, upn, keepOldAddress, why });
    if (!renamed.ok) return renamed.detail;
    if (Object.keys(settings).length === 0) return "";
  }
  const changed = await view.api.patch(at, { ...settings, ...(row.action === "rename" ? {} : { upn }), why });
  return changed.ok ? "" : changed.detail;
}
