// How many codes one person makes. The gateway has its own bound; this one keeps a key that is held down from asking
// it.

const PERIOD_MS = 10 * 60_000;
const MOST = 5;
/** More people than use the page within a period. */
const MAX_PEOPLE = 10_000;

/** Whether somebody may make one more code, at `now` (ms). */
export function newRate(): (person: string, now: number) => boolean {
  const made = new Map<string, readonly number[]>();
  return (person, now) => {
    const recent = (made.get(person) ?? []).filter((at) => at > now - PERIOD_MS);
    made.delete(person);
    const may = recent.length < MOST;
    made.set(person, may ? [...recent, now] : recent); // the last in the order of the map
    for (const oldest of made.keys()) {
      if (made.size <= MAX_PEOPLE) break;
      made.delete(oldest);
    }
    return may;
  };
}
