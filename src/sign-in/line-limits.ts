// The limits of the line before the sign-on (docs/design/0011-overload.md).

/** How long the line is, and how patient. */
export type LineLimits = {
  /** How many are signed on at one time. */
  readonly atOnce: number;
  /** Places for those who wait. */
  readonly waiting: number;
  /** Places of one user, those being signed on included. */
  readonly ofOneUser: number;
  /** Longest wait, ms. A client that hears nothing for longer asks again and makes it worse. */
  readonly waitMs: number;
};

/** The limits of one isolate. A connector runs eight programs at once and keeps 64 orders waiting. */
export const LINE_LIMITS: LineLimits = { atOnce: 16, waiting: 256, ofOneUser: 32, waitMs: 10_000 };
