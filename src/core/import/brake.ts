// Whether an import may disable who is not in the file. Pure.

import type { Reading } from "./person.ts";
import type { KnownUser } from "./plan.ts";

/** More than so many at once is disabled only when that is confirmed. */
export const MOST_DISABLED = 20;
/** The same for this share of the users who may sign in. */
export const MOST_DISABLED_SHARE = 0.05;

/** Why nobody is disabled. `unreadable`: a line may mean anybody. `many`: it needs to be confirmed. */
export type Brake =
  | { readonly code: "unreadable"; readonly line: number }
  | { readonly code: "many"; readonly count: number; readonly active: number };

/** Asks whether `missing` users may be disabled. Undefined: they may. */
export function brakeOf(
  { readings, users }: { readonly readings: readonly Reading[]; readonly users: readonly KnownUser[] },
  missing: number,
  confirmed: boolean,
): Brake | undefined {
  for (const one of readings) {
    if (one.kind === "unusable" && one.unusable.keys.length === 0) {
      return { code: "unreadable", line: one.unusable.line };
    }
  }
  const active = users.filter(({ disabledAt }) => disabledAt === null).length;
  if (confirmed || (missing <= MOST_DISABLED && missing <= active * MOST_DISABLED_SHARE)) return undefined;
  return { code: "many", count: missing, active };
}
