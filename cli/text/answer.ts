// What a command answers, and how it is written: for people, as CSV, as JSON. Commands do not print.

import stringWidth from "string-width";
import { displayable } from "../../src/core/text/printable.ts";

type Cell = string | number | boolean | null | undefined;
type Field<Row> = { readonly [K in keyof Row]: Row[K] extends Cell ? K : never }[keyof Row];
/** What a list shows of each row, by the heads of its columns: a field, or what a function makes of the row. */
export type Columns<Row> = Readonly<Record<string, Field<Row> | ((row: Row) => Cell)>>;

/** What a command answers. */
export type Answer = {
  /** The whole, for scripts. */
  readonly json: unknown;
  /** For people; below the table where there is one. */
  readonly text: string;
  readonly table?: { readonly shown: Cells; readonly csv: Cells };
  /** Default 0. */
  readonly exit?: number;
  /** Said on standard error beside CSV, which has no place for it. */
  readonly remark?: string;
};
type Cells = readonly (readonly Cell[])[];

/** The answer that lists rows. `also`: columns that only CSV has. `next`: there are more rows. */
export function listed<Row>(
  { items, next }: { readonly items: readonly Row[]; readonly next: string | null },
  columns: Columns<Row>,
  { empty, also = {}, below = "" }: { readonly empty: string; readonly also?: Columns<Row>; readonly below?: string },
): Answer {
  const cells = (of: Columns<Row>): Cells => [Object.keys(of), ...items.map((row) => cellsOf(row, of))];
  const remark = next === null ? "" : `There are more than these ${items.length}: give --all, or a larger --limit.`;
  const text = [items.length === 0 ? empty : "", below, remark].filter((part) => part !== "").join("\n\n");
  const shown = items.length === 0 ? [] : cells(columns);
  return { json: { items, next }, text, remark, table: { shown, csv: cells({ ...columns, ...also }) } };
}

/** The cells of one row. */
export const cellsOf = <Row>(row: Row, columns: Columns<Row>): readonly Cell[] =>
  Object.values(columns).map((column) => (typeof column === "function" ? column(row) : (row[column] as Cell)));

/**
 * Rows in columns as wide as a terminal shows them; an empty cell is "-". Nothing in a cell can control the terminal.
 */
export function table(rows: Cells): string {
  const cells = rows.map((row) => row.map((cell) => displayable(String(cell ?? "") || "-", MAX_CELL_CHARS)));
  const widths: number[] = [];
  for (const row of cells)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, stringWidth(cell));
  const padded = (cell: string, at: number): string => cell + " ".repeat((widths[at] ?? 0) - stringWidth(cell));
  return cells.map((row) => row.map(padded).join("  ").trimEnd()).join("\n");
}

/** Longer than any name there can be. */
const MAX_CELL_CHARS = 1_000;

/** The answer as it is printed. */
export async function written(answer: Answer, form: "text" | "csv" | "json"): Promise<string> {
  if (answer.json === undefined) return ""; // it has been written already
  if (form === "json") return `${JSON.stringify(answer.json, null, 2).replaceAll(UNSEEN, escaped)}\n`;
  if (form === "csv") return csv(answer.table?.csv ?? []);
  const shown = answer.table?.shown ?? [];
  const text = answer.text
    .split("\n")
    .map((line) => displayable(line, line.length))
    .join("\n");
  return `${[shown.length === 0 ? "" : table(shown), text].filter((part) => part !== "").join("\n\n")}\n`;
}

/** What JSON leaves as it is and a terminal may obey. */
const UNSEEN = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;
const escaped = (text: string): string =>
  text
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

/** A cell that a spreadsheet would take for a formula is written with an apostrophe before it. */
async function csv(rows: Cells): Promise<string> {
  const { stringify } = await import("csv-stringify/sync");
  return stringify(
    rows.map((row) => row.map((cell) => String(cell ?? ""))),
    { escape_formulas: true },
  );
}

/** `1 user`, `2 users`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** A name and a value on each line; lines without a value are left out. */
export const facts = (of: Readonly<Record<string, Cell>>): string =>
  table(
    Object.entries(of).flatMap(([name, value]) => (value === "" || value === undefined ? [] : [[`  ${name}`, value]])),
  );
