// What the organisation's authority said of a device, and what that is worth now. An answer holds for as long as it
// says. Then it is old: the authority has to be asked again.

/** An answer as it is kept with the device. Times in milliseconds. */
export type AuthorityAnswer = {
  /** Lower case, sorted, each once. Empty: the authority knows nothing of the device. */
  readonly words: readonly string[];
  readonly askedAt: number;
  /** The answer holds until then. */
  readonly until: number;
};

/**
 * What a rule sees. `holds`: the answer is not old. `not-asked-yet`: the device is only about to become one of the
 * user's, so nobody was asked about it. No condition holds or fails then, not even `unknown`.
 */
export type AuthoritySays = "not-asked-yet" | { readonly words: readonly string[]; readonly holds: boolean };

/** What the kept answer says at `now` (ms). Undefined: the authority has never answered. */
export const saysOf = (answer: AuthorityAnswer | null | undefined, now: number): AuthoritySays | undefined =>
  answer == null ? undefined : { words: answer.words, holds: answer.until > now };

/** Whether the authority has given no answer that still holds. */
export const isSilent = (says: AuthoritySays | undefined): boolean =>
  says === undefined || says === "not-asked-yet" || !says.holds;

/**
 * What a rule with this action sees. An old answer goes on counting for rules that refuse, and not for rules that let
 * in. Otherwise a device that the authority called lost would get in as soon as the authority could not be reached.
 */
export const seenBy = (action: "allow" | "block" | "quarantine", says: AuthoritySays | undefined) =>
  action === "allow" && says !== "not-asked-yet" && isSilent(says) ? undefined : says;

/** Whether both are the same words. Both are sorted. */
export const sameWords = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((word, at) => word === other[at]);
