// The time steps of codes (RFC 6238). A person's factor computes the codes; this file says which steps are tried.

/** How long a code is shown, ms. */
const STEP_MS = 30_000;
/** How many steps a client's clock may be early or late. Typing takes time as well. */
const WINDOW = 1;

/** What one attempt needs of a person's codes. */
export type Codes = {
  /** The code of a step, six digits. */
  readonly codeAt: (step: number) => string;
  /** The last step whose code was accepted, over any channel. No code of it or of an earlier step is accepted. */
  readonly lastStep: number;
  /** Makes this the last step that was accepted. */
  readonly accept: (step: number) => void;
};

/** The steps whose codes may be accepted at `now` (ms), the present one first. */
export function stepsAt(now: number): readonly number[] {
  const step = Math.floor(now / STEP_MS);
  return [step, ...Array.from({ length: WINDOW }, (_, at) => [step - at - 1, step + at + 1]).flat()];
}
