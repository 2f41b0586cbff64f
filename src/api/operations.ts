// Every operation of the API.

import type { Operation } from "./operation.ts";
import { auditOperations } from "./routes/audit.ts";
import { deviceListOperations } from "./routes/device-lists.ts";
import { deviceOperations } from "./routes/devices.ts";
import { lockOperations } from "./routes/locks.ts";
import { personOperations } from "./routes/person.ts";
import { policyOperations } from "./routes/policy.ts";
import { policyChangeOperations } from "./routes/policy-changes.ts";
import { userOperations } from "./routes/users.ts";

/** In the order of the OpenAPI document. */
export const operations: readonly Operation[] = [
  ...userOperations,
  ...personOperations,
  ...deviceListOperations,
  ...deviceOperations,
  ...policyOperations,
  ...policyChangeOperations,
  ...lockOperations,
  ...auditOperations,
];
