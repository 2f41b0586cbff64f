// The stable words of warnings. The command knows them as well, so nothing of the Worker is imported here.

/** Every warning that there is. */
export const WARNINGS = [
  "sign-on-none",
  "directory-brake",
  "directory-stale",
  "sign-on-simulated",
  "sign-on-sts",
  "plain-http",
  "lockout-report",
  "one-connector",
  "audit-forever",
  "bootstrap-keys",
  "old-key",
  "token-key-ends",
  "key-gone-early",
  "passkeys-of-another-name",
  "no-administrator",
  "portal-rp-id",
  "mail-waits",
  "mail-failed",
  "authority-silent",
  "authority-missing",
  "unknown-variable",
  "pool-not-served",
  "probe-failing",
  "probe-stale",
  "probe-ping",
  "leavers-erased-soon",
  "leavers-wait",
  "leavers-many",
] as const;
export type WarningCode = (typeof WARNINGS)[number];
