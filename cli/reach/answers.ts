// The answers of the API by the names that commands use. The types are the API's own.

import type * as v from "valibot";
import type { changedPassword, RunningOutAnswer } from "../../src/api/schemas/passwords.ts";
import type { PolicyAnswer, PolicyImpactAnswer } from "../../src/api/schemas/policy.ts";
import type { aliasChanged, renamed, userDeleted } from "../../src/api/schemas/rename.ts";
import type { PolicyChange } from "../../src/core/policy/diff.ts";

export type {
  DeviceAnswer as Device,
  DeviceChangedAnswer as DeviceChanged,
  DeviceKeyAnswer as DeviceKey,
  PasswordRevokedAnswer as PasswordRevoked,
  WhyAnswer as Why,
} from "../../src/api/schemas/devices.ts";
export type { UserAnswer as ListedUser, WholeUserAnswer as User } from "../../src/api/schemas/directory.ts";
export type {
  MadePasswordAnswer as NewAppPassword,
  PasswordAnswer as AppPassword,
  PasswordsAnswer as AppPasswords,
} from "../../src/api/schemas/passwords.ts";
export type {
  AuditPurgedAnswer as AuditPurged,
  ErasedAnswer as Erased,
  PersonAnswer as Person,
  PersonAuditAnswer as PersonAudit,
} from "../../src/api/schemas/person.ts";
export type {
  ContestAnswer as Contest,
  PartnershipAnswer as ListedDevice,
  PolicyAppliedAnswer as PolicyApplied,
  PolicyImpactAnswer as PolicyImpact,
  PolicySpreadAnswer as PolicySpread,
} from "../../src/api/schemas/policy.ts";
export type { UserChangedAnswer as UserChanged, WindowAnswer as Window } from "../../src/api/schemas/users.ts";
export type ChangedPassword = v.InferOutput<typeof changedPassword>;
export type EndingPassword = RunningOutAnswer["items"][number];
export type Renamed = v.InferOutput<typeof renamed>;
export type AliasChanged = v.InferOutput<typeof aliasChanged>;
export type UserDeleted = v.InferOutput<typeof userDeleted>;

// PROVISIONAL
export type By = { readonly id: string; readonly name: string | null; readonly kind: string };
export type PolicyVersion = {
  readonly version: number;
  readonly appliedAt: string | null;
  readonly by: string | null;
  readonly why: string | null;
};
export type PolicyShown = PolicyAnswer;
export type PolicyChecked = {
  readonly version: number;
  readonly changes: readonly PolicyChange[];
  readonly impact: PolicyImpactAnswer;
};
export type PreviewedDevice = {
  readonly user: string;
  readonly id: string;
  readonly key: string | null;
  readonly facts: PolicyImpactAnswer["examples"][number]["facts"];
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
