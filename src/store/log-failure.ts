// Writes the log line for a failure that nobody expected. It tells apart a database without its tables, because one
// command mends that.

import { logEvent } from "../audit/log.ts";
import { isUnmigrated } from "./database.ts";

const UNMIGRATED =
  "DB does not have the tables of this version. Run `npx wrangler d1 migrations apply DB --remote --env production`, before each deployment of a new version.";

/** Writes the line. `reason`: what Postern was doing. `requestId`: in which request, where there was one. */
export function logFailure(reason: string, fault: unknown, requestId?: string): void {
  if (isUnmigrated(fault)) {
    logEvent({ event: "configuration", detail: UNMIGRATED });
    return;
  }
  // drizzle's own message has the parameters of the query, and one of them may be a typed name. So the line has the
  // cause's message, if there is a cause.
  const cause = fault instanceof Error && fault.cause !== undefined ? fault.cause : fault;
  logEvent({ event: "unavailable", reason, ...(requestId && { requestId }), detail: String(cause) });
}
