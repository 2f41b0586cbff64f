// Asks many guards, but not all of them at once.

const CALLS_AT_ONCE = 50;

/** Calls `act` for each, some at once, and keeps the order. */
export async function inTurns<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += CALLS_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + CALLS_AT_ONCE).map(act))));
  }
  return results;
}
