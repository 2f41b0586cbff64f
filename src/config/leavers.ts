// After how many days people are erased whom the directory let go (S-79).

/** The shortest time, days. A week before it comes to that, `health` says whom it is about. */
const LEAST_DAYS = 14;
const MOST_DAYS = 3_650;
/** The word for erasing nobody. */
const NEVER = "never";

/** The variable. */
export type LeaversEnv = { readonly LEAVERS_ERASED_AFTER_DAYS?: string };

/** The number of days; undefined: nobody is erased. Adds a fault, a sentence with its fix. */
export function readLeavers(env: LeaversEnv, faults: string[]): number | undefined {
  const text = (env.LEAVERS_ERASED_AFTER_DAYS ?? NEVER).trim();
  if (text === NEVER) return undefined;
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days >= LEAST_DAYS && days <= MOST_DAYS) return days;
  faults.push(
    `LEAVERS_ERASED_AFTER_DAYS is "${text}"; it must be a number of days from ${LEAST_DAYS} to ${MOST_DAYS}, or "${NEVER}" (default).`,
  );
  return undefined;
}
