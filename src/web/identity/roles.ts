// Which role the claims of a person give. Pure.

import { type AdministratorRole, API_SCOPES, ROLES } from "../../core/credentials/api-scopes.ts";
import { ok, type Result, refuse } from "../../core/result.ts";
import type { Claims } from "./identity.ts";

/** Where a role is read from (CONSOLE_ROLES_CLAIM) and which value gives which (CONSOLE_ROLES). */
export type RoleMapping = {
  /** The name of a claim; or a path with dots, such as `realm_access.roles`. */
  readonly claim: string;
  readonly byValue: ReadonlyMap<string, AdministratorRole>;
};

/** `groups-left-out`: the provider says that the person is in too many groups for its token. */
export type RoleFault = "no-role" | "groups-left-out";

/** The highest role that the person's values give. */
export function roleOf(claims: Claims, { claim, byValue }: RoleMapping): Result<AdministratorRole, RoleFault> {
  const value = claimAt(claims, claim);
  const roles = valuesOf(value).flatMap((each) => byValue.get(each) ?? []);
  const [highest] = roles.toSorted((a, b) => rank(b) - rank(a));
  if (highest !== undefined) return ok(highest);
  return refuse(value === undefined && wasLeftOut(claims, claim) ? "groups-left-out" : "no-role");
}

/** Whether the claims have anything at that place. */
export const hasClaim = (claims: Claims, claim: string): boolean => (claimAt(claims, claim) ?? undefined) !== undefined;

const rank = (role: AdministratorRole): number => API_SCOPES.indexOf(ROLES[role]);

/** The claim of that whole name, which may contain dots (`https://contoso.com/roles`), or else the one at that path. */
export function claimAt(claims: Claims, claim: string): unknown {
  if (Object.hasOwn(claims, claim)) return claims[claim];
  let at: unknown = claims;
  for (const part of claim.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = Reflect.get(at, part);
  }
  return at;
}

/** A list is taken value by value. A text may be one value, or several with commas or spaces between. */
function valuesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.filter((each) => typeof each === "string");
  return typeof value === "string" ? [value, ...value.split(/[\s,]+/)] : [];
}

/**
 * Entra ID leaves the groups out of a token when there are more than 200, and says so (`_claim_names`, `hasgroups`).
 */
function wasLeftOut(claims: Claims, claim: string): boolean {
  const names = claims._claim_names;
  return (typeof names === "object" && names !== null && Object.hasOwn(names, claim)) || claims.hasgroups === true;
}
