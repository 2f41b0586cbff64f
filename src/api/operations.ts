// Lists every operation of the API.

import type { Operation } from "./operation.ts";
import { administratorOperations } from "./routes/administrators.ts";
import { auditOperations } from "./routes/audit.ts";
import { backupOperations } from "./routes/backup.ts";
import { deviceListOperations } from "./routes/device-lists.ts";
import { deviceOperations } from "./routes/devices.ts";
import { directoryOperations } from "./routes/directory.ts";
import { directorySyncOperations } from "./routes/directory-sync.ts";
import { invitationOperations } from "./routes/invitations.ts";
import { keyOperations } from "./routes/keys.ts";
import { leaverOperations } from "./routes/leavers.ts";
import { lockOperations } from "./routes/locks.ts";
import { metaOperations } from "./routes/meta.ts";
import { noticeOperations } from "./routes/notices.ts";
import { passwordOperations } from "./routes/passwords.ts";
import { personOperations } from "./routes/person.ts";
import { policyOperations } from "./routes/policy.ts";
import { policyChangeOperations } from "./routes/policy-changes.ts";
import { portalOperations } from "./routes/portal.ts";
import { renameOperations } from "./routes/rename.ts";
import { signInOperations } from "./routes/sign-ins.ts";
import { statisticsOperations } from "./routes/statistics.ts";
import { tokenOperations } from "./routes/tokens.ts";
import { traceOperations } from "./routes/trace.ts";
import { userOperations } from "./routes/users.ts";

/** The order is that of the OpenAPI document. */
export const operations: readonly Operation[] = [
  metaOperations,
  directoryOperations,
  userOperations,
  renameOperations,
  passwordOperations,
  invitationOperations,
  portalOperations,
  personOperations,
  directorySyncOperations,
  leaverOperations,
  deviceListOperations,
  deviceOperations,
  policyOperations,
  policyChangeOperations,
  lockOperations,
  keyOperations,
  auditOperations,
  traceOperations,
  statisticsOperations,
  noticeOperations,
  tokenOperations,
  administratorOperations,
  signInOperations,
  backupOperations,
].flat();
