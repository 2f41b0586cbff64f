// The one table the bench prints: what was measured, what was wanted, and whether it was reached.

/** One line. `pass` is undefined when there is no target. */
export type Row = {
  readonly name: string;
  readonly value: string;
  readonly target: string;
  readonly pass: boolean | undefined;
};

/** A measurement with a target. */
export const judged = (name: string, value: string, target: string, pass: boolean): Row => ({
  name,
  value,
  target,
  pass,
});

/** A measurement for comparison only. */
export const shown = (name: string, value: string): Row => ({ name, value, target: "", pass: undefined });

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The value below which the share `at` of all lies; 0.99 for the 99th percentile. */
export function percentile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? Number.NaN;
}

/** The bounds of the middle half of the values. */
export function quartiles(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.25), at(0.75)];
}

/** The rows as a Markdown table, aligned so that it is read on a terminal as well. */
export function table(rows: readonly Row[]): string {
  const verdict = ({ pass }: Row): string => (pass === undefined ? "" : pass ? "PASS" : "FAIL");
  const lines = [
    ["measured", "value", "target", ""],
    ...rows.map((row) => [row.name, row.value, row.target, verdict(row)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(4, ...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  text.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return text.join("\n");
}
