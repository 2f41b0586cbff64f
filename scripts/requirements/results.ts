// Reads what Vitest's JSON reporter writes.

import { relative } from "node:path";
import type { Run, TestResult } from "./report.ts";

type VitestJson = {
  readonly startTime: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
};

/** One run of what several files report, which hold the JSON of Vitest. `root` is the repository that they ran in. */
export function readRun(files: readonly string[], root: string): Run {
  const parsed = files.map((file) => JSON.parse(file) as VitestJson);
  const modules = parsed.flatMap(({ testResults }) => testResults);
  return {
    at: Math.min(...parsed.map(({ startTime }) => startTime)),
    broken: modules
      .filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0)
      .map(({ name }) => relative(root, name)),
    tests: modules.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status }) => ({
        file: relative(root, name),
        title: [...ancestorTitles, title].join(" › "),
        outcome: outcomeOf(status),
      })),
    ),
  };
}

/** Vitest says `pending` of a test that never came to an end: an aborted run proves nothing. */
function outcomeOf(status: string): TestResult["outcome"] {
  if (status === "passed") return "passed";
  return status === "skipped" || status === "todo" || status === "disabled" ? "skipped" : "failed";
}
