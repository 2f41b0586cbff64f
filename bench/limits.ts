// What several kinds of paths may use, and how long what follows a request takes. A limit is what was measured, and
// some rows more for what the moment decides: whether an alarm is set already, and whether an object was asleep.

import { FLUSH_AFTER_MS } from "../src/audit/cadence.ts";
import type { Operations } from "./path.ts";

export const NOTHING = { guardRequests: 0, rowsRead: 0, rowsWritten: 0, d1Queries: 0, d1RowsRead: 0, d1RowsWritten: 0 };
/** An object that was asleep reads its user's snapshot and devices: once, until it sleeps again. */
export const LOADED = 6;
/** An object that is awake reads no row: the ticket, its device and the application are in memory. */
export const TICKETED = { guardRequests: 1 };
/**
 * The alarm of the user's or of the network's guard, or both, and a refusal in D1 with its indexes. Once in ten minutes
 * the alarm reads every row for what has expired.
 */
export const REFUSAL_AUDITED = { alarms: 2, rowsRead: 50, rowsWritten: 5, d1Queries: 1, d1RowsWritten: 7 };
/** The event of a device is in two indexes more: of the device and of its id. */
export const DEVICE_AUDITED = { ...REFUSAL_AUDITED, d1RowsWritten: 8 };
/**
 * The same when a device was let in, or waits for its approval: of that people get mail. A statement beside the event
 * queues it, or finds that the person has no mail address, as here.
 */
export const TOLD_OF_DEVICE = { ...DEVICE_AUDITED, d1Queries: 2, d1RowsRead: 6 };
/** The same of a sign-in; with the last use of its app password, which is written once an hour. */
export const SIGN_IN_AUDITED = { ...REFUSAL_AUDITED, d1Queries: 2, d1RowsRead: 1, d1RowsWritten: 5 };

/**
 * A path makes three events at most, and D1 counts each: three rows read and one written, two for the first of a kind.
 */
export const withCounts = (later: Partial<Operations>): Partial<Operations> => ({
  ...later,
  d1RowsRead: (later.d1RowsRead ?? 0) + 3 * 3,
  d1RowsWritten: (later.d1RowsWritten ?? 0) + 3,
});

/** By when the alarms have rung that take the audit to D1, ms. */
export const ALARMS_RUNG_MS = FLUSH_AFTER_MS + 1_000;
