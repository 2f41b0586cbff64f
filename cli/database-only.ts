// For a change that should apply at once when the gateway cannot be reached. D1 has the change, so it applies to every
// later sign-in. The guards, which keep tickets, do not know it yet. To tell them, the operator runs the same command
// again.

import { CliFault } from "./fault.ts";

/** The fault of it. `done`: what D1 says now. `open`: what that leaves. `silence`: why the gateway could not be asked. */
export function databaseOnly(done: string, open: string, silence: CliFault): CliFault {
  const again = `${silence.fix}\nThen give this command again: until then the audit has nothing of it either.`;
  const message = `${done}, but only in the database: ${silence.message}`;
  return new CliFault("failure", message, `${open}\n${again}`, { databaseOnly: true });
}

/** What is left when a sign-in is refused and its tickets are not. */
export const TICKETS_LIVE_ON =
  "Sign-ins are refused from now on. Tickets that were given out before live on until they expire, some eight hours.";
