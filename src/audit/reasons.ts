// Every reason that an event may have: a closed list of stable words. docs/audit.md explains each, and a test compares
// the two. To add a reason, write it here and in the table there; code that uses any other reason does not compile.

import type { EnrolmentReason, JudgementReason } from "../core/policy/reasons.ts";
import type { RuleCode } from "../core/policy/types.ts";

/** Of `signed-in`: the kind of ticket, or that it was the portal. */
const SIGNED_IN_REASONS = ["saml", "cwt", "no-ticket", "portal-signed-in"] as const;

/** Of `refused`, on the channels that take a credential. */
const REFUSED_REASONS = [
  "wrong-proof",
  "wrong-password",
  "unknown-user",
  "invitation-refused",
  "approval-waiting",
  "approval-declined",
  "approval-wrong-number",
  "approval-expired",
  "passive-no-account",
  "passive-sid-shared",
  "revoked-password",
  "expired-password",
  "code-missing",
  "code-wrong",
  "code-used",
  "code-waiting",
  "user-disabled",
  "passive-required",
  "passive-not-allowed",
  "passive-too-many",
  "passive-unknown",
  "passive-expired",
  "passive-repeated",
  "passive-altered",
  "passive-other-browser",
  "passive-other-cookies",
  "repeated",
  "password-too-long",
  "proof-malformed",
  "proof-stale",
  "proof-repeated",
  "key-unknown",
  "key-ended",
  "key-waiting",
  "anonymous",
  "wrong-conference-key",
  "not-a-token-request",
  "address-of-another",
  "waiting",
  "strangers-waiting",
  "network-waiting",
  "ntlm-v1",
  "lm-only",
  "mic-missing",
  "mic-wrong",
  "target-of-another-service",
  "wrong-channel-binding",
  "bad-session-key",
  "bad-response",
  "challenge-not-ntlm-v2",
  "challenge-expired",
  "challenge-future",
  "challenge-replayed",
  "challenge-no-token",
  "challenge-two-tokens",
  "challenge-broken",
  "challenge-unknown-key",
] as const;

/** Of `failed`. */
const FAILED_REASONS = [
  "sign-on-not-configured",
  "sign-on-no-upn",
  "sign-on-unknown-user",
  "sign-on-unreachable",
  "sign-on-overloaded",
  "sign-on-rejected",
  "sts-not-configured",
  "sts-no-sid",
  "sts-sid-shared",
  "sts-no-soap",
  "sts-unreachable",
  "sts-redirect-unexpected",
  "sts-token-refused",
  "sts-grant-refused",
  "sts-user-unknown-to-pool",
  "front-end-unreachable",
  "answer-too-large",
  "answer-not-utf-8",
  "answer-byte-order-mark",
  "answer-without-ticket",
  "ticket-of-another-user",
  "ended-meanwhile",
  "passive-not-accepted",
  "passive-no-token",
  "app-password-unknown-key",
  "app-password-broken",
  "internal",
] as const;

/** Reasons of changes that an administrator or the clock made. */
const CHANGE_REASONS = [
  "device-approved",
  "device-approved-by-owner",
  "device-blocked",
  "device-blocked-by-owner",
  "device-forgotten",
  "device-forgotten-by-owner",
  "device-expected",
  "device-id-given-up",
  "device-key-added",
  "device-key-approved",
  "device-keys-reset",
  "device-expired",
  "authority-answered",
  "password-created",
  "password-renewed",
  "password-changed",
  "password-revoked",
  "user-created",
  "user-disabled",
  "user-enabled",
  "user-groups",
  "user-enrolment",
  "user-max-devices",
  "user-window",
  "user-name",
  "user-upn",
  "user-details",
  "user-linked",
  "directory-state",
  "directory-adoption",
  "directory-brake",
  "directory-unlinked",
  "policy-applied",
  "locks-cleared",
  "audit-purged",
  "notice-tested",
  "token-created",
  "token-revoked",
  "administrator-created",
  "administrator-changed",
  "administrator-deleted",
  "administrator-invited",
  "passkey-removed",
  "sessions-ended",
  "break-glass-used",
  "administrator-signed-in",
  "passkey-added",
  "user-erased",
  "user-renamed",
  "user-alias-added",
  "user-alias-removed",
  "user-deleted",
  "user-invited",
  "invitation-used",
  "invitation-withdrawn",
  "passive-token-issued",
] as const;

/** Reasons of changes that only the portal makes. `passkey-added` and `passkey-removed` are the console's as well. */
export const PORTAL_REASONS = [
  "totp-added",
  "totp-removed",
  "passphrase-changed",
  "recovery-codes-made",
  "recovery-code-used",
  "portal-signed-out",
  "portal-locked",
  "portal-session-ended",
  "certificate-left",
  "reported-not-me",
  "data-exported",
  "identity-linked",
  "sign-in-approved",
] as const;

/** Reasons of changes that keep data, or bring it back. */
export const KEEPING_REASONS = [
  "user-kept",
  "backup-begun",
  "backup-finished",
  "restore-begun",
  "restore-finished",
  "user-restored",
  "user-reconciled",
] as const;

/** By outcome, as docs/audit.md lists them. Those about a device are in policy/reasons.ts and docs/devices.md. */
export const REASONS_BY_OUTCOME = {
  "signed-in": SIGNED_IN_REASONS,
  refused: REFUSED_REASONS,
  failed: FAILED_REASONS,
  changed: [...CHANGE_REASONS, ...PORTAL_REASONS, ...KEEPING_REASONS],
} as const;

/** The Front-End's own status, which the client got as well: `front-end-500`. */
type StatusReason = `front-end-${number}`;

/** The reason of `user set`: what was changed, joined in this order, such as `user-groups-window`. */
export type UserSettingsReason = Exclude<
  `user${"" | "-groups"}${"" | "-enrolment"}${"" | "-max-devices"}${"" | "-window"}${"" | "-name"}${"" | "-upn"}${"" | "-details"}`,
  "user"
>;

/** The reason of an event. When a rule of the policy decided, the reason is the rule's code. */
export type AuditReason =
  | (typeof REASONS_BY_OUTCOME)[keyof typeof REASONS_BY_OUTCOME][number]
  | StatusReason
  | UserSettingsReason
  | JudgementReason
  | EnrolmentReason
  | RuleCode;
