// How much the property and fuzz tests draw. A contributor wants an answer in seconds, so `npm test` draws a tenth.
// With `POSTERN_LONG_RUNS=1`, which `.ci/run` sets, they draw everything.

/** Whether this is a long run. vitest.config.ts hands the variable to every project, to workerd too. */
export const LONG_RUNS = process.env.POSTERN_LONG_RUNS === "1";

/**
 * How many draws of a property this run makes: `long` in a long run, otherwise a tenth of it, and at least a hundred.
 */
export const runs = (long: number): number => (LONG_RUNS ? long : Math.min(long, Math.max(100, Math.ceil(long / 10))));
