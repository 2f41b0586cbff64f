// The answers of the API by the names that commands use. The types are the API's own.

import type * as v from "valibot";
import type { listedDevice } from "../../src/api/schemas/device-list.ts";
import type { changedPassword, RunningOutAnswer } from "../../src/api/schemas/passwords.ts";
import type { PolicyPreviewedAnswer, policyChecked, policyHistoryPage } from "../../src/api/schemas/policy-changes.ts";
import type { aliasChanged, renamed, userDeleted } from "../../src/api/schemas/rename.ts";

export type { AuditEventAnswer as AuditEvent } from "../../src/api/schemas/audit.ts";
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
  PolicyAnswer as PolicyShown,
  PolicyAppliedAnswer as PolicyApplied,
  PolicyImpactAnswer as PolicyImpact,
  PolicySpreadAnswer as PolicySpread,
} from "../../src/api/schemas/policy.ts";
export type {
  AdministratorAnswer as Administrator,
  HealthAnswer as Health,
  MadeTokenAnswer as NewToken,
  TokenAnswer as Token,
  WhoamiAnswer as Whoami,
} from "../../src/api/schemas/tokens.ts";
export type { UserChangedAnswer as UserChanged, WindowAnswer as Window } from "../../src/api/schemas/users.ts";
export type AliasChanged = v.InferOutput<typeof aliasChanged>;
export type ChangedPassword = v.InferOutput<typeof changedPassword>;
export type EndingPassword = RunningOutAnswer["items"][number];
export type ListedDevice = v.InferOutput<typeof listedDevice>;
export type PolicyChecked = v.InferOutput<typeof policyChecked>;
export type PolicyPreviewed = PolicyPreviewedAnswer;
export type PolicyVersion = v.InferOutput<typeof policyHistoryPage>["items"][number];
export type PreviewedDevice = PolicyPreviewedAnswer["items"][number];
export type Renamed = v.InferOutput<typeof renamed>;
export type UserDeleted = v.InferOutput<typeof userDeleted>;
