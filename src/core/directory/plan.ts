// What has to be done so that a user is again as the directory says. Pure. docs/design/0019-directory.md has the model.

/**
 * What a directory says of a person. `in`: may sign in. `disabled`, `expired`: so the account is. `out`: no longer
 * among the people whom the sync is to take. `deleted`: gone from the directory.
 */
export const DIRECTORY_STATES = ["in", "disabled", "expired", "out", "deleted"] as const;
export type DirectoryState = (typeof DIRECTORY_STATES)[number];

/** The names of a person, as `users` has them. */
export type PersonNames = {
  /** Normalised `sip:user@domain`. */
  readonly sipUri: string;
  readonly upn: string | null;
  readonly domain: string;
  readonly account: string;
};

/** What else the directory says of a person. Null: it says nothing of it. */
export type PersonDetails = {
  readonly displayName: string | null;
  readonly mail: string | null;
  readonly mobile: string | null;
  readonly sid: string | null;
  readonly language: string | null;
  /** The pool at which the person is homed, as the directory names it, lower case. */
  readonly pool: string | null;
  /** Words that rules match on. */
  readonly groups: readonly string[];
};

export type DirectoryPerson = PersonNames & PersonDetails;

/** What Postern knows of a linked user. */
export type KnownPerson = {
  readonly state: DirectoryState;
  /** An administrator disabled the user. */
  readonly held: boolean;
  /** Whether the user's guard has heard of every change. */
  readonly told: boolean;
  readonly disabled: boolean;
  readonly person: DirectoryPerson;
};

/** What the directory says. `person` may be absent where the state is not `in`. */
export type SaidPerson = { readonly state: DirectoryState; readonly person?: DirectoryPerson | undefined };

/** The steps, in the order in which they are done. */
export type Steps = {
  readonly disable: boolean;
  /** The user gets other names. */
  readonly rename: boolean;
  /** Which details change. */
  readonly details: readonly (keyof PersonDetails)[];
  /** Last, and only when everything before has been done. */
  readonly enable: boolean;
  /** The state to keep. Undefined: it stays. */
  readonly state: DirectoryState | undefined;
  /** The guard has to hear of an earlier change: telling it failed. */
  readonly tellAgain: boolean;
};

const DETAILS = [
  "displayName",
  "mail",
  "mobile",
  "sid",
  "language",
  "pool",
  "groups",
] as const satisfies readonly (keyof PersonDetails)[];

/** The steps that make a linked user what the directory says. When nothing is to be done, all of them are empty. */
export function stepsFor(known: KnownPerson, said: SaidPerson): Steps {
  const { person } = said;
  const mayBeIn = said.state === "in" && !known.held;
  return {
    disable: said.state !== "in" && !known.disabled,
    rename: person !== undefined && !sameNames(known.person, person),
    details: person === undefined ? [] : DETAILS.filter((field) => differs(known.person[field], person[field])),
    enable: mayBeIn && known.disabled,
    state: said.state === known.state ? undefined : said.state,
    tellAgain: !known.told,
  };
}

/** Whether there is nothing to do. */
export const isNothing = ({ disable, rename, details, enable, state, tellAgain }: Steps): boolean =>
  !disable && !rename && details.length === 0 && !enable && state === undefined && !tellAgain;

/** What became of a person, in one word: the strongest of what was done. */
export type StepStatus = "disabled" | "renamed" | "enabled" | "changed" | "unchanged";

/** A person who was disabled before stays so: the state alone is a change. */
export function statusOf(steps: Steps): StepStatus {
  if (steps.disable) return "disabled";
  if (steps.rename) return "renamed";
  if (steps.enable) return "enabled";
  return isNothing(steps) ? "unchanged" : "changed";
}

/** Whether both have the same names, letter for letter. */
export const sameNames = (a: PersonNames, b: PersonNames): boolean =>
  a.sipUri === b.sipUri && a.upn === b.upn && a.domain === b.domain && a.account === b.account;

/** Groups have no order. */
function differs(a: PersonDetails[keyof PersonDetails], b: PersonDetails[keyof PersonDetails]): boolean {
  if (typeof a === "string" || typeof b === "string" || a === null || b === null) return a !== b;
  const [before, after] = [new Set(a), new Set(b)];
  return before.size !== after.size || [...before].some((word) => !after.has(word));
}
