// The reason codes of all decisions about a device (S-30). They are stable words for the audit, and no client sees
// them. docs/devices.md explains each. A rule brings its own code, which must differ from all of these.

/** The reasons that `judge` gives when no rule decided. */
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
  "awaiting-own-approval",
  "awaiting-approval",
  "authority-silent",
  "enrolled",
  "default-deny",
] as const;

/** The reasons that `enrol` gives when no rule decided. */
export const ENROLMENT_REASONS = [
  "device-changed",
  "device-expected",
  "enrolment-closed",
  "no-enrolment-window",
  "too-many-devices",
  "awaiting-approval",
  "too-many-waiting",
  "awaiting-own-approval",
  "enrolled",
] as const;

export type JudgementReason = (typeof JUDGEMENT_REASONS)[number];
export type EnrolmentReason = (typeof ENROLMENT_REASONS)[number];

/** Whether it says that the device waits for somebody to approve it. */
export const isWaiting = (reason: string): boolean =>
  reason === "awaiting-approval" || reason === "awaiting-own-approval";

/** All of them, each once. */
export const REASONS: readonly (JudgementReason | EnrolmentReason)[] = [
  ...new Set([...JUDGEMENT_REASONS, ...ENROLMENT_REASONS]),
];
