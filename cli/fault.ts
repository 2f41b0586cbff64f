// An early end of a command: a sentence that says what is wrong, a sentence that says how to put it right, and an exit
// code for scripts.

/** Exit codes of `postern`, as its help documents them. */
export const EXIT = { ok: 0, failure: 1, usage: 2, notFound: 3, conflict: 4, forbidden: 5 } as const;

/** Why a command ends without having done its work. */
export type FaultKind = Exclude<keyof typeof EXIT, "ok">;

/** A fault that the operator is told about in these words. Any other error is a defect of Postern. */
export class CliFault extends Error {
  readonly kind: FaultKind;
  /** What the operator can do about it. */
  readonly fix: string;
  /** Further fields for scripts, which `--json` shows beside these. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(kind: FaultKind, message: string, fix: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.kind = kind;
    this.fix = fix;
    this.details = details;
  }
}

/** The command line cannot be understood. */
export const usage = (message: string, fix: string, details = {}): CliFault =>
  new CliFault("usage", message, fix, details);
