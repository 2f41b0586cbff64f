// Writes for people who waits and why.

import type * as A from "../reach/answers.ts";

/** In dry-run, nobody really waits. */
export const withMode = (text: string, { lockout }: { readonly lockout: A.LockoutMode }): string =>
  lockout === "enforce" ? text : `${text}\n\nLOCKOUT is "report": all this is counted, and nobody is refused.`;

export const ALL_STRANGERS = "strange networks together failed too often";

export function userText({ user, pairs, strangers }: A.UserLocksAnswer): string {
  const { level, capacity, fullUntil } = strangers;
  const together = `Strange networks together: ${filled(level, capacity)} failures;`;
  const held =
    fullUntil === null
      ? "they are not held off."
      : `those that have failed are held off until ${fullUntil}. Familiar ones and those that have not failed yet may try.`;
  const each = pairs.length === 0 ? ["No network has failed or signed in lately."] : pairs.map(pairText);
  return [user, ...each, `${together} ${held}`].join("\n\n");
}

function pairText(pair: A.PairAnswer): string {
  const { source, familiar, failures, lastFailureAt, lastSuccessAt, waitUntil } = pair;
  const may = waitUntil === null ? "may try now" : `waits until ${waitUntil}: ${reasonOf(pair)}`;
  const last = failures > 0 && lastFailureAt !== null ? `, the last ${lastFailureAt}` : "";
  const known = familiar
    ? `familiar, signed in last ${lastSuccessAt ?? "at an unknown time"}`
    : "strange: has not signed in lately";
  return `${source} ${may}\n  ${failures === 1 ? "1 failure" : `${failures} failures`}${last}\n  ${known}`;
}

export function networkText({ source, level, capacity, waitUntil, familiarUsers }: A.NetworkLockAnswer): string {
  const users =
    familiarUsers === 1
      ? "1 user is familiar from there and passes"
      : `${familiarUsers} users are familiar from there and pass`;
  const state = waitUntil === null ? "is not held off" : `is held off until ${waitUntil}`;
  return `${source} ${state}\n  ${filled(level, capacity)} failures, whatever the names\n  ${users}

Failures at one user count for that user: npx postern lock show USER`;
}

export function userCleared({ user, cleared }: A.UserClearedAnswer): string {
  if (cleared.length === 0) return `${user} had no failures that count. Nothing was forgotten.`;
  const shown = cleared.slice(0, MAX_SHOWN).join("\n  ");
  const more = cleared.length > MAX_SHOWN ? `\n  and ${cleared.length - MAX_SHOWN} more` : "";
  return `Forgot the failures of ${user} from:\n  ${shown}${more}

They may try at once. Networks and clients that are familiar stay so.`;
}

export const networkCleared = ({ source }: A.NetworkClearedAnswer): string =>
  `Forgot the failures counted against ${source}.

Failures at one user count for that user: npx postern lock clear USER`;

/** How many networks are named one by one. JSON names all. */
const MAX_SHOWN = 20;

export const filled = (level: number, capacity: number): string => `${Math.ceil(level)} of ${capacity}`;

export function reasonOf({ waitReason }: A.PairAnswer): string {
  switch (waitReason) {
    case "waiting":
      return "its own failures";
    case "strangers-waiting":
      return ALL_STRANGERS;
    case null:
      return "-";
    default:
      return waitReason;
  }
}
