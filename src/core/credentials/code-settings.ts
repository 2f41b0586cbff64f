// Reads how app passwords that ask for a code are set up for this deployment. The Worker and its guards use the same
// reading.

/** The variables. */
export type CodeEnv = { readonly PASSWORD_CODE?: string; readonly PASSWORD_CODE_MINUTES?: string };

const MODES = ["allowed", "required", "never"] as const;

export type CodeSettings = {
  /** Whether a new app password may ask for a code, has to, or must not. Those that exist stay as they are. */
  readonly mode: (typeof MODES)[number];
  /** How long a code that succeeded is good at its place, ms. */
  readonly holdsForMs: number;
};

/**
 * One sign-in of Lync makes its handshakes within a minute or two; an impatient person tries again. After ten minutes
 * whoever looked over that person's shoulder has little left.
 */
const DEFAULT_MINUTES = 10;
const MAX_MINUTES = 60;
const MINUTE_MS = 60_000;

/** Reads both variables. Faults come back as sentences with their fix. */
export function readCodeSettings(env: CodeEnv): { readonly codes: CodeSettings } | { readonly faults: string[] } {
  const given = (env.PASSWORD_CODE ?? "allowed").trim();
  const minutes = (env.PASSWORD_CODE_MINUTES ?? String(DEFAULT_MINUTES)).trim();
  const mode = MODES.find((each) => each === given);
  const faults: string[] = [];
  if (mode === undefined) {
    faults.push(
      `PASSWORD_CODE is "${given}"; it must be "allowed" (default), "required" or "never": whether a new app password may ask for a code each time.`,
    );
  }
  if (!/^\d{1,2}$/.test(minutes) || Number(minutes) < 1 || Number(minutes) > MAX_MINUTES) {
    faults.push(
      `PASSWORD_CODE_MINUTES is "${minutes}"; it must be a number of minutes from 1 to ${MAX_MINUTES} (default ${DEFAULT_MINUTES}).`,
    );
  }
  return mode === undefined || faults.length > 0
    ? { faults }
    : { codes: { mode, holdsForMs: Number(minutes) * MINUTE_MS } };
}

/** For a guard: how long a code holds, ms. A wrong variable stops the Worker before it asks a guard. */
export function codeHoldsForMs({ PASSWORD_CODE_MINUTES: minutes }: CodeEnv): number {
  const read = readCodeSettings(typeof minutes === "string" ? { PASSWORD_CODE_MINUTES: minutes } : {});
  return "codes" in read ? read.codes.holdsForMs : DEFAULT_MINUTES * MINUTE_MS;
}
