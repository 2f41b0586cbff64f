// What counts against a user's sign-ins, as the user's guard shows it.

/** One line of `postern lock show`. Times in ms. */
export type PairState = {
  readonly source: string;
  /** This client has signed the user in within the last 30 days, and so has a budget of its own. */
  readonly familiar: boolean;
  /** Failures that still count. */
  readonly failures: number;
  readonly lastFailureAt: number | null;
  readonly lastSuccessAt: number | null;
  readonly waitUntil: number | null;
  readonly waitReason: string | null;
};

/** What counts against a user's sign-ins at this moment. */
export type UserLocks = {
  readonly pairs: PairState[];
  readonly strangers: { readonly level: number; readonly capacity: number; readonly fullUntil: number | null };
};
