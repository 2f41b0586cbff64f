// A limit for what cannot be cancelled.

/** What `work` gives, or `late` when it takes longer than `ms`. The work then goes on, and nobody hears of its end. */
export async function within<T, L>(ms: number, work: Promise<T>, late: L): Promise<T | L> {
  const ending = new AbortController();
  work.catch(() => undefined); // nobody may be left to hear it
  try {
    return await Promise.race([work, scheduler.wait(ms, { signal: ending.signal }).then(() => late)]);
  } finally {
    ending.abort();
  }
}
