// What ends a command early: one sentence that says what is wrong, one that says how to put it right, and an exit code
// that a script can rely on.

/** Exit codes of `postern`, as its help documents them. */
export const EXIT = { ok: 0, failure: 1, usage: 2, notFound: 3, conflict: 4, forbidden: 5 } as const;

/** Why a command ends without having done its work. */
export type FaultKind = Exclude<keyof typeof EXIT, "ok">;

/** A fault that the operator is told about as it is; every other error is a defect of Postern. */
export class CliFault extends Error {
  readonly kind: FaultKind;
  /** What to do about it. */
  readonly fix: string;
  /** More for scripts: what `--json` tells beside these. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(kind: FaultKind, message: string, fix: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.kind = kind;
    this.fix = fix;
    this.details = details;
  }
}

const faultOf =
  (kind: FaultKind) =>
  (message: string, fix: string, details = {}): CliFault =>
    new CliFault(kind, message, fix, details);

/** The command line cannot be meant. */
export const usage = faultOf("usage");
/** The gateway, the network, a file or a key failed. */
export const failure = faultOf("failure");
export const notFound = faultOf("notFound");
