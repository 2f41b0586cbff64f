// `postern lock …`: who is made to wait after failed sign-ins, why and until when, and making the gateway forget it.
// The database knows what happened; the gateway's guards know what counts now.

import { command, flag } from "../define.ts";
import type * as A from "../reach/answers.ts";
import { asking } from "../shapes.ts";
import { type Columns, listed } from "../text/answer.ts";

type Wait = Readonly<Record<"user" | "network" | "until" | "failures" | "why", string | null>>;

const COLUMNS: Columns<Wait> = {
  ...{ USER: "user", NETWORK: "network", "WAITS UNTIL": "until", FAILURES: "failures", WHY: "why" },
};
const NETWORK_FAILED = "this network failed too often, whatever the names";

export const list = command({
  options: { csv: flag("comma-separated values on standard output") },
  examples: "lock list",
  async run({ api }) {
    const locks = await api().get<A.LocksAnswer>("/v1/locks");
    const { users, networks, cut } = locks;
    const items: Wait[] = [
      ...users.flatMap(({ user, strangers: { fullUntil: until, level, capacity } }) => {
        const failures = filled(level, capacity);
        return until === null ? [] : [{ user, network: "strange ones", until, failures, why: ALL_STRANGERS }];
      }),
      ...users.flatMap(({ user, pairs }) =>
        pairs.map((pair) => {
          const { source: network, waitUntil: until } = pair;
          return { user, network, until, failures: String(pair.failures), why: reasonOf(pair) };
        }),
      ),
      ...networks.map(({ source: network, waitUntil: until, level, capacity }) => {
        return { user: "everybody", network, until, failures: filled(level, capacity), why: NETWORK_FAILED };
      }),
    ];
    const cutOff = (["users", "networks"] as const).filter((what) => cut[what]).join(" and ");
    const below = cutOff === "" ? "" : `There are more ${cutOff} than were asked about: "lock show" answers for each.`;
    const answer = listed({ items, next: null }, COLUMNS, { empty: "Nobody waits.", below });
    return { ...answer, text: withMode(answer.text, locks), json: locks };
  },
});

export const show = asking({
  help: `For a user: each network that failed or signed in lately, whether it has to wait and until when, its failures, and
whether it is familiar; and whether all strange networks together have to wait. For a network: its failures at all names.`,
  words: ["USER_OR_NETWORK"],
  examples: ["lock show alice@contoso.test", "lock show 203.0.113.7"],
  ask: "GET /v1/locks/{USER_OR_NETWORK}",
  said: (json: A.UserLocksAnswer | A.NetworkLockAnswer) =>
    withMode("user" in json ? userText(json) : networkText(json), json),
});

export const clear = asking({
  help: `For a user: forgets the failures of all networks at this user, so that they may try again at once. For a network:
forgets its failures at all names together; its failures at a single user are cleared with that user. Familiar places
stay familiar.`,
  words: ["USER_OR_NETWORK"],
  examples: "lock clear alice@contoso.test",
  ask: "POST /v1/locks/{USER_OR_NETWORK}/clear",
  said: (json: A.UserClearedAnswer | A.NetworkClearedAnswer) =>
    "user" in json ? userCleared(json) : networkCleared(json),
});

/** In dry-run every wait is only what would be. */
const withMode = (text: string, { lockout }: { readonly lockout: A.LockoutMode }): string =>
  lockout === "enforce" ? text : `${text}\n\nLOCKOUT is "report": all this is counted, and nobody is refused.`;

const ALL_STRANGERS = "strange networks together failed too often";

function userText({ user, pairs, morePairs, strangers }: A.UserLocksAnswer): string {
  const { level, capacity, fullUntil } = strangers;
  const together = `Strange networks together: ${filled(level, capacity)} failures;`;
  const held =
    fullUntil === null
      ? "they are not held off."
      : `those that have failed are held off until ${fullUntil}. Familiar ones and those that have not failed yet may try.`;
  const each = pairs.length === 0 ? ["No network has failed or signed in lately."] : pairs.map(pairText);
  const more = morePairs === 0 ? [] : [`… and ${morePairs} more networks.`];
  return [user, ...each, ...more, `${together} ${held}`].join("\n\n");
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

function networkText({ source, level, capacity, waitUntil, familiarUsers }: A.NetworkLockAnswer): string {
  const users =
    familiarUsers === 1
      ? "1 user is familiar from there and passes"
      : `${familiarUsers} users are familiar from there and pass`;
  const state = waitUntil === null ? "is not held off" : `is held off until ${waitUntil}`;
  return `${source} ${state}\n  ${filled(level, capacity)} failures, whatever the names\n  ${users}

What it failed at one user is that user's: npx postern lock show USER`;
}

function userCleared({ user, cleared }: A.UserClearedAnswer): string {
  if (cleared.length === 0) return `${user} had no failures that count. Nothing was forgotten.`;
  const shown = cleared.slice(0, MAX_SHOWN).join("\n  ");
  const more = cleared.length > MAX_SHOWN ? `\n  and ${cleared.length - MAX_SHOWN} more` : "";
  return `Forgot the failures of ${user} from:\n  ${shown}${more}

They may try at once. Networks and clients that are familiar stay so.`;
}

const networkCleared = ({ source }: A.NetworkClearedAnswer): string =>
  `Forgot the failures counted against ${source}.

What it failed at one user is that user's: npx postern lock clear USER`;

/** Networks named one by one; JSON has them all. */
const MAX_SHOWN = 20;

const filled = (level: number, capacity: number): string => `${Math.ceil(level)} of ${capacity}`;

function reasonOf({ waitReason }: A.PairAnswer): string {
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
