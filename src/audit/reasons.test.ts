// Compares the list of reasons with the tables of docs/audit.md, in which people look them up.

import { describe, expect, it } from "vitest";
import text from "../../docs/audit.md?raw";
import { REASONS_BY_OUTCOME } from "./reasons.ts";

/** The rows of the tables below "Reasons", under the outcome that the line above each table names. */
function documented(): ReadonlyMap<string, readonly string[]> {
  const [, after = ""] = text.split("\n## Reasons\n");
  const [section = ""] = after.split("\n## ");
  const found = new Map<string, string[]>();
  let outcome = "";
  for (const line of section.split("\n")) {
    if (!line.startsWith("|"))
      outcome = /^`([a-z-]+)`/.exec(line)?.[1] ?? (/^Changes /.test(line) ? "changed" : outcome);
    else found.set(outcome, [...(found.get(outcome) ?? []), ...reasonsIn(line)]);
  }
  return found;
}

/** The reasons in the first cell of a row, without the channel that the cell may name. */
const reasonsIn = (row: string): string[] =>
  [...(row.split("|")[1] ?? "").replace(/on the channel `\w+`/, "").matchAll(/`([a-z][a-z0-9-]+)`/g)].map(
    ([, word]) => word ?? "",
  );

/**
 * The reason `front-end-500` stands for every status of the Front-End. The table has it as an example, and the code has
 * a pattern.
 */
const isStatus = (reason: string): boolean => /^front-end-\d+$/.test(reason);

describe("docs/audit.md", () => {
  it.each(Object.entries(REASONS_BY_OUTCOME))(
    "S-39: explains each reason of `%s`, and none that is not there",
    (outcome, reasons) => {
      const words = new Set((documented().get(outcome) ?? []).filter((reason) => !isStatus(reason)));
      expect([...words].sort()).toEqual([...reasons].sort());
    },
  );

  it("says what a status of the Front-End looks like, of a refused guest and of a failed sign-in", () => {
    const statuses = [...documented()].map(([outcome, reasons]) => [outcome, reasons.filter(isStatus)]);
    expect(statuses.filter(([, found]) => found?.length)).toEqual([
      ["refused", ["front-end-400"]],
      ["failed", ["front-end-500"]],
    ]);
  });

  it("has no other table of reasons", () => {
    expect([...documented().keys()]).toEqual(Object.keys(REASONS_BY_OUTCOME));
  });
});
