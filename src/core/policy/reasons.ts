// The reason codes of everything that is decided about a device (S-30): stable words for the audit, never seen outside.
// docs/devices.md explains each; a rule has a code of its own, which may be none of these.

/** What `judge` may give as the reason when no rule decided. */
export const JUDGEMENT_REASONS = [
  "user-disabled",
  "password-revoked",
  "device-of-another-user",
  "device-changed",
  "device-unproved",
  "no-address-book",
  "device-unnamed",
  "device-blocked",
  "key-awaiting-approval",
  "device-expired",
  "device-pending",
  "device-approved",
  "awaiting-approval",
  "enrolled",
  "default-deny",
] as const;

/** What `enrol` may give as the reason when no rule decided. */
export const ENROLMENT_REASONS = [
  "device-changed",
  "device-expected",
  "enrolment-closed",
  "no-enrolment-window",
  "too-many-devices",
  "awaiting-approval",
  "enrolled",
] as const;

export type JudgementReason = (typeof JUDGEMENT_REASONS)[number];
export type EnrolmentReason = (typeof ENROLMENT_REASONS)[number];

/** All of them, each once. */
export const REASONS: readonly (JudgementReason | EnrolmentReason)[] = [
  ...new Set([...JUDGEMENT_REASONS, ...ENROLMENT_REASONS]),
];
