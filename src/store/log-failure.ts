// The log line of what failed unforeseen. A database without its tables is told apart: that is mended by one command.

import { logEvent } from "../audit/log.ts";
import { isUnmigrated } from "./database.ts";

const UNMIGRATED =
  "DB does not have the tables of this version. Run `npx wrangler d1 migrations apply DB --remote --env production`, before each deployment of a new version.";

/** Writes the line; `reason` says what was being done. */
export function logFailure(reason: string, fault: unknown): void {
  if (isUnmigrated(fault)) {
    logEvent({ event: "configuration", detail: UNMIGRATED });
    return;
  }
  // The cause where there is one: drizzle puts the query's parameters into its own message, and one of them is a typed name.
  const cause = fault instanceof Error && fault.cause !== undefined ? fault.cause : fault;
  logEvent({ event: "unavailable", reason, detail: String(cause) });
}
