// `npm run evidence`: runs all tests and writes the conformance report. `-- --from FILE [FILE …]` reads the JSON of
// runs that have been made already instead. Ends with 1 when something that is built is not proved.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readPage } from "./requirements/page.ts";
import { findings, proves, report } from "./requirements/report.ts";
import { readRun } from "./requirements/results.ts";

const ROOT = join(import.meta.dirname, "..");
const FOLDER = "evidence";
const REPORT = join(FOLDER, "requirements.md");

const { values, positionals } = parseArgs({ options: { from: { type: "boolean" } }, allowPositionals: true });
if (values.from !== true && positionals.length > 0) fail("usage: npm run evidence [-- --from FILE ...]");
if (values.from === true && positionals.length === 0) fail("--from needs the JSON file of a run");
mkdirSync(join(ROOT, FOLDER), { recursive: true });

const run = readRun((values.from ? positionals : [runTests()]).map(readResults), ROOT);
if (run.at < Number(git("log", "-1", "--format=%ct")) * 1000)
  fail("the results are older than the commit that is checked out: run the tests again");

const found = findings(readPage(readFileSync(join(ROOT, "docs/requirements.md"), "utf8")), run);
const changed = git("status", "--porcelain") === "" ? "" : ", with changes that are not committed";
writeFileSync(join(ROOT, REPORT), report(found, run, `${git("rev-parse", "HEAD")}${changed}`));
for (const { requirement, verdict } of found) {
  if (!["passed", "not-built"].includes(verdict)) console.log(`${requirement.id}: ${verdict}`);
}
console.log(`The report is in ${REPORT}.`);
if (!proves(found, run)) process.exitCode = 1;

/** Runs everything. Red tests are for the report to tell. */
function runTests(): string {
  const results = join(ROOT, FOLDER, "vitest.json");
  const env = { ...process.env, POSTERN_TEST_RESULTS: results };
  rmSync(results, { force: true }); // an earlier run's must not pass for this one's
  spawnSync("npx", ["vitest", "run"], { cwd: ROOT, env, stdio: "inherit" });
  return results;
}

function readResults(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return fail(`no results in ${path}`);
  }
}

function git(...args: string[]): string {
  return execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
