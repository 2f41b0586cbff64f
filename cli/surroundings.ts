// Everything outside the command. `main.ts` passes the real process; tests pass their own.

/** Everything outside the command. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The `.postern` directory of this checkout. */
  readonly state: string;
  /** The user's folder. A relative FILE is read from there. */
  readonly folder: string;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Asks at the terminal. Undefined: nobody is there to answer. `secret`: the terminal does not show what is typed. */
  readonly question?: ((text: string, secret?: boolean) => Promise<string>) | undefined;
  /** All of standard input. */
  readonly input: () => Promise<string>;
  /** Shows the progress of long work on one line of the terminal. Undefined: nobody watches. */
  readonly progress?: ((text: string) => void) | undefined;
  /** Writes to standard output. Resolves when it may be given more. */
  readonly print: (text: string) => void | Promise<void>;
  /** Writes to standard error. */
  readonly complain: (text: string) => void;
};
