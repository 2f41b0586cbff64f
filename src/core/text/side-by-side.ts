// Does something to many, some of them at the same time, and keeps the order of the answers.

/**
 * Calls `act` for each item, at most `most` at the same time. The answers are in the order of the items. When a call
 * fails, no further one begins; those under way end first, and then this throws the fault of the first that failed.
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  most: number,
  act: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const faults: unknown[] = [];
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      try {
        results[index] = await act(item, index);
      } catch (fault) {
        faults.push(fault);
      }
      if (faults.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
  if (faults.length > 0) throw faults[0];
  return results;
}

/**
 * The same, but items of one key are done one after another, in their order. `keyOf`: what must not be done twice at
 * the same time, such as the id of a user; undefined for an item that disturbs no other.
 */
export async function sideBySideByKey<T, R>(
  items: readonly T[],
  { most, keyOf }: { readonly most: number; readonly keyOf: (item: T) => string | undefined },
  act: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const lines = new Map<unknown, { readonly item: T; readonly index: number }[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item) ?? index;
    lines.set(key, [...(lines.get(key) ?? []), { item, index }]);
  }
  const results: R[] = new Array(items.length);
  await sideBySide([...lines.values()], most, async (line) => {
    for (const { item, index } of line) results[index] = await act(item, index);
  });
  return results;
}
