// Reads the tables of docs/devices.md for the tests that hold the code to them. It knows Markdown and nothing of the
// code.

import text from "../../docs/devices.md?raw";

/** The rows of the table that begins with this head, each cell without its backticks. */
export function tableRows(...head: string[]): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => cells(line).join("|") === head.join("|"));
  if (start < 0) throw new Error(`docs/devices.md has no table ${head.join(", ")}`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end).map(cells);
}

function cells(line: string): string[] {
  const [, ...rest] = line.split("|").map((cell) => cell.trim().replaceAll("`", ""));
  return rest.slice(0, -1);
}
