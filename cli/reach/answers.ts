// PROVISIONAL: what the API answers, until its own schemas are there.
import type {
  ContestAnswer,
  PartnershipAnswer,
  PolicyImpactAnswer,
  PolicySpreadAnswer,
} from "../../src/api/answers.ts";
import type {
  DeviceAnswer,
  DeviceChangedAnswer,
  DeviceKeyAnswer,
  PasswordRevokedAnswer,
  WhyAnswer,
  WindowAnswer,
} from "../../src/api/device-answers.ts";
import type { AuditPurgedAnswer, ErasedAnswer, PersonAnswer } from "../../src/api/person-answers.ts";
import type { PolicyChange } from "../../src/core/policy/diff.ts";
import type { Policy } from "../../src/core/policy/types.ts";

export type * from "../../src/api/answers.ts";
export type ListedDevice = PartnershipAnswer;
export type Contest = ContestAnswer;
export type Device = DeviceAnswer;
export type DeviceKey = DeviceKeyAnswer;
export type DeviceChanged = DeviceChangedAnswer;
export type Why = WhyAnswer;
export type Window = WindowAnswer;
export type PasswordRevoked = PasswordRevokedAnswer;
export type Person = PersonAnswer;
export type Erased = ErasedAnswer;
export type AuditPurged = AuditPurgedAnswer;
export type PolicyImpact = PolicyImpactAnswer;
export type PolicySpread = PolicySpreadAnswer;
export type By = { readonly id: string; readonly name: string | null; readonly kind: string };
export type PolicyVersion = {
  readonly version: number;
  readonly appliedAt: string | null;
  readonly by: By | null;
  readonly why: string | null;
};
export type PolicyShown = PolicyVersion & { readonly policy: Policy; readonly text: string | null };
export type PolicyApplied = { readonly version: number };
export type PolicyChecked = {
  readonly version: number;
  readonly changes: readonly PolicyChange[];
  readonly impact: PolicyImpact;
};
export type PreviewedDevice = {
  readonly user: string;
  readonly id: string;
  readonly key: string | null;
  readonly facts: Device["facts"];
  readonly before: "allow" | "block" | "quarantine";
  readonly after: "allow" | "block" | "quarantine";
  readonly reason: string;
};
export type PolicyPreviewed = {
  readonly version: number;
  readonly inUse: number;
  readonly items: readonly PreviewedDevice[];
  readonly next: string | null;
};
export type ListedUser = {
  readonly id: string;
  readonly sipUri: string;
  readonly account: string;
  readonly upn: string | null;
  readonly displayName: string | null;
  readonly groups: readonly string[];
  readonly enrolment: string | null;
  readonly maxDevices: number | null;
  readonly windowUntil: string | null;
  readonly createdAt: string;
  readonly disabledAt: string | null;
};
export type User = ListedUser & { readonly names: readonly { readonly name: string; readonly kind: string }[] };
export type Renamed = {
  readonly id: string;
  readonly sipUri: string;
  readonly upn: string | null;
  readonly account: string;
  readonly changed: boolean;
  readonly released: readonly string[];
  readonly inPolicy: boolean;
};
export type AliasChanged = { readonly user: string; readonly alias: string; readonly changed: boolean };
export type PersonAudit = { readonly events: readonly unknown[]; readonly next: string | null };
export type AppPassword = {
  readonly id: string;
  readonly user: string;
  readonly label: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  readonly state: string;
};
export type NewAppPassword = AppPassword & { readonly password: string; readonly userDisabled?: boolean };
export type Token = {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly createdAt: string;
  readonly createdBy: By | null;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
};
export type NewToken = Token & { readonly token: string };
export type Administrator = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly createdAt: string;
  readonly disabledAt: string | null;
};
export type Whoami = {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly scope: string;
  readonly expiresAt: string | null;
};
export type Health = { readonly status: string; readonly checks?: Readonly<Record<string, unknown>> };
export type AuditEvent = {
  readonly at: string;
  readonly user: string | null;
  readonly userId: string | null;
  readonly outcome: string;
  readonly reason: string;
  readonly source: string;
  readonly channel: string;
  readonly device: string | null;
  readonly workstation: string;
  readonly userAgent: string;
  readonly repeats: number | null;
  readonly wouldRefuse: string | null;
  readonly by: By | null;
  readonly why: string | null;
  readonly change?: unknown;
  readonly requestId: string | null;
};
export type AppPasswords = { readonly user: string; readonly items: readonly AppPassword[] };
export type EndingPassword = Pick<AppPassword, "id" | "label" | "user" | "lastUsedAt"> & { readonly expiresAt: string };
