// What a user's guard has to know about its user to judge devices. It is a snapshot of the user's row in D1.

import type { EnrolmentMode } from "./types.ts";

/** The facts about a user on which decisions about devices depend. */
export type Subject = {
  readonly userId: string;
  readonly sipUri: string;
  readonly disabled: boolean;
  /** Words that rules match on. */
  readonly groups: readonly string[];
  /** Null: as the policy says. */
  readonly enrolment: EnrolmentMode | null;
  /** Null: as the policy says. */
  readonly maxDevices: number | null;
  /** Until when the enrolment window is open, ms. Null if no window was ever opened. */
  readonly windowUntil: number | null;
  /** Grows with each change of the row. A guard never replaces a snapshot by one with a lower revision. */
  readonly revision: number;
  /** The account's SID: every ticket of the user must be for it. Null: nobody knows it before the first ticket. */
  readonly sid: string | null;
};
