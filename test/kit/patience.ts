// How long tests wait for what comes by itself, such as a line of the log.

/** For `vi.waitFor`, ms. A busy machine may need long, and a test that passes waits for none of it. */
export const PATIENCE = { timeout: 60_000, interval: 20 } as const;
