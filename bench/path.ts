// A path whose operations are counted, and what it may use.

import type { Answer } from "./client.ts";

/** What one path used. Rows are those of the guard's storage; an alarm that is set counts as a row written. */
export type Operations = {
  readonly guardRequests: number;
  readonly alarms: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly d1Queries: number;
  readonly d1RowsRead: number;
  readonly d1RowsWritten: number;
  readonly frontEnd: number;
};

/**
 * One path: what is sent, the status that proves it took that path, and what it may use at most. What a limit leaves
 * out may not be used at all, except alarms and Front-End requests.
 */
export type Path = {
  readonly name: string;
  readonly status: number;
  readonly send: () => Promise<Answer>;
  readonly limit: Partial<Operations>;
  /** What its alarms may use, seconds later, which are waited for: they take the audit to D1. */
  readonly later?: Partial<Operations>;
};
