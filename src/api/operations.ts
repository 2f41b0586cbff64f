// Every operation of the API.

import type { Operation } from "./operation.ts";
import { lockOperations } from "./routes/locks.ts";

/** In the order of the OpenAPI document. */
export const operations: readonly Operation[] = [...lockOperations];
