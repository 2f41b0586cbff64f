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

export type { UserAnswer as ListedUser, WholeUserAnswer as User } from "../../src/api/schemas/directory.ts";
export type {
  MadePasswordAnswer as NewAppPassword,
  PasswordAnswer as AppPassword,
  PasswordsAnswer as AppPasswords,
} from "../../src/api/schemas/passwords.ts";

import type * as v from "valibot";
import type { changedPassword, RunningOutAnswer } from "../../src/api/schemas/passwords.ts";
import type { aliasChanged, renamed, userDeleted } from "../../src/api/schemas/rename.ts";
export type ChangedPassword = v.InferOutput<typeof changedPassword>;
export type EndingPassword = RunningOutAnswer["items"][number];
export type Renamed = v.InferOutput<typeof renamed>;
export type AliasChanged = v.InferOutput<typeof aliasChanged>;
export type UserDeleted = v.InferOutput<typeof userDeleted>;
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
export type PersonAudit = { readonly events: readonly unknown[]; readonly next: string | null };
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
