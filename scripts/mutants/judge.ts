// Runs in Vitest's worker and judges a room: every mutant is switched on in turn, and the tests that run its line are
// run until one fails. All in one process: a mutant costs milliseconds, not the start of a worker. Code that runs while
// modules are imported (tables, constants) cannot be switched afterwards. For a mutant in it the modules are imported
// again, with the mutant on.

import { appendFileSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, type RunnerTestCase, type RunnerTestSuite, TestRunner, vi } from "vitest";
import { DIARY, type DiaryLine, type Fate, PLAN, type Planned } from "./report.ts";
import { ROOMS } from "./rooms.ts";

type Hits = Record<string, number>;

/** What the instrumented code reads and writes. All names except `judging` are Stryker's. */
interface Switches {
  /** Lines are counted no more. */
  judging?: boolean;
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number;
  hitLimit?: number;
  readonly mutantCoverage: { static: Hits; perTest: Record<string, Hits> };
}

interface Judged {
  readonly name: string;
  readonly ms: number;
  readonly run: () => Promise<void>;
}

/** A mutant whose line runs this many times as often as without it is taken to run for ever. */
const RUNAWAY = 10;
const RUNAWAY_AT_LEAST = 100_000;
/** Before a test that takes so long the judge says that it is alive. */
const SLOW_MS = 500;

const out = process.env.MUTANTS_OUT ?? "";
const room = ROOMS[process.env.MUTANTS_ROOM ?? ""];
if (room === undefined || out === "") throw new Error("start me with: npm run mutants -- <room>");
const diary = (line: DiaryLine) => appendFileSync(join(out, DIARY), `${JSON.stringify(line)}\n`);

const switches: Switches = { mutantCoverage: { static: {}, perTest: {} } };
Object.assign(globalThis, { __stryker__: switches });
const coverage = switches.mutantCoverage;

// The same draws every time, and no search for the smallest counterexample: only whether there is one counts.
fc.configureGlobal({ seed: 11, endOnFailure: true });

const collector = TestRunner.getCurrentSuite();
const testsIn = (suite: RunnerTestSuite): RunnerTestCase[] =>
  suite.tasks.flatMap((task) => (task.type === "suite" ? testsIn(task) : [task])).filter(({ mode }) => mode === "run");

/**
 * Imports a file of tests, and every module it needs, again. In a suite of its own: when a mutant makes `describe`
 * throw, Vitest goes on collecting into the suite that threw.
 */
async function load(file: string): Promise<ReadonlyArray<RunnerTestCase>> {
  vi.resetModules();
  const suite = describe(file, async () => {
    await import(/* @vite-ignore */ resolve(file));
  });
  try {
    return testsIn(await suite.collect(TestRunner.createFileTask(file, process.cwd(), "", "forks")));
  } finally {
    TestRunner.getCurrentSuite().clear();
  }
}

const runOf = (test: RunnerTestCase) => async (): Promise<void> => await TestRunner.getTestFn(test)();

/** By file: what its import runs, and how many tests it has. */
const staticHits = new Map<string, Hits>();
const found = new Map<string, number>();
const tests = new Map<string, { readonly file: string; readonly id: string; judged: Judged }>();

async function dryRun(file: string): Promise<void> {
  coverage.static = {};
  const loaded = await load(file);
  staticHits.set(file, coverage.static);
  found.set(file, loaded.length);
  for (const [at, one] of loaded.entries()) {
    const id = `${file}#${at}`;
    const run = runOf(one);
    diary({ alive: id });
    try {
      await run();
      switches.currentTestId = id;
      const began = performance.now();
      await run(); // again: a test that passes only once cannot judge
      tests.set(id, { file, id, judged: { name: `${file} > ${one.name}`, ms: performance.now() - began, run } });
    } catch (error) {
      diary({ alive: id, unfit: `${file} > ${one.name}: ${String(error).slice(0, 200)}` });
      delete coverage.perTest[id];
    } finally {
      switches.currentTestId = undefined;
    }
  }
}

/** The fate of a mutant under tests that are run in this order. */
async function fateUnder(judges: ReadonlyArray<Judged>): Promise<{ fate: Fate; by?: string }> {
  for (const { name, ms, run } of judges) {
    if (ms > SLOW_MS) diary({ alive: name });
    switches.hitCount = 0;
    try {
      await run();
    } catch {
      return { fate: switches.hitCount > (switches.hitLimit ?? 0) ? "timeout" : "killed", by: name };
    }
    if (switches.hitCount > (switches.hitLimit ?? 0)) return { fate: "timeout", by: name };
  }
  return { fate: "survived" };
}

const quickFirst = (a: { ms: number }, b: { ms: number }) => a.ms - b.ms;

async function judge(mutant: Planned): Promise<{ fate: Fate; by?: string }> {
  const files = [...staticHits].filter(([, hits]) => hits[mutant.id] !== undefined).map(([file]) => file);
  const covering = [...tests.values()].filter(({ id }) => coverage.perTest[id]?.[mutant.id] !== undefined);
  const most = Math.max(
    0,
    ...[...staticHits.values(), ...Object.values(coverage.perTest)].map((h) => h[mutant.id] ?? 0),
  );
  switches.hitLimit = Math.max(RUNAWAY_AT_LEAST, RUNAWAY * most);
  switches.activeMutant = mutant.id;
  try {
    if (files.length === 0 && covering.length === 0) return { fate: "uncovered" };
    const hint = await fateUnder(covering.map(({ judged }) => judged).sort(quickFirst));
    if (files.length === 0) return hint;
    // What was computed while importing was computed without the mutant. Only the tests of a new import are a verdict;
    // the test that failed before is the likeliest to fail again.
    const likeliest = (one: string): boolean => hint.by?.startsWith(one) === true;
    files.sort((one, other) => Number(likeliest(other)) - Number(likeliest(one)));
    for (const file of files) {
      switches.hitCount = 0;
      let again: ReadonlyArray<RunnerTestCase>;
      try {
        again = await load(file);
      } catch {
        return { fate: "killed", by: `${file} cannot be read` };
      }
      if (again.length !== found.get(file)) return { fate: "killed", by: `${file} has other tests` };
      const judges = again.flatMap((one, at) => {
        const fit = tests.get(`${file}#${at}`);
        return fit === undefined ? [] : [{ ...fit.judged, run: runOf(one) }];
      });
      judges.sort((one, other) => Number(likeliest(other.name)) - Number(likeliest(one.name)) || one.ms - other.ms);
      const verdict = await fateUnder(judges);
      if (verdict.fate !== "survived") return verdict;
    }
    return { fate: "survived" };
  } finally {
    switches.activeMutant = undefined;
  }
}

const plan: ReadonlyArray<Planned> = JSON.parse(readFileSync(join(out, PLAN), "utf8"));
const wanted = new Set<string>(JSON.parse(process.env.MUTANTS_WANTED ?? "null") ?? plan.map(({ id }) => id));
for (const file of globSync([...room.tests]).sort()) await dryRun(file);
switches.judging = true;
for (const mutant of plan) {
  if (!wanted.has(mutant.id)) continue;
  diary({ begin: mutant.id });
  diary({ id: mutant.id, ...(await judge(mutant)) });
}

collector.clear();
collector.test("every mutant has its fate", () => undefined);
