// The Worker with other times. A test of silent polls would wait for minutes. These times are constants, because nobody
// has a reason to change them in a gateway, so a test gets the same bundle with other numbers in it.

/** Constants of the Worker that a test may change, ms. */
export type Times = Partial<
  Record<
    "POLL_SILENCE_MS" | "POLL_FAILED_WITHIN_MS" | "AFTER_FAILURE_MS" | "LEAST_POLL_MS" | "VERDICT_REUSE_MS",
    number
  >
>;

/** The module with these times. Throws when a constant is not there exactly once. */
export function hurried(worker: string, times: Times): string {
  return Object.entries(times).reduce((module, [name, ms]) => {
    const set = new RegExp(`\\b${name} = [\\d.e]+;`, "g");
    const found = module.match(set)?.length ?? 0;
    if (found !== 1) throw new Error(`${name} is set ${found} times in the bundle`);
    return module.replace(set, `${name} = ${ms};`);
  }, worker);
}
