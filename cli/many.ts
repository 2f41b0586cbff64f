// Doing something to many: which ones, from words or a file; the question before it; the report of each.

import { resolve } from "node:path";
import type { Context } from "./define.ts";
import { EXIT, usage } from "./fault.ts";
import { textOfFile } from "./files.ts";
import { LOCAL } from "./reach/targets.ts";
import { type Answer, type Columns, counted, listed } from "./text/answer.ts";

/** More than any list of users or devices. Bytes. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const STANDARD_INPUT = "-";

export type Standing = Pick<Context, "folder" | "input">;

/** The text of a file, relative to where the user stands, or of standard input for `-`. Throws a fault. */
export async function textOf({ folder, input }: Standing, given: string, most = MAX_FILE_BYTES): Promise<string> {
  if (given === STANDARD_INPUT) return input();
  const fix = "Name a file that is there, or - for standard input.";
  return textOfFile(resolve(folder, given), given, most, fix);
}

/**
 * The rows of a file: comma-separated values, or words between spaces. Empty lines and lines that begin with # are left
 * out.
 */
export async function tableOf(context: Standing, file: string): Promise<string[][]> {
  const text = await textOf(context, file);
  if (!text.includes(",")) return wordsIn(text.replace(/^\uFEFF/, ""));
  const { parse } = await import("csv-parse/sync");
  const loose = { bom: true, comment: "#", comment_no_infix: true, relax_column_count: true, skip_empty_lines: true };
  try {
    return parse(text, { ...loose, trim: true });
  } catch (fault) {
    throw usage(`${file} is not CSV`, fault instanceof Error ? fault.message : String(fault));
  }
}

const wordsIn = (text: string): string[][] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^[^#]/.test(line))
    .map((line) => line.split(/\s+/));

/** The first `fields` values of each row of a file. The heads of a list are left out. */
export async function rowsOf(context: Standing, file: string, fields: number): Promise<string[][]> {
  const rows = (await tableOf(context, file)).map((row) => row.slice(0, fields));
  if (/^(USER|SIP ADDRESS|DEVICE)$/.test(rows[0]?.[0] ?? "")) rows.shift();
  const short = rows.findIndex((row) => row.length < fields);
  if (short === -1) return rows;
  throw usage(`line ${short + 1} of ${file} has not ${fields} words`, "Give one of them on each line.");
}

/** Asks before a change of several at a gateway that is not the local one. Throws a fault without a yes. */
export async function confirmMany(context: Pick<Context, "question" | "yes" | "api">, what: string): Promise<void> {
  const { name } = context.api().target;
  if (name !== LOCAL) await confirm(context, `${what} at the target ${name}`);
}

/** Asks at the terminal. Throws a fault without a yes: then nothing is to be done. */
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

/** What a command that can do many at once is given. */
export type Many = Pick<Context, "question" | "yes" | "progress" | "api" | "folder" | "input"> & {
  readonly options: { readonly file?: string; readonly dryRun?: true; readonly why?: string };
};
type ToChange = { readonly user: string; readonly device?: string };
type RowReport = { readonly row: number; readonly status: string; readonly code?: string; readonly message?: string };

/** The operations for many take so many rows at once. */
const MAX_ROWS = 200;

/**
 * Sends rows to an operation for many, in parts, and answers with how many of each result there are, and each one. Rows
 * that failed make the exit code 1.
 */
export async function inBatches<Row extends ToChange>(
  { progress, api, options: { dryRun, why } }: Many,
  path: string,
  rows: readonly Row[],
  body: (part: readonly Row[]) => object,
): Promise<Answer> {
  const reports: RowReport[] = [];
  for (let at = 0; at < rows.length; at += MAX_ROWS) {
    const content = { ...body(rows.slice(at, at + MAX_ROWS)), dryRun: dryRun === true, why };
    const part = await api().post<{ rows: readonly RowReport[] }>(path, content);
    reports.push(...part.rows.map((report) => ({ ...report, row: at + report.row })));
    progress?.(`${Math.min(at + MAX_ROWS, rows.length)} of ${rows.length}`);
  }
  progress?.("");
  const statuses = [...new Set(reports.map(({ status }) => status))];
  const counts = statuses.map((status) => `${reports.filter((one) => one.status === status).length} ${status}`);
  const note = dryRun === true ? " Nothing was done: this is what would be." : "";
  const below = counts.length === 0 ? "" : `${counted(reports.length, "line")}: ${counts.join(", ")}.${note}`;
  const devices = rows.some(({ device }) => device !== undefined);
  const shown: Columns<RowReport> = {
    ...(devices ? {} : { LINE: ({ row }) => row + 1 }),
    USER: ({ row }) => rows[row]?.user,
    ...(devices ? { DEVICE: ({ row }) => rows[row]?.device } : {}),
    ...{ RESULT: "status", BECAUSE: ({ message, code }) => message ?? code },
  };
  const answer = listed({ items: reports, next: null }, shown, { empty: "There was nothing to do.", below });
  const exit = reports.some(({ status }) => status === "failed") ? EXIT.failure : EXIT.ok;
  return { ...answer, json: { rows: reports }, exit };
}
