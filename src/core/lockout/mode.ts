// Reads how the lockout is set up for this deployment. The Worker and its guards use the same reading.

import { DEFAULT_LIMITS, type Limits, parseLimits } from "./limits.ts";

/** The variables of the lockout. */
export type LockoutEnv = { readonly LOCKOUT?: string; readonly LOCKOUT_LIMITS?: string };

export type Lockout = {
  /** In a dry run everything is counted and nothing is refused. The audit says what would have been refused (S-26). */
  readonly dryRun: boolean;
  readonly limits: Limits;
};

/** Reads both variables. Faults come back as sentences with their fix. */
export function readLockout(env: LockoutEnv): { readonly lockout: Lockout } | { readonly faults: readonly string[] } {
  const mode = env.LOCKOUT ?? "enforce";
  const read = parseLimits(env.LOCKOUT_LIMITS ?? "");
  const faults = "faults" in read ? [...read.faults] : [];
  if (mode !== "enforce" && mode !== "report") {
    faults.push(
      `LOCKOUT is "${mode}"; it must be "enforce" (default) or "report", which refuses nobody and writes what it would have refused into the audit.`,
    );
  }
  return faults.length > 0 || "faults" in read
    ? { faults }
    : { lockout: { dryRun: mode === "report", limits: read.limits } };
}

/**
 * For a guard. Wrong variables need no error here, because the Worker then refuses to serve at all. A variable that is
 * not text counts as absent.
 */
export function lockoutOf({ LOCKOUT, LOCKOUT_LIMITS }: LockoutEnv): Lockout {
  const read = readLockout({
    ...(typeof LOCKOUT === "string" ? { LOCKOUT } : {}),
    ...(typeof LOCKOUT_LIMITS === "string" ? { LOCKOUT_LIMITS } : {}),
  });
  return "lockout" in read ? read.lockout : { dryRun: false, limits: DEFAULT_LIMITS };
}
