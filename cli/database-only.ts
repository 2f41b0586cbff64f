// A change that was to hold at once, and that the gateway could not be asked for: D1 has it, so each later sign-in goes by it,
// and the guards, which keep tickets, do not know of it. The same command, given again, tells them.

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
