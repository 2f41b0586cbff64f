// Every operation of the API.

import type { Operation } from "./operation.ts";
import { directoryOperations } from "./routes/directory.ts";
import { lockOperations } from "./routes/locks.ts";
import { passwordOperations } from "./routes/passwords.ts";
import { renameOperations } from "./routes/rename.ts";

/** In the order of the OpenAPI document. */
export const operations: readonly Operation[] = [
  directoryOperations,
  renameOperations,
  passwordOperations,
  lockOperations,
].flat();
