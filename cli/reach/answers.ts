// The answers of the API. The types are the API's own.

import type * as v from "valibot";
import type { changedPassword, RunningOutAnswer } from "../../src/api/schemas/passwords.ts";
import type { PolicyImpactAnswer } from "../../src/api/schemas/policy.ts";
import type {
  PolicyCheckedAnswer,
  PolicyPreviewedAnswer,
  policyHistoryPage,
} from "../../src/api/schemas/policy-changes.ts";
import type { aliasChanged, renamed, userDeleted } from "../../src/api/schemas/rename.ts";

export type * from "../../src/api/schemas/audit.ts";
export type { ListedDeviceAnswer as ListedDevice } from "../../src/api/schemas/device-list.ts";
export type * from "../../src/api/schemas/devices.ts";
export type * from "../../src/api/schemas/directory.ts";
export type * from "../../src/api/schemas/locks.ts";
export type * from "../../src/api/schemas/passwords.ts";
export type * from "../../src/api/schemas/person.ts";
export type * from "../../src/api/schemas/policy.ts";
export type * from "../../src/api/schemas/policy-changes.ts";
export type * from "../../src/api/schemas/sign-ins.ts";
export type * from "../../src/api/schemas/statistics.ts";
export type * from "../../src/api/schemas/tokens.ts";
export type * from "../../src/api/schemas/users.ts";
export type AliasChanged = v.InferOutput<typeof aliasChanged>;
export type ChangedPassword = v.InferOutput<typeof changedPassword>;
export type EndingPassword = RunningOutAnswer["items"][number];
/** Of a check that asked what it would do to the devices. */
export type PolicyChecked = PolicyCheckedAnswer & { readonly impact: PolicyImpactAnswer };
export type PolicyVersion = v.InferOutput<typeof policyHistoryPage>["items"][number];
export type PreviewedDevice = PolicyPreviewedAnswer["items"][number];
export type Renamed = v.InferOutput<typeof renamed>;
export type UserDeleted = v.InferOutput<typeof userDeleted>;
