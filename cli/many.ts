// Commands for many: which ones, from words or a file; the question before the change; the report afterwards.

import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Context } from "./define.ts";
import { EXIT, usage } from "./fault.ts";
import type { Api } from "./reach/api.ts";
import { LOCAL } from "./reach/targets.ts";
import { type Answer, type Columns, counted, listed } from "./text/answer.ts";

/** The longest list that is read, bytes. Real lists of users or devices are shorter. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const STANDARD_INPUT = "-";

type Standing = Pick<Context, "folder" | "input">;

/** Reads a file, relative to the user's folder; `-` means standard input. Throws a fault when it cannot. */
export async function textOf({ folder, input }: Standing, given: string, most = MAX_FILE_BYTES): Promise<string> {
  if (given === STANDARD_INPUT) return input();
  const file = resolve(folder, given);
  try {
    if (statSync(file).size <= most) return readFileSync(file, "utf8");
  } catch (fault) {
    const code = fault instanceof Error && "code" in fault ? ` (${String(fault.code)})` : "";
    throw usage(`${given} cannot be read${code}`, "Name a file that is there, or - for standard input.");
  }
  throw usage(`${given} is too large`, `Name a file of at most ${most} bytes.`);
}

/**
 * The first `fields` values of each line of a file. A line is written as the `--csv` of a list writes it, or as words
 * between spaces. Empty lines, lines that begin with # and the heads of a list are skipped.
 */
export async function rowsOf(context: Standing, file: string, fields: number): Promise<string[][]> {
  const rows = (await textOf(context, file))
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(line.includes(",") ? "," : line.includes("\t") ? "\t" : /\s+/).slice(0, fields))
    .map((row) => row.map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
  const [first] = rows;
  if (first !== undefined && /^(USER|SIP ADDRESS|DEVICE)$/.test(first[0] ?? "")) rows.shift();
  const short = rows.findIndex((row) => row.length < fields);
  if (short === -1) return rows;
  throw usage(`line ${short + 1} of ${file} has not ${fields} words`, "Give one of them on each line.");
}

/** Asks for a yes before a gateway other than the local one changes several. Throws a fault without a yes. */
export async function confirmMany(context: Pick<Context, "question" | "yes">, api: Api, what: string): Promise<void> {
  if (api.target.name !== LOCAL) await confirm(context, `${what} at the target ${api.target.name}`);
}

/** Asks at the terminal. Throws a fault without a yes, so that nothing is done. */
export async function confirm(
  { question, yes }: Pick<Context, "question" | "yes">,
  what: string,
  word = "yes",
): Promise<void> {
  if (yes) return;
  if (question === undefined) {
    throw usage(`nothing was done: this would ${what}`, "Give --yes if that is what you mean.");
  }
  const typed = await question(`This would ${what}. Type ${word} to go on: `);
  if (typed.trim().toLowerCase() === word.toLowerCase()) return;
  throw usage("nothing was done", `Type ${word} when asked, or give --yes.`);
}

/** The outcome for one of many. */
export type RowReport = {
  readonly row: number;
  readonly status: string;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
};

/** Sends rows in parts, and shows how many are done. */
export async function inParts<Row, Report extends RowReport>(
  { progress }: Pick<Context, "progress">,
  rows: readonly Row[],
  size: number,
  send: (part: readonly Row[]) => Promise<readonly Report[]>,
): Promise<readonly Report[]> {
  const reports: Report[] = [];
  for (let at = 0; at < rows.length; at += size) {
    const part = await send(rows.slice(at, at + size));
    reports.push(...part.map((report) => ({ ...report, row: at + report.row })));
    progress?.(`${Math.min(at + size, rows.length)} of ${rows.length}`);
  }
  progress?.("");
  return reports;
}

/** The report: how many had which outcome, then each one. If one failed, the exit code is 1. */
export function reported<Report extends RowReport>(
  reports: readonly Report[],
  columns: Columns<Report>,
  dryRun: boolean,
): Answer {
  const statuses = [...new Set(reports.map(({ status }) => status))];
  const counts = statuses.map((status) => `${reports.filter((one) => one.status === status).length} ${status}`);
  const note = dryRun ? " Nothing was done: this is what would be." : "";
  const failed = reports.some(({ status }) => status === "failed");
  const answer = listed(
    { items: reports, next: null },
    { ...columns, RESULT: ({ status }) => status, BECAUSE: ({ message, code }) => message ?? code },
    {
      empty: "There was nothing to do.",
      below: counts.length === 0 ? "" : `${counted(reports.length, "line")}: ${counts.join(", ")}.${note}`,
    },
  );
  return { ...answer, json: { rows: reports }, ...(failed ? { exit: EXIT.failure } : {}) };
}
