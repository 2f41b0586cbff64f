// Which known name a misspelt one was probably meant to be.

/**
 * The known name that takes the fewest changed characters; undefined when none is near. Upper and lower case are alike.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const sought = name.slice(0, 64).toUpperCase();
  const [best] = known
    .map((each) => ({ each, changes: changesBetween(sought, each) }))
    .filter(({ each, changes }) => changes <= Math.max(1, Math.floor(each.length / 3)))
    .toSorted((a, b) => a.changes - b.changes);
  return best?.each;
}

/** How many changed characters a slip of the hand makes at most. */
const SLIP = 2;

/** Whether a name is most likely a slip: with two changed characters at most it is a known name. */
export function isSlipOf(name: string, known: readonly string[]): boolean {
  const typed = name.slice(0, 64).toUpperCase();
  return known.some((each) => changesBetween(typed, each) <= SLIP);
}

/** How many characters have to be put in, taken out or changed (Levenshtein's distance). */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [above, character] of [...from].entries()) {
    const next = [above + 1];
    for (let at = 1; at <= to.length; at++) {
      const changed = (row[at - 1] ?? 0) + (to[at - 1] === character ? 0 : 1);
      next.push(Math.min(changed, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
