// What `npm run lab` prints: one sentence for each thing that it tried, the measurements below it, and how it ended.

import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

const MARK = { passed: "\u001b[32m✓\u001b[0m", failed: "\u001b[31m✗\u001b[0m", skipped: "-", pending: "-" };
const dim = (text: string): string => `\u001b[2m${text}\u001b[0m`;

/** Tests slower than this are shown with their time, ms. */
const WORTH_SAYING_MS = 1_000;

/** The reporter of the lab. */
export default class LabReporter implements Reporter {
  readonly #started = Date.now();

  onTestSuiteReady(suite: TestSuite): void {
    console.log(`\n${suite.name}`);
  }

  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result();
    const duration = test.diagnostic()?.duration ?? 0;
    const time = duration < WORTH_SAYING_MS ? "" : dim(`  ${(duration / 1000).toFixed(1)} s`);
    console.log(`  ${MARK[state]} ${test.name}${time}`);
    for (const { message } of test.annotations()) {
      for (const line of message.split("\n")) console.log(`      ${line}`);
    }
    for (const { message, stack } of errors) console.log(`\n${message}\n${dim(stack ?? "")}\n`);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const count = (state: "passed" | "failed" | "skipped"): number =>
      tests.filter((test) => test.result().state === state).length;
    for (const module of modules) {
      for (const { message, stack } of module.errors()) console.log(`\n${message}\n${dim(stack ?? "")}`);
    }
    const seconds = Math.round((Date.now() - this.#started) / 1000);
    console.log(
      `\n${count("passed")} passed, ${count("failed") + broken} failed, ${count("skipped")} skipped, in ${seconds} s`,
    );
  }
}
