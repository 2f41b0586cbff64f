// Turns what a command answers into text: for people, as CSV, or as JSON. Commands themselves print nothing.

import stringWidth from "string-width";
import { printable } from "../../src/core/text/printable.ts";

type Cell = string | number | boolean | null | undefined;
/** The columns of a list: for each head, what a row shows there. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/** What a command answers. */
export type Answer = {
  /** Everything, for scripts. */
  readonly json: unknown;
  /** For people. With a table, it stands below. */
  readonly text: string;
  readonly table?: { readonly shown: Cells; readonly csv: Cells };
  /** The exit code. Default: 0. */
  readonly exit?: number;
  /** A note for standard error beside CSV, which has no place for it. */
  readonly remark?: string;
};
type Cells = readonly (readonly Cell[])[];

/** The answer of a list. `also`: columns that only CSV has. `next`: there are more rows. */
export function listed<Row>(
  { items, next }: { readonly items: readonly Row[]; readonly next: string | null },
  columns: Columns<Row>,
  { empty, also = {}, below = "" }: { readonly empty: string; readonly also?: Columns<Row>; readonly below?: string },
): Answer {
  const cells = (of: Columns<Row>): Cells => [
    Object.keys(of),
    ...items.map((row) => Object.values(of).map((cell) => cell(row))),
  ];
  const remark = next === null ? "" : `There are more than these ${items.length}: give --all, or a larger --limit.`;
  const text = [items.length === 0 ? empty : "", below, remark].filter((part) => part !== "").join("\n\n");
  const shown = items.length === 0 ? [] : cells(columns);
  return { json: { items, next }, text, remark, table: { shown, csv: cells({ ...columns, ...also }) } };
}

/**
 * Writes rows in columns, as wide as a terminal shows them. An empty cell is "-". Nothing in a cell can control the
 * terminal.
 */
export function table(rows: Cells): string {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell ?? "") || "-", MAX_CELL_CHARS)));
  const widths: number[] = [];
  for (const row of cells)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, stringWidth(cell));
  const padded = (cell: string, at: number): string => cell + " ".repeat((widths[at] ?? 0) - stringWidth(cell));
  return cells.map((row) => row.map(padded).join("  ").trimEnd()).join("\n");
}

/** Longer than any name. */
const MAX_CELL_CHARS = 1_000;

/** The answer as text. */
export async function written(answer: Answer, form: "text" | "csv" | "json"): Promise<string> {
  if (answer.json === undefined) return ""; // the command has written it already
  if (form === "json") return `${JSON.stringify(answer.json, null, 2).replaceAll(UNSEEN, escaped)}\n`;
  if (form === "csv") return csv(answer.table?.csv ?? []);
  const shown = answer.table?.shown ?? [];
  const text = answer.text
    .split("\n")
    .map((line) => printable(line, line.length))
    .join("\n");
  return `${[shown.length === 0 ? "" : table(shown), text].filter((part) => part !== "").join("\n\n")}\n`;
}

/** Characters that JSON leaves as they are and that control a terminal. */
const UNSEEN = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;
const escaped = (text: string): string =>
  text
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

/** A spreadsheet would take such a cell for a formula, so it gets an apostrophe in front. */
async function csv(rows: Cells): Promise<string> {
  const { stringify } = await import("csv-stringify/sync");
  return stringify(
    rows.map((row) => row.map((cell) => String(cell ?? ""))),
    { escape_formulas: true },
  );
}

/** `1 user`, `2 users`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Writes names and values, one pair a line. Pairs without a value are left out. */
export const facts = (rows: readonly (readonly [string, Cell])[]): string =>
  table(rows.flatMap(([name, value]) => (value === "" || value === undefined ? [] : [[`  ${name}`, value]])));
