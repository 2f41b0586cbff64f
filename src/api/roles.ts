// What each scope may do. Every operation is checked against this table. docs/api.md shows it, and a test compares the
// two.

import { API_SCOPES, type ApiScope } from "../core/credentials/api-scopes.ts";

/**
 * The least of the ordered scopes that may do an operation, and the scopes of programs that may do it as well. `any`:
 * every scope may.
 */
export type Needed = "any" | Rung | readonly [Rung, ...Program[]];
type Rung = "read" | "helpdesk" | "admin";
type Program = "directory" | "metrics" | "backup";

const LADDER: readonly ApiScope[] = ["read", "helpdesk", "admin"];

/** Whether a caller of this scope may do an operation with that need. */
export function mayDo(scope: ApiScope, needed: Needed): boolean {
  if (needed === "any") return true;
  const [least, ...programs] = typeof needed === "string" ? ([needed] as const) : needed;
  const rung = LADDER.indexOf(scope);
  return rung < 0 ? programs.some((program) => program === scope) : rung >= LADDER.indexOf(least);
}

/** The scopes that may do an operation, in the order of the list. */
export const allowedScopes = (needed: Needed): ApiScope[] => API_SCOPES.filter((scope) => mayDo(scope, needed));
