// The conformance report: what a run of the tests says about each requirement. Pure: results in, Markdown out.

import type { Requirement } from "./page.ts";
import { idsIn } from "./titles.ts";

/** One test of a run. */
export type TestResult = {
  /** Path within the repository. */
  readonly file: string;
  /** The titles of the groups around the test and its own, joined. */
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
};

/** A run of the tests. */
export type Run = {
  readonly tests: readonly TestResult[];
  /** Test files that did not even load: none of their tests ran. */
  readonly broken: readonly string[];
  /** ms; when the run began. */
  readonly at: number;
};

/**
 * What a run says of one requirement. `skipped`: all of its tests were; `partly-skipped`: some were, the others passed.
 */
export type Verdict = "passed" | "failed" | "partly-skipped" | "skipped" | "not-run" | "not-built";

export type Finding = {
  readonly requirement: Requirement;
  readonly verdict: Verdict;
  readonly tests: readonly TestResult[];
};

/** For each requirement, in the page's order: its tests, and their result together. */
export function findings(requirements: readonly Requirement[], run: Run): Finding[] {
  const idsOf = new Map(run.tests.map((test) => [test, new Set(idsIn(test.title))]));
  return requirements.map((requirement) => {
    const tests = run.tests.filter((test) => idsOf.get(test)?.has(requirement.id));
    return { requirement, verdict: verdictOf(requirement, tests), tests };
  });
}

/**
 * Whether the run proves everything that is built. Tests that a machine skips because it lacks the real clients are
 * shown, and do not count as failures.
 */
export const proves = (found: readonly Finding[], run: Run): boolean =>
  run.broken.length === 0 && found.every(({ verdict }) => ["passed", "partly-skipped", "not-built"].includes(verdict));

/** The report as Markdown. `commit` is named as it is given. */
export function report(found: readonly Finding[], run: Run, commit: string): string {
  const lines = [
    "# Conformance report",
    "",
    `- Commit: ${commit}`,
    `- Date of the run: ${new Date(run.at).toISOString()}`,
    `- Tests of the run: ${counted(run.tests)}`,
    ...run.broken.map((file) => `- **${file} did not load; none of its tests ran**`),
    "",
    "The requirements are those of `docs/requirements.md`.",
    "",
    "| requirement | result | tests |",
    "|---|---|---|",
    ...found.map(
      ({ requirement, verdict, tests }) => `| ${named(requirement)} | ${WORDS[verdict]} | ${counted(tests)} |`,
    ),
  ];
  for (const { requirement, verdict, tests } of found) {
    lines.push(
      "",
      `## ${named(requirement)}: ${WORDS[verdict]}`,
      "",
      requirement.text,
      "",
      `Source: ${requirement.source}`,
    );
    if (tests.length > 0) lines.push("", "| result | test | file |", "|---|---|---|", ...tests.map(row));
  }
  return `${lines.join("\n")}\n`;
}

const WORDS: Readonly<Record<Verdict, string>> = {
  passed: "passed",
  failed: "**failed**",
  "partly-skipped": "passed, some skipped",
  skipped: "**skipped**",
  "not-run": "**not run**",
  "not-built": "not built yet",
};

function verdictOf({ built }: Requirement, tests: readonly TestResult[]): Verdict {
  const has = (outcome: TestResult["outcome"]) => tests.some((test) => test.outcome === outcome);
  if (has("failed")) return "failed";
  if (!built) return "not-built";
  if (has("passed")) return has("skipped") ? "partly-skipped" : "passed";
  return has("skipped") ? "skipped" : "not-run";
}

const named = ({ id, title }: Requirement) => `${id} ${title}`;

function counted(tests: readonly TestResult[]): string {
  const count = (outcome: TestResult["outcome"]) => tests.filter((test) => test.outcome === outcome).length;
  return `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`;
}

/** Titles have whatever a test tries, pipes and control characters among it. */
const cell = (text: string) =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u{fffd}").replaceAll(/[\\|`<*_[\]]/g, "\\$&");

const row = ({ outcome, title, file }: TestResult) =>
  `| ${outcome === "passed" ? outcome : `**${outcome}**`} | ${cell(title)} | \`${file}\` |`;
