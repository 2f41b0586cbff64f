// The requirements against the tests that prove them, and the report that is made of both.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NOT_BUILT, type Requirement, readPage, withMoved, withTests } from "./page.ts";
import { findings, proves, type Run, report, type TestResult } from "./report.ts";
import { readRun } from "./results.ts";
import { idsInTitles, readTestFiles } from "./titles.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/requirements.md"), "utf8");
const requirements = readPage(PAGE);
const testFiles = readTestFiles(ROOT);

const ids = requirements.map(({ id }) => id);
const numbers = ids.map((id) => Number(id.slice("S-".length)));

describe("docs/requirements.md", () => {
  it("has each number once, in order, and leaves out none", () => {
    const all = Array.from({ length: Math.max(...numbers) }, (_, at) => at + 1);
    expect(numbers).toEqual(all);
  });

  it("calls nothing `not built yet` but what is on the list of it", () => {
    expect(requirements.filter(({ built }) => !built).map(({ id }) => id)).toEqual([...NOT_BUILT]);
  });

  it("names for each requirement that is built the files that hold it, which exist", () => {
    expect(requirements.filter(({ built, heldIn }) => built && heldIn.length === 0)).toEqual([]);
    const missing = requirements.flatMap(({ id, heldIn }) =>
      heldIn.filter((path) => !existsSync(join(ROOT, path))).map((path) => `${id}: ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it("names test files that exist and have a title with the number (if not: npm run requirements)", () => {
    const untrue = requirements.flatMap(({ id, tests }) =>
      tests.filter((path) => !testFiles.get(path)?.has(id)).map((path) => `${id}: ${path}`),
    );
    expect(untrue).toEqual([]);
    expect(requirements.filter(({ built, tests }) => built && tests.length === 0).map(({ id }) => id)).toEqual([]);
  });
});

describe("the tests", () => {
  it("prove each requirement that is built, and none that is not", () => {
    const proved = new Set([...testFiles.values()].flatMap((named) => [...named]));
    expect(ids.filter((id) => proved.has(id))).toEqual(requirements.filter(({ built }) => built).map(({ id }) => id));
  });

  it("name no number that is not on the page", () => {
    const unknown = [...testFiles].flatMap(([path, named]) =>
      [...named].filter((id) => !ids.includes(id)).map((id) => `${path}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe("a title", () => {
  // Not written out, or this file would prove them.
  const ID = `S-${901}`;
  const OTHER = `S-${902}`;

  it.each([
    ["of a test", `it("${ID}: holds", () => {});`],
    ["of a group", `describe("a thing (${ID})", { timeout: 1 }, () => {});`],
    ["of a table of tests", `it.each([\n  ["a"],\n] as const)("${ID}: %s", () => {});`],
    ["on a line of its own", `  it.each(ALL)(\n    "${ID}: %s",\n    () => {});`],
    ["that is a template", `it(\`${ID}: \${COUNT} messages\`, () => {});`],
  ])("%s is read", (_, source) => {
    expect([...idsInTitles(source)]).toEqual([ID]);
  });

  it("may name two", () => {
    expect([...idsInTitles(`it("${ID}, ${OTHER}: both", () => {});`)]).toEqual([ID, OTHER]);
  });

  it.each([
    ["a comment", `// ${ID}: what follows`],
    ["another string", `expect(text).toBe("${ID}");`],
    ["a Windows account", `it("of ${ID}-5-21", () => {});`],
    ["an algorithm", `it("H${ID}", () => {});`],
  ])("is not %s", (_, source) => {
    expect([...idsInTitles(source)]).toEqual([]);
  });
});

describe("withTests", () => {
  it("replaces the lines of the tests and nothing else, and what it writes is read again", () => {
    const paths = Array.from({ length: 9 }, (_, at) => `src/a-rather-long-name/of-a-test-${at}.test.ts`);
    const written = withTests(PAGE, (id) => (id === "S-1" ? paths : []));
    expect(readPage(written).map(({ tests }) => tests)).toEqual(ids.map((id) => (id === "S-1" ? paths : [])));
    expect(readPage(written).map(({ tests, ...rest }) => rest)).toEqual(requirements.map(({ tests, ...rest }) => rest));
    expect(Math.max(...written.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(withTests(written, (id) => requirements.find((one) => one.id === id)?.tests ?? [])).toBe(PAGE);
  });
});

describe("withMoved", () => {
  it("puts right the paths of files that have moved, and leaves the others", () => {
    const page = "- Held in: `src/a.ts`, `src/b.ts`";
    expect(withMoved(page, (path) => (path === "src/a.ts" ? "src/core/a.ts" : undefined))).toBe(
      "- Held in: `src/core/a.ts`, `src/b.ts`",
    );
  });
});

describe("the report", () => {
  const requirement = (n: number, built = true): Requirement => ({
    id: `S-${n}`,
    title: "Title",
    text: "Text.",
    source: "RFC",
    heldIn: [],
    built,
    tests: [],
  });
  const test = (n: number, outcome: TestResult["outcome"]): TestResult => ({
    file: "src/a.test.ts",
    title: `S-${n}: a | b\n`,
    outcome,
  });
  const runOf = (...tests: TestResult[]): Run => ({ tests, broken: [], at: Date.UTC(2026, 10, 27) });
  const verdict = (run: Run, built = true) => {
    const found = findings([requirement(901, built)], run);
    return [found[0]?.verdict, proves(found, run)];
  };

  it("says of each requirement what its tests say together", () => {
    expect(verdict(runOf(test(901, "passed")))).toEqual(["passed", true]);
    expect(verdict(runOf(test(901, "passed"), test(901, "failed")))).toEqual(["failed", false]);
    expect(verdict(runOf(test(901, "passed"), test(901, "skipped")))).toEqual(["partly-skipped", true]);
    expect(verdict(runOf(test(901, "skipped")))).toEqual(["skipped", false]);
    expect(verdict(runOf(test(902, "passed")))).toEqual(["not-run", false]);
    expect(verdict(runOf(), false)).toEqual(["not-built", true]);
  });

  it("proves nothing where a test file did not load", () => {
    expect(verdict({ ...runOf(test(901, "passed")), broken: ["src/b.test.ts"] })).toEqual(["passed", false]);
  });

  it("has the commit, the date, each test, and one line for a title whatever is in it", () => {
    const run = runOf(test(901, "failed"));
    const text = report(findings([requirement(901)], run), run, "abc123");
    expect(text).toContain("- Commit: abc123");
    expect(text).toContain("- Date of the run: 2026-11-27T00:00:00.000Z");
    expect(text).toContain(`| S-901 Title | **failed** | 0 passed, 1 failed, 0 skipped |`);
    expect(text).toContain("| **failed** | S-901: a \\| b\u{fffd} | `src/a.test.ts` |");
  });

  it("reads what Vitest writes, of several runs at once", () => {
    const json = (startTime: number, status: string) =>
      JSON.stringify({
        startTime,
        testResults: [
          {
            name: join(ROOT, "src/a.test.ts"),
            status,
            assertionResults: [{ ancestorTitles: ["a"], title: "b", status }],
          },
          { name: join(ROOT, "src/c.test.ts"), status: "failed", assertionResults: [] },
        ],
      });
    const run = readRun([json(2, "passed"), json(1, "pending")], ROOT);
    expect(run.at).toBe(1);
    expect(run.tests).toEqual([
      { file: "src/a.test.ts", title: "a › b", outcome: "passed" },
      { file: "src/a.test.ts", title: "a › b", outcome: "failed" },
    ]);
    expect(run.broken).toEqual(["src/c.test.ts", "src/c.test.ts"]);
  });
});
