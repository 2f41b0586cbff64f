// What a user's guard has to know of its user to judge devices: a snapshot of the row in D1.

import type { EnrolmentMode } from "./types.ts";

/** A user, as the decisions about devices see one. */
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
  /** ms; null: no window was ever opened. */
  readonly windowUntil: number | null;
  /** A snapshot never gives way to an older one. */
  readonly revision: number;
};
