// Which files a mutation run changes and which tests judge them. When a room moves, only this table changes.

/** One room as a mutation run sees it. All paths are patterns from the root of the project. */
export interface Room {
  /** What is changed. Tests, and what only tests use (`test-*.ts`), are left out by themselves. */
  readonly sources: ReadonlyArray<string>;
  /** The tests that have to notice it. They must run in plain Node. */
  readonly tests: ReadonlyArray<string>;
}

/** The pure rooms by name. */
export const ROOMS: Readonly<Record<string, Room>> = {
  // Without two tests that do the same fifty thousand times; one of them measures milliseconds.
  ntlm: { sources: ["src/core/ntlm/*.ts"], tests: ["src/core/ntlm/!(mutation|unpredictable).test.ts"] },
  lockout: {
    sources: ["src/core/lockout/*.ts"],
    tests: ["src/core/lockout/*.test.ts", "src/config/documented-defaults.test.ts"],
  },
  policy: { sources: ["src/core/policy/*.ts"], tests: ["src/core/policy/*.test.ts"] },
  // Without the test that draws thousands of changed messages: the tests that name a change judge.
  proof: { sources: ["src/core/proof/*.ts"], tests: ["src/core/proof/!(mutants).test.ts"] },
  // check.ts and unknown-tickets.ts ask Durable Objects: tests in workerd prove them.
  ticket: { sources: ["src/ticket/{envelope,presented,verdicts}.ts"], tests: ["src/ticket/*.test.ts"] },
  canonical: {
    sources: ["src/core/http/{canonical,misread-path}.ts"],
    tests: ["src/core/http/{canonical,misread-path}.test.ts"],
  },
  publish: {
    sources: ["src/core/http/publish.ts"],
    tests: ["src/core/http/publish.test.ts", "test/conformance/published-page.test.ts"],
  },
};
