// The outside of the command: what `main.ts` gives it of this process, and tests of theirs.

/** The outside of the command. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The `.postern` directory of this checkout. */
  readonly state: string;
  /** Where the user stands: a relative FILE is read from there. */
  readonly folder: string;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Asks at the terminal; undefined where nobody is there to answer. `secret`: what is typed is not shown. */
  readonly question?: ((text: string, secret?: boolean) => Promise<string>) | undefined;
  /** All of standard input. */
  readonly input: () => Promise<string>;
  /** Shows how long work goes on, on one line of the terminal; undefined where nobody watches. */
  readonly progress?: ((text: string) => void) | undefined;
  /** Writes to standard output; resolves when it may be given more. */
  readonly print: (text: string) => void | Promise<void>;
  /** Writes to standard error. */
  readonly complain: (text: string) => void;
};
